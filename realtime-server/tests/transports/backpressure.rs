//! What waits for whom when one side is behind.

use std::time::Duration;

use realtime_server::hub::{Disconnect, Items};

use crate::{
    requests::{EVENTS, Requests, stays_silent},
    rig::Rig,
    support::{client::Client, hub::invocation, soon, until},
};

/// More than may wait for a hub, in records that it takes one at a time.
fn much() -> String {
    let record = invocation(Some("1"), "Length", &format!("[\"{}\"]", "x".repeat(8000))) + "\u{1e}";
    record.repeat(20)
}

#[tokio::test]
async fn a_post_waits_for_a_hub_that_is_behind_and_others_wait_for_it() {
    let mut rig = Rig::new().await;
    let (requests, mut stream) = Requests::streaming(&rig).await;
    let call = invocation(Some("0"), "Wait", "[\"gate\"]") + "\u{1e}";
    assert_eq!(requests.post(&call).await.status, 200);
    assert_eq!(rig.started().await, "gate");
    let mut large = requests.begin_post(&much()).await;
    stays_silent(&mut large).await;
    let mut small = requests.begin_post("").await;
    stays_silent(&mut small).await;
    rig.release("gate");
    assert_eq!(large.answer().await.status, 200);
    assert_eq!(small.answer().await.status, 200);
    let mut completions = 0;
    while completions < 21 {
        let chunk = stream.chunk().await.unwrap();
        completions += std::str::from_utf8(&chunk)
            .unwrap()
            .matches('\u{1e}')
            .count();
    }
}

#[tokio::test]
async fn a_waiting_post_learns_of_the_end() {
    let mut rig = Rig::new().await;
    let (requests, stream) = Requests::streaming(&rig).await;
    let call = invocation(Some("0"), "Wait", "[\"gate\"]") + "\u{1e}";
    requests.post(&call).await;
    assert_eq!(rig.started().await, "gate");
    let mut large = requests.begin_post(&much()).await;
    stays_silent(&mut large).await;
    drop(stream);
    let over = large.answer().await;
    assert_eq!((over.status, over.text()), (404, ""));
    rig.release("gate");
}

#[tokio::test]
async fn a_large_post_waits_for_the_transport() {
    let rig = Rig::new().await;
    let requests = Requests::negotiate(&rig).await;
    assert_eq!(requests.post(&" ".repeat(4_000)).await.status, 200);
    let mut large = requests.begin_post(&" ".repeat(97)).await;
    stays_silent(&mut large).await;
    assert_eq!(requests.poll().await.status, 200);
    assert_eq!(large.answer().await.status, 200);
}

#[tokio::test]
async fn a_post_may_be_large_but_not_larger_than_allowed() {
    let rig = Rig::configured(|config| config.max_post = 100_000).await;
    let requests = Requests::polling(&rig).await;
    let padded = |size: usize| format!("{}{{\"type\":6}}\u{1e}", " ".repeat(size - 11));
    // In records that the hub takes, so that nothing waits.
    let padded = |size: usize| padded(10_000).repeat(9) + &padded(size - 90_000);
    assert_eq!(requests.post(&padded(100_000)).await.status, 200);
    assert_eq!(requests.post(&padded(100_001)).await.status, 413);
}

#[tokio::test]
async fn a_client_that_does_not_poll_is_ended_when_its_outbox_is_full() {
    let mut rig = Rig::configured(|config| config.max_queued_bytes = 100_000).await;
    let requests = Requests::polling(&rig).await;
    let text = "x".repeat(10_000);
    soon(async {
        while rig.clients.count() > 0 {
            rig.clients.all().send("Told", (&text,)).await.unwrap();
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(rig.left().await, Disconnect::Slow);
    assert_eq!(rig.metrics().hub_slow_clients.value(), 1);
    // What had been handed over before is still there, and then the end.
    let held = requests.poll().await;
    assert_eq!(held.status, 200);
    assert!(
        held.body.len() < 2 * 64 * 1024 + 100_000,
        "{}",
        held.body.len()
    );
    assert_eq!(requests.poll().await.status, 204);
}

#[tokio::test]
async fn a_client_that_does_not_read_its_stream_is_ended() {
    let mut rig = Rig::configured(|config| config.max_queued_bytes = 200_000).await;
    let requests = Requests::negotiate(&rig).await;
    let mut stream = Client::narrow(rig.address()).await;
    stream
        .request(&format!("GET {}", requests.path), EVENTS)
        .await;
    requests.post(crate::support::hub::HANDSHAKE).await;
    until(|| rig.clients.count() == 1).await;
    let text = "x".repeat(10_000);
    tokio::time::timeout(Duration::from_secs(20), async {
        while rig.clients.count() > 0 {
            rig.clients.all().send("Told", (&text,)).await.unwrap();
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
    assert_eq!(rig.left().await, Disconnect::Slow);
}

#[tokio::test]
async fn a_client_that_leaves_without_having_read_its_stream_is_forgotten() {
    let mut rig = Rig::with(
        |_| {},
        |hub| {
            hub.stream("Endless", async |_, _, (): (), items: Items<String>| {
                loop {
                    items.send("x".repeat(10_000)).await?;
                }
            })
        },
    )
    .await;
    let requests = Requests::negotiate(&rig).await;
    let mut stream = Client::narrow(rig.address()).await;
    stream
        .request(&format!("GET {}", requests.path), EVENTS)
        .await;
    let call = r#"{"type":4,"invocationId":"0","target":"Endless","arguments":[]}"#;
    let records = format!("{}{call}\u{1e}", crate::support::hub::HANDSHAKE);
    requests.post(&records).await;
    // All that may wait for it waits, so that the hub does not listen to it.
    until(|| rig.clients.count() == 1).await;
    while stream.buffer.len() < 100_000 {
        assert!(stream.more().await);
    }
    drop(stream);
    assert_eq!(rig.left().await, Disconnect::Lost);
    until(|| rig.clients.count() == 0).await;
}
