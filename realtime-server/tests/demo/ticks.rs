//! `GET /sse`: the stream of ticks.

use std::time::Duration;

use serde_json::{Value, json};
use sse_codec::Event;

use crate::{
    rig::{assert_shape, demo},
    support::events::{Events, Told},
};

fn data(event: &Event) -> Value {
    serde_json::from_str(&event.data).unwrap()
}

#[tokio::test]
async fn says_hello_ticks_and_says_goodbye() {
    let server = demo().await;
    let mut events = Events::open(server.address, "/sse?count=3&intervalMs=1").await;
    let hello = events.event().await;
    assert_eq!(hello.event.as_deref(), Some("connected"));
    assert_eq!(hello.retry, Some(Duration::from_secs(2)));
    assert_eq!(hello.id, None);
    let shape = json!({
        "message": "Connected to Kestrun SSE stream",
        "serverTime": "<time>",
        "count": 3,
        "intervalMs": 1,
    });
    assert_shape(&data(&hello), &shape);
    for number in 1..=3 {
        let tick = events.event().await;
        assert_eq!(tick.event.as_deref(), Some("tick"));
        assert_eq!(tick.id, Some(number.to_string()));
        assert_eq!(tick.retry, None);
        let shape = json!({"i": number, "total": 3, "timestamp": "<time>"});
        assert_shape(&data(&tick), &shape);
    }
    let goodbye = events.event().await;
    assert_eq!(goodbye.event.as_deref(), Some("complete"));
    assert_eq!((goodbye.id, goodbye.retry), (None, None));
    let last: Value = serde_json::from_str(&goodbye.data).unwrap();
    let shape = json!({"message": "Stream complete", "total": 3, "serverTime": "<time>"});
    assert_shape(&last, &shape);
    assert_eq!(events.next().await, Told::End);
}

#[tokio::test]
async fn takes_the_defaults_and_the_limits() {
    let server = demo().await;
    for (query, count, interval) in [
        ("", 30, 1_000),
        ("?", 30, 1_000),
        ("?count=0&intervalMs=0", 30, 1_000),
        ("?count=-5&intervalMs=-1", 30, 1_000),
        ("?count=1&intervalMs=1", 1, 1),
        ("?count=1000&intervalMs=60000", 1_000, 60_000),
        ("?COUNT=7&IntervalMS=8", 7, 8),
        ("?count=%207%20", 7, 1_000),
        ("?count=7&count=9", 7, 1_000),
        ("?other=x", 30, 1_000),
    ] {
        let mut events = Events::open(server.address, &format!("/sse{query}")).await;
        let hello = data(&events.event().await);
        assert_eq!(hello["count"], count, "{query}");
        assert_eq!(hello["intervalMs"], interval, "{query}");
    }
}

#[tokio::test]
async fn counts_for_each_client_alone() {
    let server = demo().await;
    let path = "/sse?count=2&intervalMs=1";
    let mut first = Events::open(server.address, path).await;
    let mut second = Events::open(server.address, path).await;
    for events in [&mut first, &mut second] {
        let mut names = Vec::new();
        while let Told::Event(event) = events.next().await {
            names.push(event.event.unwrap());
        }
        assert_eq!(names, ["connected", "tick", "tick", "complete"]);
    }
}
