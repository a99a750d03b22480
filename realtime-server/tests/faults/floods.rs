//! Too many connections, and too many requests on one.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    task::JoinSet,
    time::{Duration, timeout},
};

use crate::{
    bystander::Bystander,
    process::{Server, clients, head, push, rest, soon, until},
};

#[tokio::test]
async fn connections_above_the_cap_are_told_so() {
    let server = Server::start(&["--max-connections", "300"]);
    let bystander = Bystander::of(&server);
    let before = server.resident();
    let mut held = Vec::new();
    for _ in 0..clients() {
        held.push(server.connect().await);
    }
    let mut refused = 0;
    for socket in held.split_off(300) {
        let mut socket = socket;
        let answer = rest(&mut socket).await;
        assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
        assert!(answer.contains("\r\nRetry-After: "), "{answer}");
        refused += 1;
    }
    assert_eq!(refused, clients() - 300);
    server.has_not_grown(before, 32);
    drop(held);
    until(|| server.open_files() < 40).await;
    let mut later = server.connect().await;
    push(
        &mut later,
        server.head("GET /assets/theme.js", "").as_bytes(),
    )
    .await;
    assert!(head(&mut later).await.starts_with("HTTP/1.1 200 "));
    bystander.was_served();
}

#[tokio::test]
async fn one_client_does_not_take_the_places_of_all() {
    let server = Server::start(&["--exempt-client", "::1", "--client-connections", "100"]);
    let bystander = Bystander::of(&server);
    let before = server.resident();
    let mut open = JoinSet::new();
    for _ in 0..300 {
        let mut socket = server.connect().await;
        open.spawn(async move { rest(&mut socket).await });
    }
    // The bystander is the same client, and has one of the places.
    for _ in 0..201 {
        let answer = soon(open.join_next()).await.unwrap().unwrap();
        assert!(answer.starts_with("HTTP/1.1 429 "), "{answer}");
    }
    server.has_not_grown(before, 16);
    open.abort_all();
    bystander.was_served();
}

#[tokio::test]
async fn requests_whose_answers_nobody_reads_are_held_back() {
    let server = Server::start(&[]);
    let bystander = Bystander::of(&server);
    let before = server.resident();
    let mut sockets = Vec::new();
    for _ in 0..10 {
        let mut socket = server.connect_narrow().await;
        let requests = server.head("GET /assets/theme.js", "").repeat(1_000);
        let mut taken = 0;
        // Until the kernel's buffers on both sides are full.
        while let Ok(written) = timeout(
            Duration::from_millis(500),
            socket.write(requests.as_bytes()),
        )
        .await
        {
            taken += written.unwrap();
            assert!(taken < 256 << 20, "the server takes requests for ever");
        }
        sockets.push(socket);
    }
    server.has_not_grown(before, 32);
    drop(sockets);
    bystander.was_served();
}

#[tokio::test]
async fn pipelined_requests_are_all_answered_in_order() {
    let server = Server::start(&[]);
    let bystander = Bystander::of(&server);
    let before = server.resident();
    let socket = server.connect().await;
    let (mut reading, mut writing) = socket.into_split();
    let requests: String = (0..5_000)
        .map(|number| server.head(&format!("GET /api/operation/status/{number}"), ""))
        .collect();
    let sending = tokio::spawn(async move {
        writing.write_all(requests.as_bytes()).await.unwrap();
        writing
    });
    let mut answers = Vec::new();
    let mut found = 0;
    while found < 5_000 {
        let read = soon(reading.read_buf(&mut answers)).await.unwrap();
        assert!(read > 0, "the connection ended after {found} answers");
        found = String::from_utf8_lossy(&answers)
            .matches("HTTP/1.1 404 ")
            .count();
    }
    drop(sending.await.unwrap());
    server.has_not_grown(before, 32);
    bystander.was_served();
}
