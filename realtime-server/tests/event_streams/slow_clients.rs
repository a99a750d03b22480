//! Readers that stop reading: each policy, and what it means to all others.

use std::time::Duration;

use realtime_server::{
    config::{SlowClient, StreamConfig},
    endpoint::{Outgoing, Target},
};
use sse_codec::EventRef;
use tokio::{
    task::JoinSet,
    time::{self, MissedTickBehavior},
};

use crate::{
    reader::{Reader, Seen},
    rig::{Rig, write_timeout},
    support::{client::Client, until},
};

const QUEUED_EVENTS: usize = 10;
/// Twice what may wait in bytes is more than one read batch takes.
const BULK: usize = 64 * 1024;

fn config(slow_client: SlowClient) -> StreamConfig {
    let mut config = StreamConfig::default();
    config.slow_client = slow_client;
    config.max_queued_events = QUEUED_EVENTS;
    config.max_queued_bytes = QUEUED_EVENTS * 2 * BULK;
    config.history_events = 0;
    config
}

/// A reader of the topic `bulk` that has stopped: the kernel holds all for it that it can, and more
/// waits in its queue than a write takes.
async fn stalled(rig: &Rig) -> Reader {
    let mut client = Client::narrow(rig.address).await;
    client.request("GET /stream?topic=bulk", "").await;
    let mut reader = Reader::on(client).await;
    assert_eq!(reader.comment().await, "connected");
    // A queue that is not emptied between two turns of the server is one that is blocked.
    let bulk = "x".repeat(BULK);
    let metrics = &rig.metrics;
    let mut pace = time::interval(Duration::from_millis(1));
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while metrics.messages_dropped.value() + metrics.messages_conflated.value() == 0 {
        let outgoing = Outgoing::new(EventRef::new(&bulk)).to(Target::Topic("bulk"));
        rig.stream.publish(outgoing.with_key("bulk")).unwrap();
        pace.tick().await;
    }
    reader
}

/// What comes after the bulk: the comments and the data of the events.
async fn after_the_bulk(reader: &mut Reader, last: &str) -> (Vec<String>, Vec<String>) {
    let (mut comments, mut events) = (Vec::new(), Vec::new());
    while events.last().is_none_or(|event| event != last) {
        match reader.next().await {
            Seen::Event(event) if event.data.len() < BULK => events.push(event.data),
            Seen::Comment(comment) => comments.push(comment),
            Seen::Event(_) | Seen::Control { .. } => {}
            end => panic!("{end:?}"),
        }
    }
    (comments, events)
}

#[tokio::test]
async fn drop_oldest_keeps_the_latest_and_tells_how_many_are_lost() {
    let rig = Rig::new(config(SlowClient::DropOldest)).await;
    let mut reader = stalled(&rig).await;
    let others_lost = rig.metrics.messages_dropped.value();
    assert!(others_lost > 0);
    for n in 1..=100 {
        rig.stream.send(EventRef::new(&n.to_string())).unwrap();
    }
    let lost = rig.metrics.messages_dropped.value();
    let (comments, events) = after_the_bulk(&mut reader, "100").await;
    assert_eq!(
        events,
        (91..=100).map(|n| n.to_string()).collect::<Vec<_>>()
    );
    assert_eq!(comments, [format!("gap: {lost} events lost")]);
    assert_eq!(rig.metrics.stream_slow_clients.value(), 0);
    rig.stream.send(EventRef::new("on")).unwrap();
    assert_eq!(reader.data().await, "on", "it goes on as before");
}

#[tokio::test]
async fn conflate_keeps_the_latest_of_each_key() {
    let rig = Rig::new(config(SlowClient::Conflate)).await;
    let mut reader = stalled(&rig).await;
    let before = rig.metrics.messages_conflated.value();
    for n in 1..=100 {
        for key in ["eur", "usd"] {
            let data = format!("{key} {n}");
            // By key, and by the event's own id.
            let event = EventRef::new(&data);
            let outgoing = if key == "eur" {
                Outgoing::new(event).with_key(key)
            } else {
                Outgoing::new(event.with_id(key))
            };
            rig.stream.publish(outgoing).unwrap();
        }
    }
    rig.stream.send(EventRef::new("end")).unwrap();
    let (comments, events) = after_the_bulk(&mut reader, "end").await;
    assert_eq!(events, ["eur 100", "usd 100", "end"]);
    assert_eq!(comments, Vec::<String>::new());
    assert_eq!(rig.metrics.messages_conflated.value() - before, 2 * 99);
    assert_eq!(rig.metrics.messages_dropped.value(), 0);
}

#[tokio::test]
async fn conflate_drops_the_oldest_where_all_keys_differ() {
    let rig = Rig::new(config(SlowClient::Conflate)).await;
    let mut reader = stalled(&rig).await;
    for n in 1..=100 {
        let data = n.to_string();
        let outgoing = Outgoing::new(EventRef::new(&data)).with_key(&data);
        rig.stream.publish(outgoing).unwrap();
    }
    let (comments, events) = after_the_bulk(&mut reader, "100").await;
    assert_eq!(
        events,
        (91..=100).map(|n| n.to_string()).collect::<Vec<_>>()
    );
    let lost = rig.metrics.messages_dropped.value();
    assert_eq!(comments, [format!("gap: {lost} events lost")]);
}

#[tokio::test]
async fn a_reader_that_keeps_up_is_told_everything_although_keys_conflate() {
    let rig = Rig::new(config(SlowClient::Conflate)).await;
    let mut reader = rig.subscribe("").await;
    for n in 0..50 {
        let data = n.to_string();
        let outgoing = Outgoing::new(EventRef::new(&data)).with_key("k");
        rig.stream.publish(outgoing).unwrap();
        assert_eq!(reader.data().await, data);
    }
    assert_eq!(rig.metrics.messages_conflated.value(), 0);
}

#[tokio::test]
async fn disconnect_ends_the_subscription_and_counts_it() {
    let rig = Rig::new(config(SlowClient::Disconnect)).await;
    let mut reader = stalled(&rig).await;
    let lost = rig.metrics.messages_dropped.value();
    assert_eq!(
        lost,
        QUEUED_EVENTS as u64 + 1,
        "the queue and what was one too much"
    );
    rig.stream.send(EventRef::new("not for it")).unwrap();
    // What the kernel had for it, then when to come back, then a proper end.
    let rest = reader.rest().await;
    let [.., Seen::Control { retry, .. }, Seen::End] = &rest[..] else {
        panic!("{:?}", rest.last());
    };
    assert!(retry.is_some_and(|retry| retry >= 2_000), "{retry:?}");
    let late = |seen: &Seen| matches!(seen, Seen::Event(event) if event.data.len() < BULK);
    assert!(!rest.iter().any(late));
    rig.has(0).await;
    assert_eq!(rig.metrics.stream_slow_clients.value(), 1);
    assert_eq!(rig.metrics.messages_dropped.value(), lost);
}

#[tokio::test]
async fn a_reader_that_takes_nothing_is_cut_after_the_write_timeout() {
    for (policy, slow_clients) in [(SlowClient::Disconnect, 1), (SlowClient::DropOldest, 0)] {
        let rig = Rig::with(config(policy), |server, _| {
            server.http_config(write_timeout(Duration::from_millis(300)));
        })
        .await;
        let mut reader = stalled(&rig).await;
        until(|| rig.metrics.write_timeouts.value() == 1).await;
        assert_eq!(rig.stream.connected(), 0);
        assert_eq!(rig.metrics.stream_slow_clients.value(), slow_clients);
        assert_eq!(reader.rest().await.last(), Some(&Seen::Cut));
    }
}

#[tokio::test]
async fn an_event_that_could_never_wait_is_refused() {
    use realtime_server::endpoint::PublishError;

    let mut config = config(SlowClient::DropOldest);
    config.max_queued_bytes = 100;
    config.history_events = 0;
    let rig = Rig::new(config).await;
    let fits = "x".repeat(100 - "data: \n\n".len());
    let mut reader = rig.subscribe("").await;
    rig.stream.send(EventRef::new(&fits)).unwrap();
    let refused = rig.stream.send(EventRef::new(&format!("{fits}x")));
    assert_eq!(refused, Err(PublishError::TooLarge { limit: 100 }));
    assert_eq!(reader.data().await, fits);
    rig.stream.send(EventRef::new("next")).unwrap();
    assert_eq!(reader.data().await, "next");
}

/// 999 readers that read, and one that does not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_stops_among_a_thousand_holds_up_nobody() {
    const READERS: usize = 999;
    const EVENTS: usize = 50;
    let _ = rlimit::increase_nofile_limit(4_096);
    let mut config = config(SlowClient::DropOldest);
    config.max_queued_events = 100;
    config.max_queued_bytes = 8 * BULK;
    let rig = Rig::new(config).await;
    let mut slow = stalled(&rig).await;
    let mut readers = JoinSet::new();
    for _ in 0..READERS {
        let mut reader = rig.subscribe("").await;
        readers.spawn(async move {
            for n in 0..EVENTS {
                assert_eq!(reader.data().await, n.to_string());
            }
            reader
        });
    }
    let dropped = rig.metrics.messages_dropped.value();
    for n in 0..EVENTS {
        let sent = rig.stream.send(EventRef::new(&n.to_string())).unwrap();
        assert_eq!(sent.delivery.receivers, READERS + 1);
    }
    let readers = readers.join_all().await;
    assert_eq!(readers.len(), READERS);
    let lost_by_the_slow = rig.metrics.messages_dropped.value();
    assert!(lost_by_the_slow >= dropped);
    let last = (EVENTS - 1).to_string();
    let (comments, events) = after_the_bulk(&mut slow, &last).await;
    assert_eq!(comments, [format!("gap: {lost_by_the_slow} events lost")]);
    assert_eq!(
        events.len(),
        EVENTS,
        "as many small ones as there is room for"
    );
    drop(readers);
    until(|| rig.stream.connected() == 1).await;
}
