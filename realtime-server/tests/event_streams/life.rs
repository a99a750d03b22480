//! How subscriptions begin to age and how they end.

use std::{collections::BTreeSet, time::Duration};

use realtime_server::config::StreamConfig;
use tokio::{
    task::JoinSet,
    time::{self, Instant},
};

use crate::{
    reader::{Reader, Seen},
    rig::Rig,
    support::until,
};

/// The timers look every 20 ms.
fn quick() -> StreamConfig {
    let mut config = StreamConfig::default();
    config.keep_alive = Duration::from_millis(160);
    config
}

/// The reconnection time with which a stream ends in good order.
fn farewell(rest: &[Seen]) -> u64 {
    let [.., Seen::Control { retry, id: None }, Seen::End] = rest else {
        panic!("no farewell at the end of {rest:?}");
    };
    retry.unwrap()
}

#[tokio::test]
async fn a_stop_tells_each_when_to_come_back() {
    let rig = Rig::new(StreamConfig::default()).await;
    let mut readers = JoinSet::new();
    for _ in 0..2 {
        let mut reader = rig.subscribe("").await;
        readers.spawn(async move {
            assert_eq!(reader.data().await, "the last");
            farewell(&reader.rest().await)
        });
    }
    rig.send("the last");
    let start = Instant::now();
    rig.stop().await;
    assert!(start.elapsed() < Duration::from_secs(1), "few end at once");
    for retry in readers.join_all().await {
        assert!((2_000..=5_000).contains(&retry), "{retry}");
    }
}

#[tokio::test]
async fn what_was_sent_before_a_stop_comes_before_the_farewell() {
    let rig = Rig::new(StreamConfig::default()).await;
    let start = rig.send("start");
    for n in 0..900 {
        rig.send(&n.to_string());
    }
    // Both what is replayed and what is queued behind it, at once.
    let mut reader = rig.resume("", &start).await;
    for n in 900..1_100 {
        rig.send(&n.to_string());
    }
    let stopping = tokio::spawn(rig.stop());
    for n in 0..1_100 {
        assert_eq!(reader.data().await, n.to_string());
    }
    farewell(&reader.rest().await);
    drop(reader);
    stopping.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_of_many_is_spread() {
    const READERS: usize = 300;
    let _ = rlimit::increase_nofile_limit(4_096);
    let rig = Rig::new(StreamConfig::default()).await;
    let mut readers = JoinSet::new();
    for _ in 0..READERS {
        let mut reader = rig.subscribe("").await;
        readers.spawn(async move {
            let rest = reader.rest().await;
            (Instant::now(), farewell(&rest))
        });
    }
    let start = Instant::now();
    rig.stop().await;
    let ends = readers.join_all().await;
    let (last, _) = ends.iter().max().unwrap();
    let (first, _) = ends.iter().min().unwrap();
    assert!(last.duration_since(*first) >= Duration::from_millis(200));
    assert!(last.duration_since(start) < Duration::from_secs(2));
    let times: BTreeSet<_> = ends.iter().map(|(_, retry)| retry).collect();
    assert!(times.len() > READERS / 2, "only {} different", times.len());
    assert!(times.iter().all(|retry| (2_000..=5_000).contains(*retry)));
}

#[tokio::test]
async fn who_comes_while_the_server_stops_is_sent_away_in_good_order() {
    let rig = Rig::new(StreamConfig::default()).await;
    rig.stream.stop(Duration::ZERO).await;
    let mut late = rig.subscribe("").await;
    farewell(&late.rest().await);
}

#[tokio::test]
async fn a_subscription_ends_at_its_greatest_age() {
    let mut config = quick();
    config.max_age = Some(Duration::from_millis(200));
    config.max_age_jitter = Duration::ZERO;
    let rig = Rig::new(config).await;
    let start = Instant::now();
    let mut reader = rig.subscribe("").await;
    let retry = farewell(&reader.rest().await);
    assert!(start.elapsed() >= Duration::from_millis(200));
    assert!((2_000..=3_000).contains(&retry), "{retry}");
    rig.has(0).await;
}

#[tokio::test]
async fn ages_differ_by_the_jitter() {
    let mut config = quick();
    config.max_age = Some(Duration::from_millis(800));
    config.max_age_jitter = Duration::from_millis(400);
    let rig = Rig::new(config).await;
    let mut readers = JoinSet::new();
    let start = Instant::now();
    for _ in 0..20 {
        let mut reader = rig.subscribe("").await;
        readers.spawn(async move {
            farewell(&reader.rest().await);
            start.elapsed()
        });
    }
    let ages = readers.join_all().await;
    assert!(ages.iter().all(|age| *age >= Duration::from_millis(400)));
    let (oldest, youngest) = (ages.iter().max().unwrap(), ages.iter().min().unwrap());
    let spread = oldest.abs_diff(*youngest);
    assert!(spread >= Duration::from_millis(100), "{spread:?}");
}

#[tokio::test]
async fn a_subscription_ends_with_the_token_that_opened_it() {
    let rig = Rig::new(quick()).await;
    let mut short = rig.subscribe("?life=100").await;
    let mut long = rig.subscribe("?life=60000").await;
    farewell(&short.rest().await);
    rig.has(1).await;
    rig.send("still here");
    assert_eq!(long.data().await, "still here");
}

#[tokio::test]
async fn a_retired_stream_asks_nobody_back() {
    let rig = Rig::new(StreamConfig::default()).await;
    let mut reader = rig.subscribe("").await;
    rig.send("the last");
    rig.stream.retire();
    assert_eq!(reader.data().await, "the last");
    assert_eq!(reader.next().await, Seen::End);
    let back = Reader::open(rig.address, "/stream", "").await;
    assert_eq!(back.status, 204);
    assert_eq!(back.header("content-type"), None);
}

#[tokio::test]
async fn a_quiet_stream_gets_heartbeats_and_a_busy_one_none() {
    let rig = Rig::new(quick()).await;
    let mut reader = rig.subscribe("").await;
    for _ in 0..3 {
        assert!(reader.comment().await.starts_with("keep-alive "));
    }
    let busy = tokio::spawn({
        let stream = rig.stream.clone();
        async move {
            let mut pace = time::interval(Duration::from_millis(20));
            for n in 0..20 {
                pace.tick().await;
                stream
                    .send(sse_codec::EventRef::new(&n.to_string()))
                    .unwrap();
            }
        }
    });
    let mut heartbeats = 0;
    let mut events = 0;
    while events < 20 {
        match reader.next().await {
            Seen::Event(event) => {
                assert_eq!(event.data, events.to_string());
                events += 1;
            }
            Seen::Comment(_) if events > 0 => heartbeats += 1,
            _ => {}
        }
    }
    busy.await.unwrap();
    assert_eq!(heartbeats, 0);
}

#[tokio::test]
async fn who_leaves_is_noticed_at_once() {
    let rig = Rig::new(StreamConfig::default()).await;
    let readers = [rig.subscribe("").await, rig.subscribe("").await];
    rig.has(2).await;
    drop(readers);
    until(|| rig.stream.connected() == 0).await;
}

#[tokio::test]
async fn one_subscription_can_be_ended() {
    let rig = Rig::new(StreamConfig::default()).await;
    let _reader = rig.subscribe("").await;
    assert!(!rig.stream.disconnect("nobody"));
    assert_eq!(rig.stream.connected(), 1);
}

#[tokio::test]
async fn no_client_is_told_to_come_back_at_once() {
    let mut config = StreamConfig::default();
    config.retry = Duration::ZERO;
    config.retry_jitter = Duration::ZERO;
    let rig = Rig::new(config).await;
    let mut reader = rig.subscribe("").await;
    assert_eq!(reader.control().await.1, Some(500));
    let event = sse_codec::EventRef::new("x").with_retry(Duration::ZERO);
    rig.stream.send(event).unwrap();
    assert_eq!(reader.event().await.retry, Some(Duration::from_millis(500)));
}
