//! Coming back: nothing twice, nothing missing, and a gap said aloud.

use std::{collections::BTreeSet, time::Duration};

use realtime_server::{
    config::{SlowClient, StreamConfig},
    endpoint::{IdError, Outgoing, PublishError, Target},
};
use sse_codec::EventRef;

use crate::{
    reader::{Reader, Seen},
    rig::Rig,
    support::client::Client,
};

fn config() -> StreamConfig {
    StreamConfig::default()
}

fn with_history(events: usize) -> StreamConfig {
    let mut config = config();
    config.history_events = events;
    config
}

/// The epoch and the number of one of our ids.
fn parts(id: &str) -> (&str, u64) {
    let (epoch, number) = id.split_once('.').unwrap();
    (epoch, number.parse().unwrap())
}

#[tokio::test]
async fn a_stream_opens_with_a_comment_a_time_and_a_place() {
    let rig = Rig::new(config()).await;
    rig.send("before");
    let mut reader = Reader::open(rig.address, "/stream", "").await;
    assert_eq!(reader.header("content-type"), Some("text/event-stream"));
    assert_eq!(reader.header("x-accel-buffering"), Some("no"));
    assert_eq!(reader.header("transfer-encoding"), Some("chunked"));
    assert_eq!(reader.next().await, Seen::Comment("connected".into()));
    let (place, retry) = reader.control().await;
    assert_eq!(parts(&place.unwrap()).1, 1);
    assert!((2_000..=3_000).contains(&retry.unwrap()), "{retry:?}");
}

#[tokio::test]
async fn ids_increase_by_one_and_are_short_visible_ascii() {
    let rig = Rig::new(config()).await;
    let ids: Vec<_> = (0..20).map(|n| rig.send(&n.to_string())).collect();
    for (id, number) in ids.iter().zip(1..) {
        assert_eq!(parts(id), (parts(&ids[0]).0, number));
        assert!(id.len() <= 128);
        let safe = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        assert!(id.bytes().all(safe), "{id}");
    }
}

#[tokio::test]
async fn ids_of_two_streams_have_nothing_in_common() {
    let (one, two) = tokio::join!(Rig::new(config()), Rig::new(config()));
    let (one, two) = (one.send("a"), two.send("a"));
    assert_eq!(parts(&one).0.len(), 22, "128 bits");
    assert_ne!(parts(&one).0, parts(&two).0);
}

#[tokio::test]
async fn who_comes_back_gets_what_was_missed_and_then_what_is_new() {
    let rig = Rig::new(config()).await;
    let mut reader = rig.subscribe("").await;
    rig.send("1");
    let last = reader.event().await.last_event_id;
    drop(reader);
    rig.has(0).await;
    rig.send("2");
    rig.send("3");
    let mut reader = rig.resume("", &last).await;
    rig.send("4");
    assert_eq!(reader.data().await, "2");
    assert_eq!(reader.data().await, "3");
    assert_eq!(reader.data().await, "4");
    assert_eq!(rig.metrics.stream_resumes.value(), 1);
    assert_eq!(rig.metrics.stream_gaps.value(), 0);
}

#[tokio::test]
async fn a_client_that_was_cut_before_the_first_event_misses_none() {
    let rig = Rig::new(config()).await;
    let mut reader = rig.subscribe("").await;
    let (place, _) = reader.control().await;
    drop(reader);
    rig.send("first");
    let mut reader = rig.resume("", &place.unwrap()).await;
    assert_eq!(reader.data().await, "first");
}

#[tokio::test]
async fn the_id_can_stand_in_the_query_and_the_header_wins() {
    let rig = Rig::new(config()).await;
    let one = rig.send("1");
    let two = rig.send("2");
    rig.send("3");
    let mut reader = rig.subscribe(&format!("?lastEventId={one}")).await;
    assert_eq!(reader.data().await, "2");
    let mut reader = rig.resume(&format!("?lastEventId={one}"), &two).await;
    assert_eq!(reader.data().await, "3");
}

#[tokio::test]
async fn an_unknown_id_gets_a_gap_and_all_that_is_kept() {
    let rig = Rig::new(config()).await;
    rig.send("1");
    let known = rig.send("2");
    let (epoch, _) = parts(&known);
    let unknown = [
        "7".to_owned(),
        "\u{fc}\u{1f600}".to_owned(),
        format!("{epoch}.3"),
        format!("{epoch}.02"),
        format!("{epoch}.+2"),
        format!("{epoch}.-1"),
        format!("{epoch}."),
        format!("{epoch}.18446744073709551616"),
        "x".repeat(128),
        "x".repeat(129),
        "x".repeat(8_000),
    ];
    for (id, count) in unknown.iter().zip(1..) {
        let mut reader = rig.resume("", id).await;
        let gap = reader.event().await;
        assert_eq!(gap.event.as_deref(), Some("gap"), "{id}");
        assert_eq!(gap.data, r#"{"reason":"unknown"}"#);
        assert_eq!(gap.id, Some(format!("{epoch}.0")));
        assert_eq!(reader.data().await, "1");
        assert_eq!(reader.data().await, "2");
        assert_eq!(rig.metrics.stream_gaps.value(), count);
    }
    let mut reader = Reader::open(
        rig.address,
        "/stream?lastEventId=%FF%00%0A",
        "Last-Event-ID: \r\n",
    )
    .await;
    assert_eq!(reader.event().await.event.as_deref(), Some("gap"));
}

#[tokio::test]
async fn an_id_in_raw_bytes_is_unknown_and_no_error() {
    let rig = Rig::new(config()).await;
    let mut client = Client::connect(rig.address).await;
    client
        .send(b"GET /stream HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: \xff\xfe\r\n\r\n")
        .await;
    let mut reader = Reader::on(client).await;
    assert_eq!(reader.status, 200);
    assert_eq!(reader.event().await.data, r#"{"reason":"unknown"}"#);
}

#[tokio::test]
async fn an_id_older_than_the_history_gets_a_gap_with_the_number_of_lost_events() {
    let rig = Rig::new(with_history(3)).await;
    let ids: Vec<_> = (1..=6).map(|n| rig.send(&n.to_string())).collect();
    // Kept are 4, 5 and 6. Who has seen 3 has missed nothing that is lost.
    let mut reader = rig.resume("", &ids[2]).await;
    assert_eq!(reader.data().await, "4");
    let mut reader = rig.resume("", &ids[1]).await;
    let gap = reader.event().await;
    assert_eq!(gap.data, r#"{"reason":"expired","missed":1}"#);
    assert_eq!(gap.id.as_deref(), Some(&*ids[2]));
    for data in ["4", "5", "6"] {
        assert_eq!(reader.data().await, data);
    }
}

#[tokio::test]
async fn a_gap_is_told_once() {
    let rig = Rig::new(with_history(1)).await;
    let mut reader = rig.resume("", "from-a-life-before").await;
    let place = reader.event().await.last_event_id;
    drop(reader);
    rig.send("new");
    let mut reader = rig.resume("", &place).await;
    assert_eq!(reader.data().await, "new");
}

#[tokio::test]
async fn the_history_is_bounded_in_bytes() {
    let mut config = config();
    config.history_bytes = 500;
    let rig = Rig::new(config).await;
    let ids: Vec<_> = (0..10).map(|_| rig.send(&"x".repeat(100))).collect();
    let mut reader = rig.resume("", &ids[0]).await;
    assert_eq!(
        reader.data().await,
        r#"{"reason":"expired","missed":6}"#,
        "three events with their fields are kept"
    );
}

#[tokio::test(start_paused = true)]
async fn the_history_is_bounded_in_time() {
    let mut config = config();
    config.history_age = Duration::from_secs(60);
    let rig = Rig::new(config).await;
    let old = rig.send("old");
    tokio::time::advance(Duration::from_secs(59)).await;
    let young = rig.send("young");
    let mut reader = rig.resume("", &young).await;
    rig.send("now");
    assert_eq!(reader.data().await, "now");
    tokio::time::advance(Duration::from_secs(30)).await;
    let mut reader = rig.resume("", &old).await;
    assert_eq!(reader.data().await, "young");
    let mut reader = rig.resume("", &format!("{}.0", parts(&old).0)).await;
    assert_eq!(reader.data().await, r#"{"reason":"expired","missed":1}"#);
}

#[tokio::test]
async fn a_replay_holds_only_what_the_client_may_see() {
    let rig = Rig::new(config()).await;
    let start = rig.send("start");
    let to = |target, data| {
        let outgoing = Outgoing::new(EventRef::new(data)).to(target);
        rig.stream.publish(outgoing).unwrap();
    };
    to(Target::Topic("a"), "topic a");
    to(Target::Topic("b"), "topic b");
    to(Target::User("ann"), "user ann");
    to(Target::Tenant("acme"), "tenant acme");
    to(Target::All, "end");
    for (query, expected) in [
        ("", vec![]),
        ("?topic=a", vec!["topic a"]),
        ("?topic=a&topic=b", vec!["topic a", "topic b"]),
        ("?user=ann", vec!["user ann"]),
        ("?topic=ann&tenant=acme", vec!["tenant acme"]),
        // A topic whose name looks like a user does not open the user's events.
        ("?topic=user/ann&topic=/ann&topic=..%2Fuser%2Fann", vec![]),
    ] {
        let mut reader = rig.resume(query, &start).await;
        let mut seen = Vec::new();
        loop {
            match reader.data().await {
                end if end == "end" => break,
                data => seen.push(data),
            }
        }
        assert_eq!(seen, expected, "{query}");
    }
}

#[tokio::test]
async fn the_id_of_another_stream_opens_nothing() {
    let rig = Rig::new(config()).await;
    let other = Rig::new(config()).await;
    rig.send("1");
    let foreign = other.send("1");
    let mut reader = rig.resume("", &foreign).await;
    assert_eq!(reader.data().await, r#"{"reason":"unknown"}"#);
}

#[tokio::test]
async fn a_heartbeat_brings_forward_who_sees_nothing() {
    let mut config = with_history(2);
    config.keep_alive = Duration::from_millis(50);
    let rig = Rig::new(config).await;
    let mut reader = rig.subscribe("?topic=quiet").await;
    for n in 0..10 {
        let outgoing = Outgoing::new(EventRef::new("x")).to(Target::Topic("busy"));
        assert_eq!(
            parts(&rig.stream.publish(outgoing).unwrap().id.unwrap()).1,
            n + 1
        );
    }
    let place = loop {
        let (place, _) = reader.control().await;
        if place.as_deref().map(|place| parts(place).1) == Some(10) {
            break place.unwrap();
        }
    };
    let mut reader = rig.resume("?topic=quiet", &place).await;
    rig.send("no gap before");
    assert_eq!(reader.data().await, "no gap before");
}

#[tokio::test]
async fn a_publishers_own_id_is_kept_and_resumed_from() {
    let rig = Rig::new(config()).await;
    let own = |id| rig.stream.send(EventRef::new(id).with_id(id));
    assert_eq!(own("order-1").unwrap().id.as_deref(), Some("order-1"));
    own("order-2").unwrap();
    let mut reader = rig.resume("", "order-1").await;
    let event = reader.event().await;
    assert_eq!(
        (&*event.data, &*event.last_event_id),
        ("order-2", "order-2")
    );
}

#[tokio::test]
async fn a_publishers_own_id_must_be_one_that_comes_back_unchanged() {
    let rig = Rig::new(config()).await;
    let ours = rig.send("1");
    rig.stream.send(EventRef::new("").with_id("taken")).unwrap();
    let long = "x".repeat(129);
    for (id, error) in [
        ("", IdError::Empty),
        (&*long, IdError::TooLong { limit: 128 }),
        ("a b", IdError::NotVisible { at: 1 }),
        ("a\n", IdError::NotVisible { at: 1 }),
        ("caf\u{e9}", IdError::NotVisible { at: 3 }),
        (&*ours, IdError::Reserved),
        ("taken", IdError::Taken),
    ] {
        let refused = rig.stream.send(EventRef::new("").with_id(id));
        assert_eq!(refused, Err(PublishError::Id(error)), "{id:?}");
    }
    let longest = "x".repeat(128);
    let sent = rig.stream.send(EventRef::new("").with_id(&longest));
    assert_eq!(sent.unwrap().id, Some(longest));
}

#[tokio::test]
async fn an_event_for_one_connection_moves_no_place() {
    let mut config = config();
    config.keep_alive = Duration::from_secs(3_600);
    let rig = Rig::new(config).await;
    let mut reader = rig.subscribe("").await;
    // Nobody has this id: all the more it must not be kept.
    let outgoing = Outgoing::new(EventRef::new("x").with_id("own")).to(Target::Connection("none"));
    let published = rig.stream.publish(outgoing).unwrap();
    assert_eq!((published.id, published.delivery.receivers), (None, 0));
    assert_eq!(parts(&rig.send("y")).1, 1);
    assert_eq!(reader.data().await, "y");
}

#[tokio::test]
async fn a_stream_without_history_gives_no_ids_and_says_so_to_who_asks() {
    let rig = Rig::new(with_history(0)).await;
    let mut reader = rig.subscribe("").await;
    assert_eq!(reader.control().await.0, None);
    let published = rig.stream.send(EventRef::new("x")).unwrap();
    assert_eq!(published.id, None);
    assert_eq!(reader.event().await.id, None);
    let mut reader = rig.resume("", "5").await;
    let gap = reader.event().await;
    assert_eq!((&*gap.data, gap.id), (r#"{"reason":"unknown"}"#, None));
}

/// Cuts a reader again and again while events are published without a pause.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_events_over_cut_connections_come_once_each_and_in_order() {
    const EVENTS: u64 = 10_000;
    let mut config = with_history(20_000);
    config.history_bytes = 16 * 1024 * 1024;
    config.slow_client = SlowClient::Disconnect;
    config.max_queued_events = 64;
    let rig = Rig::new(config).await;
    let mut reader = rig.subscribe("").await;
    let (place, _) = reader.control().await;
    let mut place = place.unwrap();
    let publisher = rig.stream.clone();
    let publishing = tokio::task::spawn_blocking(move || {
        for n in 0..EVENTS {
            publisher.send(EventRef::new(&n.to_string())).unwrap();
        }
    });
    let mut seen = 0;
    let mut connections = BTreeSet::from([0]);
    while seen < EVENTS {
        match reader.next().await {
            Seen::Event(event) => {
                assert_eq!(event.data, seen.to_string());
                place = event.last_event_id;
                seen += 1;
            }
            Seen::Control { .. } | Seen::Comment(_) => {}
            Seen::End | Seen::Cut => reader = rig.resume("", &place).await,
        }
        if seen % 700 == 0 && connections.insert(seen) {
            reader = rig.resume("", &place).await;
        }
    }
    publishing.await.unwrap();
    assert_eq!(rig.metrics.stream_gaps.value(), 0);
}
