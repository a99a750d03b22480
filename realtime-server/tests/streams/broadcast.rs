//! One stream, many subscribers.

use std::time::Duration;

use realtime_server::fanout::Delivery;
use sse_codec::EventRef;

use crate::{
    rig::{Rig, data, rest},
    support::{
        events::{Events, Told},
        until,
    },
};

#[tokio::test]
async fn brings_each_event_to_every_subscriber_in_order() {
    let rig = Rig::new().await;
    let mut subscribers = Vec::new();
    for _ in 0..5 {
        subscribers.push(rig.subscriber().await);
    }
    for number in 0..100 {
        let delivery = rig.send(&number.to_string());
        let expected = Delivery {
            receivers: 5,
            ..Delivery::default()
        };
        assert_eq!(delivery, expected);
    }
    for events in &mut subscribers {
        for number in 0..100 {
            assert_eq!(data(events).await, number.to_string());
        }
    }
    assert_eq!(rig.running.metrics.messages_queued.value(), 500);
    assert_eq!(rig.running.metrics.messages_dropped.value(), 0);
}

#[tokio::test]
async fn writes_every_field_of_an_event() {
    let rig = Rig::new().await;
    let mut events = rig.subscriber().await;
    let event = EventRef::new("two\nlines")
        .with_event("news")
        .with_id("7")
        .with_retry(Duration::from_secs(3));
    rig.events.send(event).unwrap();
    let got = events.event().await;
    assert_eq!(got.event.as_deref(), Some("news"));
    assert_eq!(got.id.as_deref(), Some("7"));
    assert_eq!(got.retry, Some(Duration::from_secs(3)));
    assert_eq!(got.data, "two\nlines");

    let forged = EventRef::new("x").with_event("a\ndata: b");
    assert!(rig.events.send(forged).is_err());
    rig.send("next");
    assert_eq!(data(&mut events).await, "next");
}

#[tokio::test]
async fn keeps_two_streams_apart() {
    let rig = Rig::new().await;
    let mut events = rig.subscriber().await;
    let mut others = Events::open(rig.running.address, "/others").await;
    until(|| rig.others.connected() == 1).await;
    rig.send("for events");
    rig.others.send(EventRef::new("for others")).unwrap();
    rig.send("end");
    rig.others.send(EventRef::new("end")).unwrap();
    for (stream, text) in [(&mut events, "for events"), (&mut others, "for others")] {
        assert_eq!(data(stream).await, text);
        assert_eq!(data(stream).await, "end");
    }
    assert_eq!((rig.events.connected(), rig.others.connected()), (1, 1));
}

#[tokio::test]
async fn loses_no_event_to_a_keep_alive() {
    let rig = Rig::configured(|config, _| config.keep_alive = Duration::from_millis(1)).await;
    let mut events = rig.subscriber().await;
    // An event right behind each comment.
    for cycle in 0..25 {
        keep_alive(&mut events).await;
        let text = format!("after comment {cycle}");
        rig.send(&text);
        assert_eq!(events.event().await.data, text);
    }
    // And many between two, or around one.
    for _ in 0..10 {
        for number in 0..100 {
            rig.send(&number.to_string());
        }
        for number in 0..100 {
            assert_eq!(data(&mut events).await, number.to_string());
        }
        keep_alive(&mut events).await;
    }
}

async fn keep_alive(events: &mut Events) {
    match events.next().await {
        Told::Comment(text) => assert!(text.starts_with(" keep-alive 2"), "{text}"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn forgets_a_subscriber_that_is_gone() {
    let rig = Rig::new().await;
    let [first, second, mut third] = [
        rig.subscriber().await,
        rig.subscriber().await,
        rig.subscriber().await,
    ];
    assert_eq!(rig.events.connected(), 3);
    drop(first);
    until(|| rig.events.connected() == 2).await;
    second.client.stream.set_zero_linger().unwrap();
    drop(second);
    until(|| rig.events.connected() == 1).await;
    rig.send("still here");
    assert_eq!(data(&mut third).await, "still here");
}

#[tokio::test]
async fn ends_in_order_when_the_server_stops() {
    let mut rig = Rig::with(
        |_, _| {},
        |server, events| {
            let events = events.clone();
            server.on_stop(async move {
                for number in 0..200 {
                    events.send(EventRef::new(&number.to_string())).unwrap();
                }
            });
        },
    )
    .await;
    let mut events = rig.subscriber().await;
    rig.running.ask_to_stop();
    // Whatever was sent before is still delivered.
    let numbers: Vec<_> = (0..200).map(|number| number.to_string()).collect();
    assert_eq!(rest(&mut events).await, numbers);
    events.client.ends().await;
    drop(events);
    rig.running.stopped().await;
    assert_eq!(rig.events.connected(), 0);
}
