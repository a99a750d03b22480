//! The answer to a request for a stream.

use serde_json::json;

use crate::{
    rig::{Rig, data},
    support::{client::Client, events::Events},
};

#[tokio::test]
async fn has_the_fields_of_an_event_stream() {
    let rig = Rig::new().await;
    for path in ["/events", "/others"] {
        let events = Events::open(rig.running.address, path).await;
        let fields: Vec<_> = events
            .head
            .fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .filter(|(name, _)| *name != "date")
            .collect();
        let expected = [
            ("content-type", "text/event-stream"),
            ("x-content-type-options", "nosniff"),
            ("cache-control", "no-cache"),
            ("x-accel-buffering", "no"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-resource-policy", "same-origin"),
            (
                "content-security-policy",
                "default-src 'none'; frame-ancestors 'none'",
            ),
            ("transfer-encoding", "chunked"),
        ];
        assert_eq!(fields, expected, "{path}");
    }
}

#[tokio::test]
async fn greets_each_subscriber_with_its_own_id_before_anything_else() {
    let rig = Rig::new().await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        let mut events = Events::open(rig.running.address, "/events").await;
        rig.send("after");
        let id = data(&mut events).await;
        assert!(
            id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()),
            "{id}"
        );
        assert_eq!(data(&mut events).await, "after");
        ids.push(id);
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 3);
}

#[tokio::test]
async fn sends_a_byte_at_once_where_there_is_no_greeting() {
    let rig = Rig::new().await;
    let mut events = Events::open(rig.running.address, "/others").await;
    let chunk = events.client.chunk().await.unwrap();
    assert!(chunk.starts_with(b":connected\n\nretry: "), "{chunk:?}");
}

#[tokio::test]
async fn serves_who_accepts_event_streams_and_nobody_else() {
    let rig = Rig::new().await;
    for (accept, status) in [
        ("", 200),
        ("Accept: text/event-stream\r\n", 200),
        ("Accept: TEXT/Event-Stream;q=0.5\r\n", 200),
        ("Accept: text/*\r\n", 200),
        ("Accept: application/json, */*;q=0.1\r\n", 200),
        (
            "Accept: application/json\r\nAccept: text/event-stream\r\n",
            200,
        ),
        ("Accept: application/json\r\n", 406),
        ("Accept: text/html,application/xml\r\n", 406),
        ("Accept: text/event-stream;q=0\r\n", 406),
        ("Accept: text/event-stream;q=0.000, */*\r\n", 406),
        ("Accept: text/event-stream, */*;q=0\r\n", 200),
        ("Accept: text/*;q=0, */*\r\n", 406),
        ("Accept: text/event-streams\r\n", 406),
        ("Accept: \r\n", 406),
    ] {
        let mut client = Client::connect(rig.running.address).await;
        client.request("GET /events", accept).await;
        let head = client.head().await;
        assert_eq!(head.status, status, "{accept}");
    }
    let mut client = Client::connect(rig.running.address).await;
    client
        .request("GET /events", "Accept: application/json\r\n")
        .await;
    let problem = json!({
        "title": "Not Acceptable",
        "status": 406,
        "detail": "only text/event-stream is offered here",
        "field": "Accept",
    });
    assert_eq!(client.answer().await.json(), problem);
}

#[tokio::test]
async fn answers_head_without_a_subscription() {
    let rig = Rig::new().await;
    let mut client = Client::connect(rig.running.address).await;
    client.request("HEAD /events", "").await;
    let head = client.head().await;
    assert_eq!(head.status, 200);
    assert_eq!(head.field("content-type"), Some("text/event-stream"));
    rig.nobody_is_left().await;
    // The connection goes on.
    let mut events = Events::over(client, "/events").await;
    assert_eq!(events.event().await.event.as_deref(), Some("hello"));
    assert_eq!(rig.events.connected(), 1);
}

#[tokio::test]
async fn ends_with_the_connection_for_a_client_without_chunks() {
    let mut rig = Rig::new().await;
    let mut client = Client::connect(rig.running.address).await;
    client.send("GET /others HTTP/1.0\r\n\r\n").await;
    let head = client.head().await;
    assert_eq!(head.field("connection"), Some("close"));
    assert_eq!(head.field("transfer-encoding"), None);
    let blocks = |client: &Client| {
        client
            .buffer
            .windows(2)
            .filter(|two| two == b"\n\n")
            .count()
    };
    while blocks(&client) < 2 {
        assert!(client.more().await);
    }
    let opening = client.buffer.len();
    rig.others.send(sse_codec::EventRef::new("1")).unwrap();
    rig.running.ask_to_stop();
    while client.more().await {}
    let rest = String::from_utf8(client.buffer[opening..].to_vec()).unwrap();
    assert!(rest.contains("\ndata: 1\n\nretry: "), "{rest}");
    assert!(rest.ends_with("\n\n"), "{rest}");
}
