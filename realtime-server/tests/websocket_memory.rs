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

use flate2::{Compress, Compression, FlushCompress};
use realtime_server::config::WebSocketConfig;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::{Instant, timeout},
};

use rig::{Heard, OPENING, Peer, echoing, raw};
use support::{client::Client, soon};

/// What a client asks for that compresses.
const DEFLATE: &str = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";

#[tokio::test]
async fn clients_that_do_not_read_or_declare_too_much_grow_nothing() {
    // First, while the process holds nothing that it could use again.
    idle_connections_hold_nothing().await;
    a_flood_of_pings_from_a_client_that_never_reads_is_held_back().await;
    echoes_to_a_client_that_never_reads_are_held_back().await;
    declared_lengths_cost_nothing().await;
    bombs_stop_at_the_limit().await;
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

/// 10 MiB that would inflate to 10 GiB: the same zeros again and again.
fn bomb() -> Vec<u8> {
    let zeros = vec![0; 4 << 20];
    let mut once = Vec::with_capacity(64 * 1024);
    Compress::new(Compression::best(), false)
        .compress_vec(&zeros, &mut once, FlushCompress::Sync)
        .unwrap();
    assert!(once.ends_with(b"\x00\x00\xff\xff"));
    assert!(once.len() < 4200, "{}", once.len());
    once.repeat((10 << 30) / zeros.len())
}

async fn bombs_stop_at_the_limit() {
    let bomb = bomb();
    assert!((9 << 20..11 << 20).contains(&bomb.len()), "{}", bomb.len());
    let mut config = WebSocketConfig::default();
    config.deflate = true;
    // So much is let through compressed.
    config.max_message = 16 << 20;
    let server = echoing(config).await;
    let mut len = vec![127];
    len.extend(bomb.len().to_be_bytes());
    let frame = raw(0xC2, &len, &bomb);
    let before = resident();
    let began = Instant::now();
    for _ in 0..4 {
        let fields = OPENING.to_owned() + DEFLATE;
        let (answer, peer) = Peer::over(Client::connect(server.address).await, &fields).await;
        assert!(answer.field("sec-websocket-extensions").is_some());
        let (mut read, mut write) = peer.client.stream.into_split();
        // The rest of it is not taken, and how far it gets does not matter.
        let sending = async { drop(write.write_all(&frame).await) };
        let mut heard = Vec::new();
        let hearing = async { drop(read.read_to_end(&mut heard).await) };
        soon(async { tokio::join!(sending, hearing) }).await;
        assert_eq!(heard, b"\x88\x02\x03\xF1");
    }
    assert!(began.elapsed() < Duration::from_secs(30));
    let grown = resident().saturating_sub(before);
    assert!(
        grown < 64 * 1024,
        "{grown} KiB for 40 GiB that were refused"
    );
    assert_eq!(server.metrics.websocket_protocol_errors.value(), 4);
}

async fn idle_connections_hold_nothing() {
    const CONNECTIONS: usize = 400;
    let mut config = WebSocketConfig::default();
    config.deflate = true;
    let server = echoing(config).await;
    let text = "said once, and then nothing more. ".repeat(100);
    // All stay, so that none lives on what another has given back.
    let mut all = Vec::new();
    for extensions in ["", DEFLATE] {
        let before = resident();
        let mut peers = Vec::new();
        for _ in 0..CONNECTIONS {
            let fields = OPENING.to_owned() + extensions;
            let (_, mut peer) = Peer::over(Client::connect(server.address).await, &fields).await;
            peer.text(&text).await;
            while peer.client.buffer.len() < 4 {
                assert!(peer.client.more().await);
            }
            peers.push(peer);
        }
        // All that the server has to do is done.
        let mut last = Peer::open(server.address).await;
        last.text("x").await;
        assert_eq!(last.next().await, Heard::Text("x".into()));
        let held_by_clients: usize = peers.iter().map(|peer| peer.client.buffer.capacity()).sum();
        let grown = resident().saturating_sub(before);
        let grown = grown.saturating_sub(held_by_clients / 1024);
        assert!(
            grown < CONNECTIONS * 20,
            "{grown} KiB for {CONNECTIONS} idle connections, both ends; {extensions}"
        );
        all.push(peers);
    }
}
