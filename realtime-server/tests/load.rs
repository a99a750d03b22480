//! Two thousand clients of the demo at once, and two that never read.
#![expect(
    clippy::unwrap_used,
    reason = "in a test a panic is the failure it should be"
)]

#[expect(dead_code, reason = "other tests need the rest of it")]
mod support;

use std::{fmt::Write, net::SocketAddr, sync::Arc, time::Duration};

use realtime_server::{config::HttpConfig, demo, metrics::Metrics, server::ServerBuilder};
use serde_json::Value;
use support::{
    client::{Client, post},
    events::Events,
    hub::{HubClient, invocation, masked},
    running::Running,
    soon, until,
};
use tokio::{io::AsyncWriteExt, sync::Barrier, task::JoinSet};
use ws_frame::{Frame, Opcode};

/// Of each kind.
const READERS: usize = 1_000;
const BROADCASTS: usize = 200;
const HUB: &str = "/hubs/kestrun";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn brings_every_broadcast_to_everybody_while_two_clients_never_read() {
    rlimit::increase_nofile_limit(rlimit::INFINITY).unwrap();
    let mut server = ServerBuilder::new();
    let mut http = HttpConfig::default();
    // The stuck subscriber is to stay for the whole test.
    http.stream_write_timeout = Duration::from_secs(600);
    server.http_config(http);
    demo::install(&mut server, &demo::Settings::default()).unwrap();
    let server = Running::start(server).await;
    let address = server.address;

    let stuck_subscriber = stuck_subscriber(address, &server.metrics).await;
    let everybody = Arc::new(Barrier::new(2 * READERS + 1));
    let mut readers = JoinSet::new();
    for _ in 0..READERS {
        readers.spawn(read_stream(address, Arc::clone(&everybody)));
        readers.spawn(read_hub(address, Arc::clone(&everybody)));
    }
    soon(everybody.wait()).await;
    let stuck_hub = tokio::spawn(flood(address));
    let invocations = &server.metrics.invocations;
    // Of its echoes the kernel holds but a few.
    until(|| invocations.value() > READERS as u64 + 4).await;

    let mut publisher = Client::connect(address).await;
    publisher.send(broadcasts(address)).await;
    for _ in 0..BROADCASTS {
        let broadcast = publisher.answer().await.json();
        assert_eq!(broadcast.get("connected"), Some(&Value::from(READERS + 1)));
        assert_eq!(publisher.answer().await.status, 200);
    }
    while let Some(read) = soon(readers.join_next()).await {
        read.unwrap().unwrap();
    }
    // Once the readers are gone, the stuck subscriber, which has taken nothing, is left.
    let mut left = READERS as u64 + 1;
    while left != 1 {
        let answer = post(address, "/api/broadcast", "{}").await.json();
        left = answer.get("connected").and_then(Value::as_u64).unwrap();
        assert_ne!(left, 0);
    }
    stuck_hub.abort();
    drop(stuck_subscriber);
}

/// Takes every broadcast of the stream, in order.
async fn read_stream(address: SocketAddr, everybody: Arc<Barrier>) -> Result<(), String> {
    let mut events = Events::open(address, "/sse/broadcast").await;
    assert_eq!(events.event().await.event.as_deref(), Some("connected"));
    everybody.wait().await;
    for number in 0..BROADCASTS {
        let event = events.event().await;
        if event.data != number.to_string() {
            return Err(format!("not event {number}: {event:?}"));
        }
    }
    Ok(())
}

/// Takes every broadcast of the hub, in order.
async fn read_hub(address: SocketAddr, everybody: Arc<Barrier>) -> Result<(), String> {
    let mut hub = HubClient::open(address, HUB).await;
    // Once it is answered it is sure to be known.
    hub.say(&invocation(Some("0"), "LeaveGroup", "[\"none\"]"))
        .await;
    assert!(hub.record().await.contains("GroupLeft"));
    assert!(hub.record().await.contains("\"result\":null"));
    everybody.wait().await;
    for number in 0..BROADCASTS {
        let record = hub.record().await;
        if !record.contains(&format!("\"GroupName\":\"{number}\"")) {
            return Err(format!("not message {number}: {record}"));
        }
    }
    Ok(())
}

/// Requests, in one go, for a numbered broadcast on the stream and one on the hub at a time.
fn broadcasts(address: SocketAddr) -> String {
    let mut requests = String::new();
    for number in 0..BROADCASTS {
        let body = format!("{{\"data\":{number}}}");
        let length = body.len();
        write!(
            requests,
            "POST /api/broadcast HTTP/1.1\r\nHost: {address}\r\nContent-Length: {length}\r\n\r\n\
             {body}POST /api/group/join/{number} HTTP/1.1\r\nHost: {address}\r\n\
             Content-Length: 0\r\n\r\n"
        )
        .unwrap();
    }
    requests
}

/// A subscriber that has not read until its queue is full.
async fn stuck_subscriber(address: SocketAddr, metrics: &Metrics) -> Client {
    let mut stuck = Client::narrow(address).await;
    stuck.request("GET /sse/broadcast", "").await;
    assert_eq!(stuck.head().await.status, 200);
    let large = format!("{{\"data\":\"{}\"}}", "x".repeat(60_000));
    while metrics.messages_dropped.value() == 0 {
        assert_eq!(post(address, "/api/broadcast", &large).await.status, 200);
    }
    stuck
}

/// Asks the hub for echoes and never reads one, as long as the connection lives.
async fn flood(address: SocketAddr) {
    let client = Client::narrow(address).await;
    let mut hub = HubClient::connect(client, HUB).await.shake().await;
    let text = "x".repeat(30_000);
    let record = invocation(None, "Echo", &format!("[\"{text}\"]")) + "\u{1e}";
    let call = masked(&[Frame::new(Opcode::Text, record.as_bytes())]);
    while hub.client.stream.write_all(&call).await.is_ok() {}
}
