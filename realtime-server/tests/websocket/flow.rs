//! Clients that do not read, and handlers that do not listen.

use std::{sync::Arc, time::Duration};

use realtime_server::config::WebSocketConfig;
use tokio::sync::Notify;
use ws_frame::{CloseCode, Frame, Opcode};

use crate::{
    rig::{Heard, OPENING, Peer, closed, raw, serving},
    support::{client::Client, soon, until},
};

#[tokio::test]
async fn a_client_that_takes_nothing_is_cut_after_the_write_time_out() {
    let mut config = WebSocketConfig::default();
    config.write_timeout = Duration::from_millis(200);
    let server = serving(config, async |mut socket| {
        while socket.send(vec![0; 64 * 1024]).await.is_ok() {}
    })
    .await;
    let client = Client::narrow(server.address).await;
    let (_, peer) = Peer::over(client, OPENING).await;
    let metrics = Arc::clone(&server.metrics);
    until(|| metrics.write_timeouts.value() == 1).await;
    drop(peer);
}

//= https://www.rfc-editor.org/rfc/rfc6455#section-5.5.3
//# If an endpoint receives a Ping frame and has not yet sent Pong
//# frame(s) in response to previous Ping frame(s), the endpoint MAY
//# elect to send a Pong frame for only the most recently processed Ping
//# frame.
#[tokio::test]
async fn of_pings_that_a_blocked_client_sends_the_latest_is_answered() {
    let mut config = WebSocketConfig::default();
    config.max_queued_bytes = 100;
    let server = serving(config, async |mut socket| {
        while let Some(message) = socket.receive().await {
            socket.send(message).await.unwrap();
        }
    })
    .await;
    let client = Client::narrow(server.address).await;
    let (_, mut peer) = Peer::over(client, OPENING).await;
    let message = vec![7; 1024 * 1024];
    peer.frame(Frame::new(Opcode::Binary, &message)).await;
    // Its echo is not read, and neither are the answers to these.
    let questions: Vec<_> = (1..=2000_u16)
        .flat_map(|n| raw(0x89, &[2], &n.to_be_bytes()))
        .collect();
    peer.client.send(questions).await;
    assert_eq!(peer.next().await, Heard::Binary(message));
    let mut pongs = Vec::new();
    while pongs.last() != Some(&2000) {
        match peer.next().await {
            Heard::Pong(payload) => {
                pongs.push(u16::from_be_bytes(payload.try_into().unwrap()));
            }
            other => panic!("{other:?} after {pongs:?}"),
        }
    }
    assert!(pongs.is_sorted(), "{pongs:?}");
    assert!(pongs.len() < 1000, "{} pongs", pongs.len());
    peer.close(CloseCode::NORMAL).await;
    assert_eq!(peer.rest().await, [closed(1000)]);
}

#[tokio::test]
async fn pings_are_answered_while_the_handler_is_busy() {
    let release = Arc::new(Notify::new());
    let held = Arc::clone(&release);
    let server = serving(WebSocketConfig::default(), move |mut socket| {
        let held = Arc::clone(&held);
        async move {
            let first = socket.receive().await.unwrap();
            held.notified().await;
            socket.send(first).await.unwrap();
            while socket.receive().await.is_some() {}
        }
    })
    .await;
    let mut peer = Peer::open(server.address).await;
    peer.text("work").await;
    peer.client.send(raw(0x89, &[1], b"?")).await;
    assert_eq!(peer.next().await, Heard::Pong(b"?".to_vec()));
    release.notify_one();
    assert_eq!(peer.next().await, Heard::Text("work".into()));
    peer.close(CloseCode::NORMAL).await;
    assert_eq!(peer.rest().await, [closed(1000)]);
}

#[tokio::test]
async fn what_is_queued_leaves_as_soon_as_the_handler_waits_for_anything() {
    let server = serving(WebSocketConfig::default(), async |mut socket| {
        socket.send("one").await.unwrap();
        socket.send("two").await.unwrap();
        std::future::pending::<()>().await;
    })
    .await;
    let mut peer = Peer::open(server.address).await;
    assert_eq!(soon(peer.next()).await, Heard::Text("one".into()));
    assert_eq!(soon(peer.next()).await, Heard::Text("two".into()));
}
