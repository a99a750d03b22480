//! Whom an event reaches.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use realtime_server::{
    config::StreamConfig,
    endpoint::{EventStream, Outgoing, Target},
};
use sse_codec::{Event, EventRef};

use crate::{reader::Reader, rig::Rig};

fn publish(stream: &EventStream, target: Target<'_>, data: &str) -> usize {
    let outgoing = Outgoing::new(EventRef::new(data)).to(target);
    stream.publish(outgoing).unwrap().delivery.receivers
}

#[tokio::test]
async fn each_gets_its_topics_its_own_and_what_is_for_all() {
    let rig = Rig::new(StreamConfig::default()).await;
    let mut none = rig.subscribe("").await;
    let mut one = rig.subscribe("?topic=a").await;
    let mut both = rig.subscribe("?topic=a&topic=b&topic=a").await;
    let mut ann = rig.subscribe("?user=ann&tenant=acme&Topic=b").await;
    let mut bob = rig.subscribe("?user=bob&tenant=acme").await;
    assert_eq!(rig.stream.connected(), 5);
    for (topic, count) in [("a", 2), ("b", 2), ("c", 0), ("A", 0)] {
        assert_eq!(rig.stream.connected_to_topic(topic), count, "{topic}");
    }
    assert_eq!(rig.stream.connected_as_user("ann"), 1);

    assert_eq!(publish(&rig.stream, Target::Topic("a"), "to a"), 2);
    assert_eq!(publish(&rig.stream, Target::Topic("b"), "to b"), 2);
    assert_eq!(publish(&rig.stream, Target::Topic("nobody's"), "lost"), 0);
    assert_eq!(publish(&rig.stream, Target::User("ann"), "to ann"), 1);
    assert_eq!(publish(&rig.stream, Target::Tenant("acme"), "to acme"), 2);
    assert_eq!(publish(&rig.stream, Target::All, "to all"), 5);
    for (reader, expected) in [
        (&mut none, &["to all"][..]),
        (&mut one, &["to a", "to all"]),
        (&mut both, &["to a", "to b", "to all"]),
        (&mut ann, &["to b", "to ann", "to acme", "to all"]),
        (&mut bob, &["to acme", "to all"]),
    ] {
        for data in expected {
            assert_eq!(reader.data().await, *data);
        }
    }
    drop(both);
    rig.has(4).await;
    assert_eq!(rig.stream.connected_to_topic("a"), 1);
}

#[tokio::test]
async fn a_greeting_tells_the_id_by_which_one_connection_is_reached() {
    let greeted = OnceLock::new();
    let rig = Rig::with(StreamConfig::default(), |server, _| {
        let config = StreamConfig::default();
        let metrics = server.metrics().clone();
        let stream = EventStream::with_greeting(config, metrics, |id| {
            let mut event = Event::default();
            event.event = Some("hello".into());
            event.data = id.into();
            event
        });
        server.stream("/greeted", &stream).unwrap();
        greeted.set(stream).unwrap();
    })
    .await;
    let stream = greeted.get().unwrap();
    let mut one = Reader::open(rig.address, "/greeted", "").await;
    let mut other = Reader::open(rig.address, "/greeted", "").await;
    let hello = one.event().await;
    assert_eq!(hello.event.as_deref(), Some("hello"));
    // The configured time, and up to the jitter more.
    let retry = hello.retry.unwrap();
    assert!(
        (Duration::from_secs(2)..=Duration::from_secs(3)).contains(&retry),
        "{retry:?}"
    );
    assert!(hello.id.is_some_and(|id| id.ends_with(".0")));
    assert_ne!(other.data().await, hello.data);
    assert_eq!(publish(stream, Target::Connection(&hello.data), "you"), 1);
    assert_eq!(publish(stream, Target::Connection("x"), "nobody"), 0);
    assert_eq!(publish(stream, Target::All, "all"), 2);
    let event = one.event().await;
    assert_eq!((&*event.data, event.id), ("you", None));
    assert_eq!(one.data().await, "all");
    assert_eq!(other.data().await, "all");
}

#[tokio::test]
async fn a_greeting_may_publish() {
    let greeted: Arc<OnceLock<EventStream>> = Arc::default();
    let publishes = Arc::clone(&greeted);
    let rig = Rig::with(StreamConfig::default(), |server, _| {
        let metrics = server.metrics().clone();
        let stream = EventStream::with_greeting(StreamConfig::default(), metrics, move |id| {
            let stream = publishes.get().unwrap();
            stream.send(EventRef::new("somebody comes")).unwrap();
            EventRef::new(id).into_owned()
        });
        server.stream("/greeted", &stream).unwrap();
        greeted.set(stream).unwrap();
    })
    .await;
    let mut one = Reader::open(rig.address, "/greeted", "").await;
    let id = one.data().await;
    let _other = Reader::open(rig.address, "/greeted", "").await;
    assert_eq!(id.len(), 32);
    assert_eq!(one.data().await, "somebody comes");
}

#[tokio::test]
async fn topics_are_bounded_in_number_and_length() {
    let rig = Rig::new(StreamConfig::default()).await;
    let many = |count: usize| {
        let topics: Vec<_> = (0..count).map(|n| format!("topic={n}")).collect();
        format!("?{}", topics.join("&"))
    };
    let long = |length: usize| format!("?topic={}", "x".repeat(length));
    drop(rig.subscribe(&many(32)).await);
    drop(rig.subscribe(&long(128)).await);
    for query in [many(33), long(129), "?topic=".into(), "?topic".into()] {
        let mut refused = Reader::open(rig.address, &format!("/stream{query}"), "").await;
        assert_eq!(refused.status, 400, "{query}");
        assert_eq!(refused.json().await["field"], "topic");
    }
    assert_eq!(rig.metrics.stream_subscriptions_refused.value(), 4);
    assert_eq!(rig.metrics.stream_subscriptions.value(), 2);
}

#[tokio::test]
async fn only_an_event_stream_is_offered() {
    let rig = Rig::new(StreamConfig::default()).await;
    for (accept, status) in [
        ("text/event-stream", 200),
        ("TEXT/Event-Stream;q=0.5", 200),
        ("application/json, text/*", 200),
        ("*/*", 200),
        ("application/json", 406),
        ("text/html, text/plain", 406),
    ] {
        let line = format!("Accept: {accept}\r\n");
        let answer = Reader::open(rig.address, "/stream", &line).await;
        assert_eq!(answer.status, status, "{accept}");
    }
}
