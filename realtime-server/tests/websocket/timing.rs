//! Pings of the server, and clients from which nothing comes.

use std::time::Duration;

use realtime_server::config::WebSocketConfig;

use crate::rig::{Heard, Peer, closed, echoing, raw};

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
