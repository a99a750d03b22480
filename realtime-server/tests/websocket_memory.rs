//! What a plain WebSocket endpoint holds for clients that want it to hold much. The memory of the
//! whole process is looked at, so that nothing else runs in it.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "in a test a panic is the failure it should be"
)]

#[path = "support/mod.rs"]
#[expect(dead_code, reason = "other tests need the rest of it")]
mod support;

#[path = "websocket/rig.rs"]
#[expect(dead_code, reason = "other tests need the rest of it")]
mod rig;

use std::time::Duration;

use realtime_server::config::WebSocketConfig;
use tokio::{io::AsyncWriteExt, time::timeout};

use rig::{Heard, OPENING, Peer, echoing, raw};
use support::client::Client;

#[tokio::test]
async fn clients_that_do_not_read_or_declare_too_much_grow_nothing() {
    a_flood_of_pings_from_a_client_that_never_reads_is_held_back().await;
    echoes_to_a_client_that_never_reads_are_held_back().await;
    declared_lengths_cost_nothing().await;
}

/// Memory of this process, in KiB: server and client share it.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Writes `bytes` again and again until the server takes no more, or 256 MiB went through; says how
/// much went through.
async fn flood(client: &mut Client, bytes: &[u8]) -> usize {
    let mut sent = 0;
    while sent < 256 << 20 {
        let left = &bytes[sent % bytes.len()..];
        match timeout(Duration::from_millis(500), client.stream.write(left)).await {
            Ok(written) => sent += written.unwrap(),
            Err(_) => break,
        }
    }
    sent
}

async fn a_flood_of_pings_from_a_client_that_never_reads_is_held_back() {
    let server = echoing(WebSocketConfig::default()).await;
    let client = Client::narrow(server.address).await;
    let (_, mut peer) = Peer::over(client, OPENING).await;
    let pings = raw(0x89, &[125], &[0x70; 125]).repeat(500);
    let before = resident();
    let sent = flood(&mut peer.client, &pings).await;
    assert!(sent < 64 << 20, "{sent} bytes of pings were taken");
    let grown = resident().saturating_sub(before);
    assert!(
        grown < 32 * 1024,
        "{grown} KiB for pings that nobody takes the answers of"
    );
    // Others are served meanwhile.
    let mut other = Peer::open(server.address).await;
    other.text("still there?").await;
    assert_eq!(other.next().await, Heard::Text("still there?".into()));
}

async fn echoes_to_a_client_that_never_reads_are_held_back() {
    let server = echoing(WebSocketConfig::default()).await;
    let client = Client::narrow(server.address).await;
    let (_, mut peer) = Peer::over(client, OPENING).await;
    let before = resident();
    let sent = flood(
        &mut peer.client,
        &raw(0x82, &[126, 0x40, 0], &[0; 16 * 1024]),
    )
    .await;
    assert!(sent < 64 << 20, "{sent} bytes of messages were taken");
    let grown = resident().saturating_sub(before);
    assert!(
        grown < 32 * 1024,
        "{grown} KiB for echoes that nobody takes"
    );
}

async fn declared_lengths_cost_nothing() {
    let mut config = WebSocketConfig::default();
    config.max_message = 1 << 40;
    let server = echoing(config).await;
    let before = resident();
    let mut peers = Vec::new();
    for _ in 0..16 {
        let mut peer = Peer::open(server.address).await;
        peer.client
            .send(raw(0x82, &[127, 0, 0, 0, 0x10, 0, 0, 0, 0], &[1, 2, 3, 4]))
            .await;
        peers.push(peer);
    }
    let mut other = Peer::open(server.address).await;
    other.text("x").await;
    assert_eq!(other.next().await, Heard::Text("x".into()));
    let grown = resident().saturating_sub(before);
    assert!(
        grown < 16 * 1024,
        "{grown} KiB for 16 frames that declare 64 GiB each"
    );
}
