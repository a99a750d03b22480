//! Clients that go, in an orderly way or not.

use std::time::Duration;

use tokio::{net::TcpStream, task::JoinSet};

use crate::{
    bystander::Bystander,
    process::{Server, clients, head, push, until},
};

/// Ends a connection with a reset.
fn reset(socket: TcpStream) {
    let linger = socket2::SockRef::from(&socket).set_linger(Some(Duration::ZERO));
    linger.unwrap();
    drop(socket);
}

#[tokio::test]
async fn peers_that_reset_leave_nothing_behind() {
    let server = Server::start(&[]);
    let bystander = Bystander::of(&server);
    let (memory, files) = (server.resident(), server.open_files());
    let begins = [
        String::new(),
        "GE".to_owned(),
        server.head("GET /sse/broadcast", ""),
        server.head("POST /api/broadcast", "Content-Length: 100\r\n"),
        server.head("GET /hubs/kestrun?id=nobody", ""),
        server.head("GET /", "").repeat(50),
    ];
    for begin in begins.iter().cycle().take(clients()) {
        let mut socket = server.connect().await;
        push(&mut socket, begin.as_bytes()).await;
        reset(socket);
    }
    until(|| server.open_files() <= files).await;
    server.has_not_grown(memory, 32);
    bystander.was_served();
}

#[tokio::test]
async fn event_streams_that_are_dropped_all_at_once_leave_nothing_behind() {
    let most = (clients() + 100).to_string();
    let server = Server::start(&["--max-connections", &most]);
    let bystander = Bystander::of(&server);
    let (memory, files) = (server.resident(), server.open_files());
    let mut opening = JoinSet::new();
    let mut streams = Vec::new();
    for _ in 0..clients() {
        // Leaves room: not more at once than a backlog holds.
        if opening.len() >= 100 {
            streams.extend(opening.join_next().await.map(Result::unwrap));
        }
        let request = server.head("GET /sse/broadcast", "Accept: text/event-stream\r\n");
        let address = server.address;
        opening.spawn(async move {
            let mut socket = TcpStream::connect(address).await.unwrap();
            push(&mut socket, request.as_bytes()).await;
            let answer = head(&mut socket).await;
            assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
            socket
        });
    }
    while let Some(stream) = opening.join_next().await {
        streams.push(stream.unwrap());
    }
    assert!(server.open_files() >= files + clients());
    // 10,000 of them in less than 100 MiB, and 1,000 in a tenth of that and what is always there.
    server.has_not_grown(memory, 16 + clients() / 100);
    for (number, stream) in streams.into_iter().enumerate() {
        if number % 2 == 0 {
            reset(stream);
        }
    }
    until(|| server.open_files() <= files).await;
    let mut later = server.connect().await;
    let body = "{\"data\":1}";
    let lines = format!(
        "Content-Type: application/json\r\nContent-Length: {}\r\n",
        body.len()
    );
    let request = server.head("POST /api/broadcast", &lines) + body;
    push(&mut later, request.as_bytes()).await;
    let answer = head(&mut later).await;
    assert!(answer.starts_with("HTTP/1.1 20"), "{answer}");
    bystander.was_served();
}
