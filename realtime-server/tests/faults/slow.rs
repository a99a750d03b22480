//! Clients that take their time.

use std::{fs, path::Path, time::Duration};

use tokio::{
    io::AsyncWriteExt,
    task::JoinSet,
    time::{Instant, interval},
};

use crate::{
    bystander::Bystander,
    process::{Server, head, push, rest, until},
};

/// Enough to fill a server that has a thread or a buffer for each.
const MANY: usize = 300;

/// Sends a byte of `bytes` now and then until the server has had enough; what it answers, and when.
async fn trickle(mut socket: tokio::net::TcpStream, bytes: String) -> (String, Duration) {
    let started = Instant::now();
    let mut pace = interval(Duration::from_millis(400));
    let (mut reading, mut writing) = socket.split();
    let sends = async {
        for byte in bytes.bytes().cycle() {
            pace.tick().await;
            if writing.write_all(&[byte]).await.is_err() {
                break;
            }
        }
        std::future::pending::<()>().await;
    };
    let mut answer = Vec::new();
    let answered = async {
        use tokio::io::AsyncReadExt;
        while reading
            .read_buf(&mut answer)
            .await
            .is_ok_and(|read| read > 0)
        {}
    };
    tokio::select! {
        () = sends => {}
        () = crate::process::soon(answered) => {}
    }
    (
        String::from_utf8_lossy(&answer).into_owned(),
        started.elapsed(),
    )
}

async fn trickled(begin: &str, bytes: &str, seconds: std::ops::Range<u64>) {
    let server = Server::start(&[]);
    let bystander = Bystander::of(&server);
    let before = server.resident();
    let mut clients = JoinSet::new();
    for _ in 0..MANY {
        let mut socket = server.connect().await;
        push(&mut socket, server.head(begin, "").trim_end().as_bytes()).await;
        clients.spawn(trickle(socket, bytes.to_owned()));
    }
    while let Some(ended) = clients.join_next().await {
        let (answer, time) = ended.unwrap();
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
        assert!(seconds.contains(&time.as_secs()), "{time:?}");
    }
    server.has_not_grown(before, 32);
    bystander.was_served();
}

#[tokio::test]
async fn heads_that_trickle_are_cut_off() {
    trickled("GET /sse", "\r\nX: abcdefghijklmnop", 8..20).await;
}

#[tokio::test]
async fn bodies_that_trickle_are_cut_off() {
    let begin = "POST /api/broadcast HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999\r\n\r\n";
    let server = Server::start(&[]);
    let bystander = Bystander::of(&server);
    let before = server.resident();
    let mut clients = JoinSet::new();
    for _ in 0..MANY {
        let mut socket = server.connect().await;
        push(&mut socket, begin.as_bytes()).await;
        clients.spawn(trickle(socket, "x".to_owned()));
    }
    while let Some(ended) = clients.join_next().await {
        let (answer, time) = ended.unwrap();
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
        assert!((4..15).contains(&time.as_secs()), "{time:?}");
    }
    server.has_not_grown(before, 32);
    bystander.was_served();
}

#[tokio::test]
async fn bodies_that_do_not_end_take_no_more_than_they_may() {
    let server = Server::start(&["--body-memory", "4"]);
    let bystander = Bystander::of(&server);
    let before = server.resident();
    let half = "x".repeat(125_000);
    let request = server.head(
        "POST /api/publish/broadcast",
        "Content-Type: text/plain\r\nContent-Length: 250000\r\n",
    );
    let mut clients = JoinSet::new();
    for _ in 0..MANY {
        let mut socket = server.connect().await;
        push(&mut socket, (request.clone() + &half).as_bytes()).await;
        clients.spawn(async move {
            let answer = head(&mut socket).await;
            answer.starts_with("HTTP/1.1 503 ") && answer.contains("\r\nRetry-After: ")
        });
    }
    // 33 of them have their place, and the others are told to come later.
    for _ in 33..MANY {
        assert!(clients.join_next().await.unwrap().unwrap());
    }
    server.has_not_grown(before, 24);
    clients.abort_all();
    bystander.was_served();
}

#[tokio::test]
async fn answers_that_nobody_reads_are_held_back() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("slow-readers");
    fs::create_dir_all(&folder).unwrap();
    let file = fs::File::create(folder.join("large.bin")).unwrap();
    file.set_len(1 << 30).unwrap();
    let server = Server::start(&["--static", &format!("/files={}", folder.display())]);
    let bystander = Bystander::of(&server);
    let before = server.resident();
    let mut clients = Vec::new();
    for _ in 0..MANY {
        let mut socket = server.connect_narrow().await;
        push(
            &mut socket,
            server.head("GET /files/large.bin", "").as_bytes(),
        )
        .await;
        let answer = head(&mut socket).await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        clients.push(socket);
    }
    // A piece of 64 KiB for each, and what the allocator keeps.
    server.has_not_grown(before, 96);
    drop(clients);
    let open = server.open_files();
    assert!(open > 0);
    until(|| server.open_files() < 40).await;
    bystander.was_served();
}

#[tokio::test]
async fn a_client_that_ended_its_side_is_still_answered() {
    let server = Server::start(&[]);
    let mut socket = server.connect().await;
    push(
        &mut socket,
        server.head("GET /assets/theme.js", "").as_bytes(),
    )
    .await;
    socket.shutdown().await.unwrap();
    let answer = rest(&mut socket).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}
