//! What a handler sees of its connection.

use realtime_server::{config::WebSocketConfig, endpoint::Message, server::ServerBuilder};

use crate::{
    rig::{Heard, OPENING, Peer, echo, serving},
    support::{client::Client, running::Running},
};

#[tokio::test]
async fn the_request_comes_with_the_connection() {
    let mut server = ServerBuilder::new();
    server
        .websocket(
            "/ws/{room}",
            WebSocketConfig::default(),
            async |mut socket| {
                let request = socket.request();
                let text = format!(
                    "{} {:?} {:?}",
                    request.param("room").unwrap(),
                    request.query("user"),
                    request.header("cookie"),
                );
                socket.send(text).await.unwrap();
            },
        )
        .unwrap();
    let server = Running::start(server).await;
    let mut client = Client::connect(server.address).await;
    let fields = format!("{OPENING}Cookie: a=b\r\n");
    client.request("GET /ws/lobby?user=ann", &fields).await;
    assert_eq!(client.head().await.status, 101);
    while client.buffer.len() < 2 + 29 {
        assert!(client.more().await);
    }
    assert_eq!(
        &client.buffer[..31],
        b"\x81\x1dlobby Some(\"ann\") Some(\"a=b\")"
    );
}

#[tokio::test]
async fn waiting_for_a_message_can_be_given_up_and_taken_up_again() {
    let server = serving(WebSocketConfig::default(), async |mut socket| {
        let (tick, mut ticks) = tokio::sync::mpsc::unbounded_channel();
        for n in 0..100 {
            tick.send(n).unwrap();
        }
        let mut count = 0;
        while count < 3 {
            tokio::select! {
                biased;
                Some(_) = ticks.recv() => {}
                message = socket.receive() => {
                    socket.send(message.unwrap()).await.unwrap();
                    count += 1;
                }
            }
        }
    })
    .await;
    let mut peer = Peer::open(server.address).await;
    for text in ["a", "b", "c"] {
        peer.text(text).await;
        assert_eq!(peer.next().await, Heard::Text(text.into()));
    }
}

#[tokio::test]
async fn two_endpoints_of_one_server_are_apart() {
    let mut server = ServerBuilder::new();
    server
        .websocket("/ws", WebSocketConfig::default(), echo)
        .unwrap();
    server
        .websocket("/upper", WebSocketConfig::default(), async |mut socket| {
            while let Some(Message::Text(text)) = socket.receive().await {
                socket.send(text.to_uppercase()).await.unwrap();
            }
        })
        .unwrap();
    let twice = server.websocket("/WS/", WebSocketConfig::default(), echo);
    assert_eq!(
        twice.unwrap_err().to_string(),
        "the route GET /WS/ is registered twice"
    );
    let server = Running::start(server).await;
    let mut peer = Peer::open(server.address).await;
    peer.text("x").await;
    assert_eq!(peer.next().await, Heard::Text("x".into()));
}
