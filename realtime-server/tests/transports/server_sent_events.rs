//! Server-Sent Events: the stream, and what ends it.

use std::time::Duration;

use realtime_server::{
    fanout::{Payload, WireForm},
    hub::Disconnect,
};
use serde::Deserialize;

use crate::{
    requests::{EVENTS, Requests},
    rig::Rig,
    support::hub::{PING, invocation, result},
};

fn event(record: &str) -> String {
    format!("data: {record}\u{1e}\r\n\r\n")
}

#[tokio::test]
async fn begins_with_a_byte_for_the_browser_and_is_not_kept_by_anybody() {
    let rig = Rig::new().await;
    let requests = Requests::negotiate(&rig).await;
    let mut stream = requests.open(EVENTS).await;
    let head = stream.head().await;
    assert_eq!(head.status, 200);
    assert_eq!(head.field("content-type"), Some("text/event-stream"));
    assert_eq!(head.field("cache-control"), Some("no-cache,no-store"));
    assert_eq!(head.field("pragma"), Some("no-cache"));
    assert_eq!(head.field("content-encoding"), Some("identity"));
    assert_eq!(stream.chunk().await.unwrap(), ":\r\n");
}

#[tokio::test]
async fn carries_calls_and_messages() {
    let rig = Rig::new().await;
    let (requests, mut stream) = Requests::streaming(&rig).await;
    let call = invocation(Some("0"), "Id", "[]") + "\u{1e}";
    assert_eq!(requests.post(&call).await.status, 200);
    let answer = result(&format!("\"{}\"", requests.id));
    assert_eq!(stream.chunk().await.unwrap(), event(&answer));
    rig.clients.all().send("Told", ("news",)).await.unwrap();
    let told = invocation(None, "Told", "[\"news\"]");
    assert_eq!(stream.chunk().await.unwrap(), event(&told));
}

#[tokio::test]
async fn is_kept_alive() {
    let rig =
        Rig::configured(|config| config.keep_alive_interval = Duration::from_millis(50)).await;
    let (_requests, mut stream) = Requests::streaming(&rig).await;
    for _ in 0..2 {
        assert_eq!(stream.chunk().await.unwrap(), event(PING));
    }
}

#[tokio::test]
async fn a_client_that_leaves_is_forgotten() {
    let mut rig = Rig::new().await;
    let (requests, stream) = Requests::streaming(&rig).await;
    drop(stream);
    assert_eq!(rig.left().await, Disconnect::Closed);
    requests.is_unknown().await;
}

#[tokio::test]
async fn ends_after_the_last_words_of_the_hub() {
    let mut rig = Rig::new().await;
    let (requests, mut stream) = Requests::streaming(&rig).await;
    requests
        .post(&(invocation(None, "Abort", "[]") + "\u{1e}"))
        .await;
    let mut all = Vec::new();
    while let Some(chunk) = stream.chunk().await {
        all.extend_from_slice(&chunk);
    }
    let all = String::from_utf8(all).unwrap();
    assert!(all.ends_with(&event("{\"type\":7}")), "{all}");
    assert_eq!(rig.left().await, Disconnect::Aborted);
    requests.is_unknown().await;
}

#[tokio::test]
async fn a_stop_ends_the_stream_with_leave_to_come_back() {
    let mut rig = Rig::new().await;
    let (_requests, mut stream) = Requests::streaming(&rig).await;
    rig.running.ask_to_stop();
    let last = event("{\"type\":7,\"allowReconnect\":true}");
    assert_eq!(stream.chunk().await.unwrap(), last);
    assert_eq!(stream.chunk().await, None);
    assert_eq!(rig.left().await, Disconnect::Shutdown);
    rig.running.stopped().await;
}

#[tokio::test]
async fn a_stop_ends_a_stream_without_a_handshake() {
    let mut rig = Rig::new().await;
    let requests = Requests::negotiate(&rig).await;
    let mut stream = requests.open(EVENTS).await;
    assert_eq!(stream.head().await.status, 200);
    assert_eq!(stream.chunk().await.unwrap(), ":\r\n");
    rig.running.ask_to_stop();
    assert_eq!(stream.chunk().await, None);
    rig.running.stopped().await;
}

#[derive(Deserialize)]
struct Vectors {
    events: Vec<Event>,
}

#[derive(Deserialize)]
struct Event {
    payload: String,
    wire: String,
}

#[test]
fn every_kind_of_line_end_begins_a_line() {
    let vectors = include_str!("../vectors/signalr-sse.json");
    let vectors: Vectors = serde_json::from_str(vectors).unwrap();
    for Event { payload, wire } in vectors.events {
        let form = Payload::new(payload.clone().into()).form(WireForm::Event);
        assert_eq!(form.unwrap(), wire, "{payload:?}");
    }
}
