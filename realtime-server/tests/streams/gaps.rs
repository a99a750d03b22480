//! Subscribers that do not keep up.

use std::time::Duration;

use crate::{
    rig::{Rig, data},
    support::{
        client::Client,
        events::{Events, Told},
        until,
    },
};

#[tokio::test]
async fn tells_a_late_reader_how_many_events_it_has_lost() {
    let rig = Rig::configured(|config, http| {
        config.max_queued_events = 10;
        http.stream_write_timeout = Duration::from_secs(60);
    })
    .await;
    let mut prompt = rig.subscriber().await;
    let narrow = Client::narrow(rig.running.address).await;
    let mut late = Events::over(narrow, "/events").await;
    until(|| rig.events.connected() == 2).await;

    let text = "x".repeat(64 * 1024);
    let dropped = &rig.running.metrics.messages_dropped;
    let mut sent: u64 = 0;
    while dropped.value() < 25 {
        rig.send(&format!("{sent} {text}"));
        // Who reads has it at once, whatever the other does.
        assert!(data(&mut prompt).await.starts_with(&format!("{sent} ")));
        sent += 1;
        assert!(
            sent < 1_000,
            "the queue of a stuck subscriber is never full"
        );
    }
    let (mut expected, mut lost) = (0, 0);
    assert_eq!(late.event().await.event.as_deref(), Some("hello"));
    while expected < sent {
        match late.next().await {
            Told::Event(event) => {
                assert!(
                    event.data.starts_with(&format!("{expected} ")),
                    "{expected}"
                );
                expected += 1;
            }
            Told::Comment(text) => {
                let count = text.strip_prefix(" gap: ");
                let count = count.and_then(|rest| rest.strip_suffix(" events lost"));
                let count: u64 = count.unwrap().parse().unwrap();
                lost += count;
                expected += count;
            }
            Told::End => panic!("the stream has ended"),
        }
    }
    assert_eq!(lost, dropped.value());
    // It has caught up: nothing is lost any more.
    rig.send("last");
    assert!(matches!(late.next().await, Told::Event(event) if event.data == "last"));
}

#[tokio::test]
async fn cuts_a_subscriber_that_takes_nothing_for_too_long() {
    let rig = Rig::configured(|_, http| {
        http.stream_write_timeout = Duration::from_millis(100);
    })
    .await;
    let narrow = Client::narrow(rig.running.address).await;
    let stuck = Events::over(narrow, "/events").await;
    let mut prompt = rig.subscriber().await;
    let text = "x".repeat(64 * 1024);
    let mut sent = 0;
    while rig.events.connected() == 2 {
        rig.send(&text);
        assert_eq!(data(&mut prompt).await.len(), text.len());
        sent += 1;
        assert!(sent < 1_000_000, "a stuck subscriber is never cut");
    }
    assert_eq!(rig.running.metrics.write_timeouts.value(), 1);
    drop(stuck);
}
