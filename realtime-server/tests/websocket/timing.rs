//! Pings of the server, and clients from which nothing comes.

use std::time::Duration;

use realtime_server::{
    config::WebSocketConfig,
    endpoint::{Ending, WebSocket},
};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep},
};

use crate::{
    rig::{Heard, Peer, closed, echo, echoing, raw, serving},
    support::soon,
};

fn quick() -> WebSocketConfig {
    let mut config = WebSocketConfig::default();
    config.ping_interval = Duration::from_millis(50);
    config.idle_timeout = Duration::from_millis(400);
    config.close_timeout = Duration::from_millis(100);
    config
}

#[tokio::test]
async fn a_client_that_answers_pings_stays() {
    let server = echoing(quick()).await;
    let mut peer = Peer::open(server.address).await;
    // Longer than it may be silent.
    for _ in 0..20 {
        assert_eq!(peer.next().await, Heard::Ping);
        peer.client.send(raw(0x8A, &[0], &[])).await;
    }
    assert_eq!(server.metrics.websocket_silent_clients.value(), 0);
}

#[tokio::test]
async fn a_client_that_answers_nothing_is_told_and_let_go() {
    let server = echoing(quick()).await;
    let mut peer = Peer::open(server.address).await;
    let rest = peer.rest().await;
    let pings = rest.iter().filter(|heard| **heard == Heard::Ping).count();
    assert_eq!(rest.last(), Some(&closed(1001)));
    assert!(pings >= 1 && pings == rest.len() - 1, "{rest:?}");
    assert_eq!(server.metrics.websocket_silent_clients.value(), 1);
}

#[tokio::test]
async fn zero_turns_both_off() {
    let mut config = quick();
    config.ping_interval = Duration::ZERO;
    config.idle_timeout = Duration::ZERO;
    let server = echoing(config).await;
    let mut peer = Peer::open(server.address).await;
    // The other endpoint's clock shows that enough time has passed.
    let other = echoing(quick()).await;
    assert_eq!(
        Peer::open(other.address).await.rest().await.last(),
        Some(&closed(1001))
    );
    peer.text("still here").await;
    assert_eq!(peer.next().await, Heard::Text("still here".into()));
}

/// Messages may take 300 ms. Nobody is pinged.
fn hurried() -> WebSocketConfig {
    let mut config = quick();
    config.ping_interval = Duration::ZERO;
    config.message_timeout = Duration::from_millis(300);
    config
}

/// The longest that may pass between two signs of life of these clients.
const STEP: Duration = Duration::from_millis(20);

async fn ends_unfinished(mut peer: Peer) {
    let reason = "a message did not arrive in time".to_owned();
    let rest = peer.rest().await;
    assert_eq!(rest, [Heard::Closed(Some((1008, reason)))]);
}

#[tokio::test]
async fn a_message_that_never_ends_is_not_kept_for_ever() {
    let (tell, mut told) = mpsc::unbounded_channel();
    let server = serving(hurried(), move |mut socket: WebSocket| {
        let tell = tell.clone();
        async move {
            while socket.receive().await.is_some() {}
            tell.send(socket.ending()).unwrap();
        }
    })
    .await;
    let trickle: fn(u8) -> Vec<u8> = |_| vec![0x11];
    let fragments = |n: u8| [raw(0x00, &[1], &[n]), raw(0x8A, &[0], &[])].concat();
    let beginnings = [
        (raw(0x82, &[126, 2, 0], &[]), trickle),
        (raw(0x02, &[0], &[]), fragments),
    ];
    for (beginning, more) in beginnings {
        let mut peer = Peer::open(server.address).await;
        let began = Instant::now();
        peer.client.send(beginning).await;
        // As long as the server takes it.
        for n in 0..100 {
            peer.client.send(more(n)).await;
            sleep(STEP).await;
            if let Ok(Some(ending)) = told.try_recv() {
                assert_eq!(ending, Ending::Unfinished);
                assert!(began.elapsed() >= Duration::from_millis(250), "too early");
                break;
            }
        }
        ends_unfinished(peer).await;
    }
    assert_eq!(server.metrics.websocket_message_timeouts.value(), 2);
    assert_eq!(server.metrics.websocket_silent_clients.value(), 0);
}

#[tokio::test]
async fn each_message_has_its_own_time() {
    let server = echoing(hurried()).await;
    let mut peer = Peer::open(server.address).await;
    let begin = raw(0x01, &[1], b"a");
    let end = raw(0x80, &[1], b"b");
    peer.client.send(&begin).await;
    for _ in 0..20 {
        sleep(STEP * 2).await;
        // The end of one message, and the beginning of the next.
        peer.client.send([&end[..], &begin].concat()).await;
        assert_eq!(peer.next().await, Heard::Text("ab".into()));
    }
    ends_unfinished(peer).await;
}

#[tokio::test]
async fn time_in_which_nothing_is_read_does_not_count() {
    let (tell, mut told) = mpsc::unbounded_channel();
    let server = serving(hurried(), move |mut socket: WebSocket| {
        let tell = tell.clone();
        async move {
            let first = socket.receive().await.unwrap();
            tell.send(()).unwrap();
            sleep(Duration::from_millis(900)).await;
            socket.send(first).await.unwrap();
            echo(socket).await;
        }
    })
    .await;
    let mut peer = Peer::open(server.address).await;
    peer.text("first").await;
    soon(told.recv()).await.unwrap();
    // One waits for the handler, so that the third is not read.
    peer.text("second").await;
    peer.client.send(raw(0x01, &[1], b"a")).await;
    assert_eq!(peer.next().await, Heard::Text("first".into()));
    peer.client.send(raw(0x80, &[1], b"b")).await;
    assert_eq!(peer.next().await, Heard::Text("second".into()));
    assert_eq!(peer.next().await, Heard::Text("ab".into()));
}
