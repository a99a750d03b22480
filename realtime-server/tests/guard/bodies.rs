//! What the bodies of all requests may take together.

use realtime_server::config::ServerConfig;

use crate::{
    rig::{server, status},
    support::{client::Client, running::Running},
};

async fn with_room(bytes: usize) -> Running {
    let mut server = server();
    let mut config = ServerConfig::default();
    config.max_body_memory = bytes;
    server.config(config);
    Running::start(server).await
}

/// The status of a POST of so many bytes, with a length or in one chunk.
async fn posted(server: &Running, bytes: usize, chunked: bool) -> u16 {
    let mut client = Client::connect(server.address).await;
    let body = "x".repeat(bytes);
    let (field, body) = if chunked {
        let field = "Transfer-Encoding: chunked".to_owned();
        (field, format!("{bytes:x}\r\n{body}\r\n0\r\n\r\n"))
    } else {
        (format!("Content-Length: {bytes}"), body)
    };
    let head = format!("POST /change HTTP/1.1\r\nHost: localhost\r\n{field}\r\n\r\n");
    client.send(head + &body).await;
    client.answer().await.status
}

#[tokio::test]
async fn a_body_may_be_as_large_as_what_is_left() {
    let server = with_room(8 * 1024).await;
    for chunked in [false, true] {
        for (bytes, expected) in [(8_191, 200), (8_192, 200), (8_193, 503), (8_192, 200)] {
            assert_eq!(posted(&server, bytes, chunked).await, expected, "{bytes}");
        }
    }
}

#[tokio::test]
async fn bodies_that_are_on_their_way_take_what_has_come_of_them() {
    let server = with_room(8 * 1024).await;
    let mut slow = Client::connect(server.address).await;
    slow.request(
        "POST /change",
        "Content-Length: 60000\r\nExpect: 100-continue\r\n",
    )
    .await;
    assert_eq!(slow.head().await.status, 100);
    // What it has announced takes nothing.
    assert_eq!(posted(&server, 8_192, false).await, 200);
    slow.send("x".repeat(8_192)).await;
    let mut other = Client::connect(server.address).await;
    // Until that has come.
    let refusal = loop {
        other.request("POST /change", "Content-Length: 1\r\n").await;
        other.send("x").await;
        let answer = other.answer().await;
        if answer.status != 200 {
            break answer;
        }
    };
    assert_eq!(refusal.status, 503);
    assert_eq!(refusal.field("retry-after"), Some("5"));
    assert_eq!(refusal.field("connection"), Some("close"));
    // What is not wanted needs no room.
    let mut other = Client::connect(server.address).await;
    let unwanted = "POST /missing HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20000\r\n\r\n";
    other.send(unwanted.to_owned() + &"x".repeat(20_000)).await;
    assert_eq!(other.answer().await.status, 404);
    assert_eq!(status(&mut other, "GET /who", "").await, 200);
    drop(slow);
    loop {
        if posted(&server, 8_192, true).await == 200 {
            break;
        }
    }
}
