//! Clients that take their messages slowly, or not at all.

use std::time::Duration;

use realtime_server::hub::{Caller, Disconnect};

use crate::{
    rig::{HUB, Rig},
    support::{
        client::Client,
        hub::{Heard, HubClient, result},
        until,
    },
};

/// A connection for which the kernel holds little.
async fn narrow(rig: &Rig) -> HubClient {
    let client = Client::narrow(rig.address()).await;
    HubClient::connect(client, HUB).await.shake().await
}

#[tokio::test]
async fn ends_a_client_that_never_reads_and_delays_nobody() {
    let mut rig = Rig::configured(|config| config.max_queued_bytes = 256 * 1024).await;
    let mut stuck = narrow(&rig).await;
    let mut reader = rig.open().await;
    until(|| rig.clients.count() == 2).await;
    let text = "x".repeat(32 * 1024);
    let mut sent = 0;
    while rig.metrics().hub_slow_clients.value() == 0 {
        rig.clients.all().send("Told", (sent, &text)).await.unwrap();
        // While the other takes nothing, this one has each message before the next is sent.
        let told = format!(r#"{{"type":1,"target":"Told","arguments":[{sent},"{text}"]}}"#);
        assert!(reader.record().await == told, "message {sent} came wrong");
        sent += 1;
        assert!(sent < 2_000, "a client that does not read is not ended");
    }
    assert_eq!(rig.left().await, Disconnect::Slow);
    until(|| rig.clients.count() == 1).await;
    assert_ne!(rig.metrics().messages_dropped.value(), 0);
    // What was on its way to it is cut off.
    while matches!(stuck.next().await, Heard::Record(_)) {}
    assert_eq!(stuck.next().await, Heard::Lost);
    assert_eq!(reader.call("Add", "[1,2]").await, result("3"));
}

#[tokio::test]
async fn a_method_that_sends_to_its_caller_waits_for_it() {
    let rig = Rig::with(
        |config| config.max_queued_messages = 8,
        |hub| {
            hub.method("Count", async |_, caller: Caller, (most,): (u32,)| {
                for number in 0..most {
                    caller.itself().send("Told", (number,)).await?;
                }
                Ok(most)
            })
        },
    )
    .await;
    let mut hub = rig.open().await;
    hub.say(r#"{"type":1,"invocationId":"0","target":"Count","arguments":[5000]}"#)
        .await;
    for number in 0..5_000 {
        let told = format!(r#"{{"type":1,"target":"Told","arguments":[{number}]}}"#);
        assert_eq!(hub.record().await, told);
    }
    assert_eq!(hub.record().await, result("5000"));
}

#[tokio::test]
async fn listens_again_to_a_client_that_has_caught_up() {
    let rig = Rig::configured(|config| {
        config.max_queued_bytes = 64 * 1024 * 1024;
        // A ping would wake the connection, whatever it waits for.
        config.keep_alive_interval = Duration::from_secs(3_600);
    })
    .await;
    let mut hub = narrow(&rig).await;
    until(|| rig.clients.count() == 1).await;
    // Larger than what kernel and server would take without waiting.
    let text = "x".repeat(12 * 1024 * 1024);
    rig.clients.all().send("Told", (&text,)).await.unwrap();
    for _ in 0..3 {
        hub.say(r#"{"type":1,"invocationId":"0","target":"Add","arguments":[1,2]}"#)
            .await;
    }
    let told = format!(r#"{{"type":1,"target":"Told","arguments":["{text}"]}}"#);
    assert!(hub.record().await == told, "the large message came wrong");
    for _ in 0..3 {
        assert_eq!(hub.record().await, result("3"));
    }
}

#[tokio::test]
async fn ends_a_client_that_takes_nothing_for_too_long() {
    let mut rig = Rig::configured(|config| {
        config.max_queued_bytes = 64 * 1024 * 1024;
        config.send_timeout = Duration::from_millis(100);
    })
    .await;
    let stuck = narrow(&rig).await;
    until(|| rig.clients.count() == 1).await;
    let text = "x".repeat(12 * 1024 * 1024);
    rig.clients.all().send("Told", (&text,)).await.unwrap();
    assert_eq!(rig.left().await, Disconnect::Lost);
    until(|| rig.clients.count() == 0).await;
    drop(stuck);
}

#[tokio::test]
async fn tells_the_hub_of_a_stop_though_a_client_takes_nothing() {
    let mut rig = Rig::configured(|config| {
        config.max_queued_bytes = 64 * 1024 * 1024;
        config.close_timeout = Duration::from_millis(100);
    })
    .await;
    let stuck = narrow(&rig).await;
    until(|| rig.clients.count() == 1).await;
    let text = "x".repeat(12 * 1024 * 1024);
    rig.clients.all().send("Told", (&text,)).await.unwrap();
    rig.running.ask_to_stop();
    assert_eq!(rig.left().await, Disconnect::Shutdown);
    rig.running.stopped().await;
    drop(stuck);
}
