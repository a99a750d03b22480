//! Streams that belong to one client each.

use std::{sync::Arc, time::Duration};

use realtime_server::{
    config::StreamConfig,
    endpoint::{ClientStreams, EventSender, SendError},
};
use sse_codec::EventRef;
use tokio::sync::mpsc;

use crate::{
    reader::{Reader, Seen},
    rig::Rig,
};

/// A server whose `/own` is answered by `produce`.
async fn rig<F>(
    config: StreamConfig,
    produce: impl Fn(EventSender) -> F + Send + Sync + 'static,
) -> Rig
where
    F: Future<Output = ()> + Send + 'static,
{
    Rig::with(StreamConfig::default(), |server, _| {
        let streams = ClientStreams::new(config, Arc::clone(server.metrics()));
        server.host(&streams);
        server
            .get("/own", move |request| {
                std::future::ready(streams.start(&request, &produce))
            })
            .unwrap();
    })
    .await
}

async fn open(rig: &Rig) -> Reader {
    let reader = Reader::open(rig.address, "/own", "").await;
    assert_eq!(reader.status, 200);
    reader
}

#[tokio::test]
async fn the_producer_owns_the_stream_from_its_first_byte_to_its_last() {
    let rig = rig(StreamConfig::default(), async |events| {
        events.send(EventRef::new("1").with_id("a")).await.unwrap();
        events.comment("two\nlines").await.unwrap();
        events.send(EventRef::new("2")).await.unwrap();
    })
    .await;
    let mut reader = open(&rig).await;
    let Seen::Event(first) = reader.next().await else {
        panic!("no event")
    };
    assert_eq!((&*first.data, first.id.as_deref()), ("1", Some("a")));
    assert_eq!(reader.next().await, Seen::Comment("two".into()));
    assert_eq!(reader.next().await, Seen::Comment("lines".into()));
    assert_eq!(reader.data().await, "2");
    assert_eq!(reader.next().await, Seen::End);
}

#[tokio::test]
async fn a_stream_opens_before_its_producer_has_anything_to_say() {
    let rig = rig(StreamConfig::default(), |_events| std::future::pending()).await;
    let mut reader = open(&rig).await;
    assert_eq!(reader.next().await, Seen::Comment(String::new()));
}

#[tokio::test]
async fn a_quiet_producer_is_covered_by_heartbeats() {
    let mut config = StreamConfig::default();
    config.keep_alive = Duration::from_millis(160);
    let rig = rig(config, |_events| std::future::pending()).await;
    let mut reader = open(&rig).await;
    assert_eq!(reader.next().await, Seen::Comment(String::new()));
    for _ in 0..2 {
        assert!(reader.comment().await.starts_with("keep-alive "));
    }
}

#[tokio::test]
async fn a_busy_producer_needs_no_heartbeats() {
    let mut config = StreamConfig::default();
    config.keep_alive = Duration::from_millis(200);
    let rig = rig(config, async |events| {
        let mut pace = tokio::time::interval(Duration::from_millis(20));
        for n in 0..30 {
            events.send(EventRef::new(&n.to_string())).await.unwrap();
            pace.tick().await;
        }
    })
    .await;
    let mut reader = open(&rig).await;
    for n in 0..30 {
        let Seen::Event(event) = reader.next().await else {
            panic!("something else than event {n}")
        };
        assert_eq!(event.data, n.to_string());
    }
}

#[tokio::test]
async fn the_producer_is_dropped_when_its_client_leaves() {
    let (alive, mut dropped) = mpsc::channel::<()>(1);
    let rig = rig(StreamConfig::default(), move |_events| {
        let alive = alive.clone();
        async move {
            alive.closed().await;
        }
    })
    .await;
    let reader = open(&rig).await;
    drop(reader);
    rig.stop().await;
    assert_eq!(dropped.recv().await, None, "no producer is left");
}

#[tokio::test]
async fn a_task_of_its_own_learns_that_the_client_is_gone() {
    let (tell, mut told) = mpsc::channel(1);
    let rig = rig(StreamConfig::default(), move |events| {
        let tell = tell.clone();
        let task = async move {
            events.send(EventRef::new("hello")).await.unwrap();
            events.closed().await;
            let late = events.send(EventRef::new("late")).await;
            tell.send(late).await.unwrap();
        };
        tokio::spawn(task);
        std::future::pending()
    })
    .await;
    let mut reader = open(&rig).await;
    assert_eq!(reader.data().await, "hello");
    drop(reader);
    assert_eq!(told.recv().await, Some(Err(SendError::Closed)));
}

#[tokio::test]
async fn a_stop_ends_the_stream_with_a_time_to_come_back() {
    let rig = rig(StreamConfig::default(), async |events| {
        events.send(EventRef::new("1")).await.unwrap();
        std::future::pending::<()>().await;
    })
    .await;
    let mut reader = open(&rig).await;
    assert_eq!(reader.data().await, "1");
    rig.stop().await;
    let rest = reader.rest().await;
    let [
        ..,
        Seen::Control {
            retry: Some(retry), ..
        },
        Seen::End,
    ] = &rest[..]
    else {
        panic!("{rest:?}");
    };
    assert!((2_000..=5_000).contains(retry), "{retry}");
}

#[tokio::test]
async fn an_event_larger_than_the_queue_is_an_error_and_ends_the_stream() {
    let (tell, mut told) = mpsc::channel(1);
    let mut config = StreamConfig::default();
    config.max_queued_bytes = 100;
    let rig = rig(config, move |events| {
        let tell = tell.clone();
        async move {
            let sent = events.send(EventRef::new(&"x".repeat(100))).await;
            tell.send(sent).await.unwrap();
        }
    })
    .await;
    let mut reader = open(&rig).await;
    assert_eq!(told.recv().await, Some(Err(SendError::TooLarge)));
    assert_eq!(reader.rest().await.last(), Some(&Seen::End));
    assert_eq!(rig.metrics.stream_slow_clients.value(), 1);
}

#[tokio::test]
async fn a_producer_waits_for_a_reader_that_is_slow() {
    const EVENTS: usize = 200;
    let mut config = StreamConfig::default();
    config.max_queued_bytes = 300 * 1024;
    let rig = rig(config, async |events| {
        let data = "x".repeat(100 * 1024);
        for _ in 0..EVENTS {
            events.send(EventRef::new(&data)).await.unwrap();
        }
    })
    .await;
    let mut reader = open(&rig).await;
    for _ in 0..EVENTS {
        assert_eq!(reader.data().await.len(), 100 * 1024);
    }
    assert_eq!(reader.next().await, Seen::End);
    assert_eq!(rig.metrics.messages_dropped.value(), 0);
}
