//! What goes through, whole.

use realtime_server::config::WebSocketConfig;
use ws_frame::{Frame, Opcode};

use crate::rig::{Heard, Peer, closed, echoing, raw};

#[tokio::test]
async fn every_size_of_text_and_bytes_comes_back() {
    let server = echoing(WebSocketConfig::default()).await;
    let mut peer = Peer::open(server.address).await;
    for size in [0, 1, 125, 126, 1023, 1024, 65_535, 65_536, 1024 * 1024] {
        let text = "y".repeat(size);
        peer.text(&text).await;
        assert_eq!(peer.next().await, Heard::Text(text), "{size}");
        peer.frame(Frame::new(Opcode::Binary, &vec![0xFE; size]))
            .await;
        assert_eq!(peer.next().await, Heard::Binary(vec![0xFE; size]), "{size}");
    }
}

#[tokio::test]
async fn every_split_of_a_conversation_gives_the_same_answers() {
    let server = echoing(WebSocketConfig::default()).await;
    let [first, last] = "é".as_bytes() else {
        panic!("two bytes")
    };
    let conversation = [
        raw(0x81, &[3], "né".as_bytes()),
        // A character whose bytes come in two fragments, and a ping between them.
        raw(0x01, &[4], &["hé".as_bytes(), &[*first]].concat()),
        raw(0x89, &[2], b"hm"),
        raw(0x80, &[1], &[*last]),
        raw(0x82, &[3], &[1, 2, 3]),
    ]
    .concat();
    let expected = [
        Heard::Text("né".into()),
        Heard::Pong(b"hm".to_vec()),
        Heard::Text("héé".into()),
        Heard::Binary(vec![1, 2, 3]),
        closed(1000),
    ];
    for cut in 1..conversation.len() {
        let mut peer = Peer::open(server.address).await;
        peer.client.send(&conversation[..cut]).await;
        peer.client.send(&conversation[cut..]).await;
        peer.client
            .send(raw(0x88, &[2], &1000_u16.to_be_bytes()))
            .await;
        assert_eq!(peer.rest().await, expected, "{cut}");
    }
}

#[tokio::test]
async fn many_messages_of_one_segment_come_back_in_order() {
    let server = echoing(WebSocketConfig::default()).await;
    let mut peer = Peer::open(server.address).await;
    let batch: Vec<u8> = (0..1000_u16)
        .flat_map(|n| raw(0x82, &[2], &n.to_be_bytes()))
        .collect();
    peer.client.send(batch).await;
    for n in 0..1000_u16 {
        assert_eq!(peer.next().await, Heard::Binary(n.to_be_bytes().to_vec()));
    }
}
