//! Clients that misbehave: each is bounded, counted and logged, and a bystander notices nothing.

use std::{
    fmt::{self, Write},
    num::NonZeroU32,
    sync::{Arc, Mutex},
    time::Duration,
};

use realtime_server::{
    config::HubConfig,
    hub::{Disconnect, InvokeError},
    metrics::{Counter, Metrics},
};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
    subscriber::{DefaultGuard, set_default},
};
use tracing_subscriber::{
    Layer, Registry,
    layer::{Context, SubscriberExt},
};

use crate::{
    rig::{HUB, Rig},
    support::{
        client::{Client, ask},
        hub::{Heard, HubClient, PING, invocation, result},
        until,
    },
};

const CLOSED: &str =
    r#"{"type":7,"error":"Connection closed with an error.","allowReconnect":true}"#;

/// What the server logs.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

impl<S: Subscriber> Layer<S> for Log {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        event.record(&mut Line(&mut self.0.lock().unwrap()));
    }
}

struct Line<'a>(&'a mut String);

impl Visit for Line<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        writeln!(self.0, "{}={value:?}", field.name()).unwrap();
    }
}

/// A hub with somebody who does nothing wrong.
struct Scene {
    rig: Rig,
    bystander: HubClient,
    log: Log,
    _logging: DefaultGuard,
}

impl Scene {
    async fn new(change: impl FnOnce(&mut HubConfig)) -> Self {
        let log = Log::default();
        let logging = set_default(Registry::default().with(log.clone()));
        let rig = Rig::configured(change).await;
        let mut bystander = rig.open().await;
        assert_eq!(bystander.call("Add", "[1,2]").await, result("3"));
        Self {
            rig,
            bystander,
            log,
            _logging: logging,
        }
    }

    /// Asserts that the fault was counted so often, was logged, and disturbed nobody.
    async fn shows(mut self, counter: impl Fn(&Metrics) -> &Counter, count: u64, line: &str) {
        until(|| counter(self.rig.metrics()).value() >= count).await;
        assert_eq!(counter(self.rig.metrics()).value(), count);
        let log = self.log.0.lock().unwrap().clone();
        assert!(log.contains(line), "{log}");
        assert_eq!(self.bystander.call("Add", "[2,2]").await, result("4"));
        until(|| self.rig.clients.count() == 1).await;
    }
}

fn impatient(config: &mut HubConfig) {
    config.client_timeout = Duration::from_millis(200);
    config.handshake_timeout = Duration::from_millis(200);
}

#[tokio::test]
async fn never_reads() {
    let scene = Scene::new(|config| config.max_queued_bytes = 256 * 1024).await;
    let known = scene.rig.clients.all().ids();
    let client = Client::narrow(scene.rig.address()).await;
    let stuck = HubClient::connect(client, HUB).await.shake().await;
    until(|| scene.rig.clients.count() == 2).await;
    let ids = scene.rig.clients.all_except(&[&known[0]]).ids();
    let text = "x".repeat(32 * 1024);
    while scene.rig.metrics().hub_slow_clients.value() == 0 {
        // As a broadcast: it waits for nobody.
        let one = [&*ids[0]];
        let broadcast = scene.rig.clients.connections(&one);
        broadcast.send("Told", (&text,)).await.unwrap();
        tokio::task::yield_now().await;
    }
    scene
        .shows(
            |metrics| &metrics.hub_slow_clients,
            1,
            "reason=client too slow",
        )
        .await;
    drop(stuck);
}

#[tokio::test]
async fn never_answers_a_ping() {
    let mut scene = Scene::new(impatient).await;
    let mut client = scene.rig.open().await;
    client.say(PING).await;
    assert_eq!(client.record().await, CLOSED);
    assert_eq!(client.next().await, Heard::Closed(Some(1000)));
    assert_eq!(scene.rig.left().await, Disconnect::Silent);
    scene
        .shows(
            |metrics| &metrics.hub_silent_clients,
            1,
            "reason=client silent for too long",
        )
        .await;
}

#[tokio::test]
async fn sends_half_a_record_and_stops() {
    let mut scene = Scene::new(impatient).await;
    let mut client = scene.rig.open().await;
    client.text(r#"{"type":1,"target":"#).await;
    assert_eq!(client.record().await, CLOSED);
    assert_eq!(scene.rig.left().await, Disconnect::Silent);
    scene
        .shows(
            |metrics| &metrics.hub_silent_clients,
            1,
            "reason=client silent for too long",
        )
        .await;
}

#[tokio::test]
async fn sends_half_a_record_and_then_the_rest() {
    let scene = Scene::new(impatient).await;
    let mut client = scene.rig.open().await;
    let call = invocation(Some("0"), "Add", "[1,2]");
    let (half, rest) = call.split_at(20);
    client.text(half).await;
    client.say(rest).await;
    assert_eq!(client.record().await, result("3"));
    // It owes nothing any more, and never pings: it may be silent longer than those that do.
    let mut other = scene.rig.open().await;
    other.say(PING).await;
    assert_eq!(other.record().await, CLOSED);
    assert_eq!(client.call("Add", "[1,3]").await, result("4"));
}

#[tokio::test]
async fn sends_half_a_handshake_and_stops() {
    let scene = Scene::new(impatient).await;
    let mut client = scene.rig.connect().await;
    client.text(r#"{"protocol":"#).await;
    let told = r#"{"error":"Handshake was canceled."}"#;
    assert_eq!(client.record().await, told);
    scene
        .shows(
            |metrics| &metrics.hub_handshakes_refused,
            1,
            "no handshake was accepted",
        )
        .await;
}

#[tokio::test]
async fn answers_for_another_connection() {
    let mut scene = Scene::new(|_| {}).await;
    let ids = scene.rig.clients.all().ids();
    let clients = scene.rig.clients.clone();
    let asked = tokio::spawn(async move {
        let asked: Result<i64, InvokeError> = clients.connection(&ids[0]).invoke("Ask", ()).await;
        asked.unwrap()
    });
    let question = scene.bystander.record().await;
    assert_eq!(
        question,
        r#"{"type":1,"invocationId":"s1","target":"Ask","arguments":[]}"#
    );
    let mut client = scene.rig.open().await;
    client
        .say(r#"{"type":3,"invocationId":"s1","result":1}"#)
        .await;
    assert_eq!(client.record().await, CLOSED);
    scene
        .bystander
        .say(r#"{"type":3,"invocationId":"s1","result":2}"#)
        .await;
    assert_eq!(asked.await.unwrap(), 2);
    scene
        .shows(
            |metrics| &metrics.hub_protocol_errors,
            1,
            "a client answered for another one",
        )
        .await;
}

#[tokio::test]
async fn floods_invocations() {
    let mut scene = Scene::new(|config| config.max_invocation_rate = NonZeroU32::new(10)).await;
    let mut client = scene.rig.open().await;
    let calls = vec![invocation(Some("0"), "Nothing", "[]"); 10_000];
    let calls = calls.join("\u{1e}");
    let mut refused = 0;
    client.say(&calls).await;
    assert_eq!(scene.bystander.call("Add", "[1,2]").await, result("3"));
    for _ in 0..10_000 {
        refused += u64::from(client.record().await.contains("Too many invocations"));
    }
    assert!(refused > 9_000, "{refused}");
    drop(client);
    scene
        .shows(
            |metrics| &metrics.invocations_refused,
            refused,
            "an invocation was not begun",
        )
        .await;
}

#[tokio::test]
async fn drops_between_the_negotiation_and_its_transport() {
    let scene = Scene::new(|config| {
        config.connect_timeout = Duration::from_millis(100);
        config.max_pending = 3;
    })
    .await;
    let address = scene.rig.address();
    for status in [200, 200, 200, 503] {
        assert_eq!(ask(address, "POST /hub/negotiate").await.status, status);
    }
    until(|| scene.rig.metrics().hub_negotiations_expired.value() == 3).await;
    assert_eq!(ask(address, "POST /hub/negotiate").await.status, 200);
    scene
        .shows(
            |metrics| &metrics.hub_negotiations_expired,
            4,
            "clients did not come in time",
        )
        .await;
}
