//! permessage-deflate (RFC 7692), as far as the endpoint has a say in it.

use bytes::BytesMut;
use realtime_server::config::WebSocketConfig;
use ws_frame::{
    Message,
    deflate::{Deflater, Params},
};

use crate::{
    rig::{Heard, KEY, OPENING, Peer, echoing},
    support::{client::Client, running::Running},
};

const OFFER: &str = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";

fn compressing() -> WebSocketConfig {
    let mut config = WebSocketConfig::default();
    config.deflate = true;
    config
}

/// What was agreed on with a server of this configuration, and the connection.
async fn open(config: WebSocketConfig) -> (Option<String>, Peer, Running) {
    let server = echoing(config).await;
    let fields = OPENING.to_owned() + OFFER;
    let (answer, peer) = Peer::over(Client::connect(server.address).await, &fields).await;
    let agreed = answer.field("sec-websocket-extensions").map(Into::into);
    (agreed, peer, server)
}

fn compressed(text: &str) -> BytesMut {
    let mut bytes = BytesMut::new();
    let mut deflater = Deflater::new(Params::default().client, 0);
    deflater
        .encode_masked(Message::text(text), KEY, &mut bytes)
        .unwrap();
    bytes
}

#[tokio::test]
async fn an_offer_is_taken_only_where_the_endpoint_compresses() {
    let (agreed, ..) = open(WebSocketConfig::default()).await;
    assert_eq!(agreed, None);
    let (agreed, ..) = open(compressing()).await;
    let agreed = agreed.unwrap();
    assert!(agreed.starts_with("permessage-deflate;"), "{agreed}");
    assert!(agreed.contains("server_no_context_takeover"), "{agreed}");
}

#[tokio::test]
async fn a_bad_offer_is_declined_and_not_the_connection() {
    let server = echoing(compressing()).await;
    for offer in [
        "permessage-deflate; server_max_window_bits=8",
        "permessage-deflate; server_max_window_bits=",
        "permessage-deflate; server_max_window_bits=\"\"",
        "permessage-deflate; server_no_context_takeover=1",
        "permessage-deflate; unknown",
        "permessage-deflate;",
        "permessage-deflate; /",
    ] {
        let fields = format!("{OPENING}Sec-WebSocket-Extensions: {offer}\r\n");
        let (answer, mut peer) = Peer::over(Client::connect(server.address).await, &fields).await;
        assert_eq!(answer.status, 101, "{offer}");
        assert_eq!(answer.field("sec-websocket-extensions"), None, "{offer}");
        peer.text("plain").await;
        assert_eq!(peer.next().await, Heard::Text("plain".into()));
    }
    for broken in [";", "x;", "permessage-deflate, =1"] {
        let fields = format!("{OPENING}Sec-WebSocket-Extensions: {broken}\r\n");
        let (answer, _) = Peer::over(Client::connect(server.address).await, &fields).await;
        assert_eq!(answer.status, 400, "{broken}");
    }
}

#[tokio::test]
async fn long_messages_come_back_compressed_and_short_ones_as_they_are() {
    // The first byte: the end of a message, RSV1 or not, text.
    for (sent, first) in [("long".repeat(1000), 0xC1), ("short".into(), 0x81)] {
        let (_, mut peer, _server) = open(compressing()).await;
        peer.client.send(compressed(&sent)).await;
        while peer.client.buffer.len() < 7 {
            assert!(peer.client.more().await);
        }
        assert_eq!(peer.client.buffer[0], first, "{sent}");
        assert!(peer.client.buffer[1] < 100, "{:?}", peer.client.buffer);
    }
}

#[tokio::test]
async fn a_bomb_is_refused_once_it_is_too_large() {
    let mut config = compressing();
    config.max_message = 1000;
    let (_, mut peer, _server) = open(config).await;
    peer.client.send(compressed(&"x".repeat(1000))).await;
    peer.client.send(compressed(&"x".repeat(1_000_000))).await;
    let first = peer.client.more().await;
    assert!(first);
    let size = usize::from(peer.client.buffer[1]) + 2;
    while peer.client.buffer.len() < size + 4 {
        assert!(peer.client.more().await);
    }
    assert_eq!(&peer.client.buffer[size..], b"\x88\x02\x03\xF1");
}
