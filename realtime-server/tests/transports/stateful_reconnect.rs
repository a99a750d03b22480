//! A lost socket that is replaced: nothing is lost and nothing comes twice.

use std::time::Duration;

use realtime_server::{config::HubConfig, hub::Disconnect};
use serde_json::Value;

use crate::{
    requests::{Requests, stays_silent},
    rig::Rig,
    support::{
        client::{Client, post},
        hub::{Heard, HubClient, invocation, result},
    },
};

pub(crate) const HANDSHAKE_2: &str = "{\"protocol\":\"json\",\"version\":2}\u{1e}";

pub(crate) async fn rig(change: impl FnOnce(&mut HubConfig)) -> Rig {
    Rig::configured(|config| {
        config.allow_stateful_reconnect = true;
        config.detailed_errors = true;
        change(config);
    })
    .await
}

/// A connection as the clients negotiate it that can replace its socket.
pub(crate) async fn negotiate(rig: &Rig) -> Requests {
    let query = "/hub/negotiate?negotiateVersion=1&useStatefulReconnect=true";
    let answer = post(rig.address(), query, "").await;
    assert_eq!(answer.json()["useStatefulReconnect"], true);
    let member = |name| answer.json()[name].as_str().unwrap().to_owned();
    Requests {
        address: rig.address(),
        id: member("connectionId"),
        path: format!("/hub?id={}", member("connectionToken")),
    }
}

/// A socket of the connection, before anything is sent on it.
pub(crate) async fn socket(requests: &Requests) -> HubClient {
    HubClient::connect(Client::connect(requests.address).await, &requests.path).await
}

pub(crate) async fn open(requests: &Requests) -> HubClient {
    shake(requests, HANDSHAKE_2).await
}

async fn shake(requests: &Requests, handshake: &str) -> HubClient {
    let mut hub = socket(requests).await;
    hub.text(handshake).await;
    assert_eq!(hub.next().await, Heard::Record("{}".to_owned()));
    hub
}

pub(crate) async fn tell(rig: &Rig, text: &str) {
    rig.clients.all().send("Told", (text,)).await.unwrap();
}

pub(crate) fn told(text: &str) -> String {
    invocation(None, "Told", &format!("[\"{text}\"]"))
}

pub(crate) fn sequence(id: u32) -> String {
    format!("{{\"type\":9,\"sequenceId\":{id}}}")
}

pub(crate) fn ack(id: u32) -> String {
    format!("{{\"type\":8,\"sequenceId\":{id}}}")
}

pub(crate) fn add(id: &str, a: u32) -> String {
    invocation(Some(id), "Add", &format!("[{a},0]"))
}

pub(crate) fn completion(id: &str, json: &str) -> String {
    format!("{{\"type\":3,\"invocationId\":\"{id}\",\"result\":{json}}}")
}

/// The next record that is no Ack.
pub(crate) async fn record(hub: &mut HubClient) -> String {
    loop {
        let record = hub.record().await;
        if !record.starts_with("{\"type\":8,") {
            return record;
        }
    }
}

/// The refusal of another socket, once the connection has ended.
pub(crate) async fn is_over(requests: &Requests) {
    loop {
        let client = Client::connect(requests.address).await;
        if let Err(refusal) = HubClient::upgrade(client, &requests.path, "").await {
            assert!([404, 409].contains(&refusal.status), "{refusal:?}");
            return;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn is_negotiated_where_it_is_asked_for_and_allowed() {
    for (allowed, query, expected) in [
        (true, "&useStatefulReconnect=true", Value::Bool(true)),
        (true, "&USESTATEFULRECONNECT=True", Value::Bool(true)),
        (true, "&useStatefulReconnect=false", Value::Null),
        (true, "", Value::Null),
        (false, "&useStatefulReconnect=true", Value::Null),
    ] {
        let rig = rig(|config| config.allow_stateful_reconnect = allowed).await;
        let path = format!("/hub/negotiate?negotiateVersion=1{query}");
        let answer = post(rig.address(), &path, "").await;
        assert_eq!(answer.json()["useStatefulReconnect"], expected, "{query}");
    }
}

#[tokio::test]
async fn sends_again_what_was_not_acknowledged() {
    for (acknowledged, first) in [(0, 1), (2, 3), (3, 4)] {
        let rig = rig(|_| {}).await;
        let requests = negotiate(&rig).await;
        let mut hub = open(&requests).await;
        for text in ["1", "2", "3"] {
            tell(&rig, text).await;
            assert_eq!(hub.record().await, told(text));
        }
        if acknowledged > 0 {
            hub.say(&ack(acknowledged)).await;
            // The answer counts as a message itself.
            assert_eq!(hub.call("Add", "[1,2]").await, result("3"));
            hub.say(&ack(acknowledged)).await;
        }
        hub.vanish().await;

        let mut hub = socket(&requests).await;
        assert_eq!(hub.record().await, sequence(first));
        for number in first..=3 {
            assert_eq!(hub.record().await, told(&number.to_string()));
        }
        if acknowledged > 0 {
            assert_eq!(hub.record().await, result("3"));
        }
        hub.say(&sequence(1)).await;
        tell(&rig, "new").await;
        assert_eq!(record(&mut hub).await, told("new"));
        assert_eq!(rig.metrics().hub_connections_resumed.value(), 1);
        assert_eq!(rig.clients.count(), 1);
    }
}

#[tokio::test]
async fn says_the_next_number_where_all_is_acknowledged() {
    let rig = rig(|_| {}).await;
    let requests = negotiate(&rig).await;
    let mut hub = open(&requests).await;
    tell(&rig, "1").await;
    assert_eq!(hub.record().await, told("1"));
    hub.say(&ack(1)).await;
    // The same Ack again takes nothing more; the ping tells that both were read.
    hub.say(&ack(1)).await;
    assert_eq!(hub.call("Add", "[1,2]").await, result("3"));
    hub.say(&ack(2)).await;
    let mut hub = socket(&requests).await;
    assert_eq!(hub.record().await, sequence(3));
    stays_silent(&mut hub.client).await;
}

#[tokio::test]
async fn what_is_sent_meanwhile_comes_after_what_is_sent_again() {
    let rig = rig(|_| {}).await;
    let requests = negotiate(&rig).await;
    let mut hub = open(&requests).await;
    tell(&rig, "1").await;
    assert_eq!(hub.record().await, told("1"));
    hub.vanish().await;
    for number in 2..=500 {
        tell(&rig, &number.to_string()).await;
    }
    let mut hub = socket(&requests).await;
    assert_eq!(hub.record().await, sequence(1));
    for number in 1..=500 {
        assert_eq!(hub.record().await, told(&number.to_string()));
    }
}

#[tokio::test]
async fn drops_what_has_come_before() {
    let rig = rig(|_| {}).await;
    let requests = negotiate(&rig).await;
    let mut hub = open(&requests).await;
    for number in 1..=3 {
        hub.say(&add(&number.to_string(), number)).await;
        let number = number.to_string();
        assert_eq!(hub.record().await, completion(&number, &number));
    }
    hub.say(&ack(3)).await;
    assert_eq!(hub.record().await, ack(3));
    hub.vanish().await;

    let mut hub = socket(&requests).await;
    assert_eq!(hub.record().await, sequence(4));
    // Of before its Sequence: no message.
    hub.say(&add("9", 9)).await;
    hub.say(&sequence(2)).await;
    for number in 2..=4 {
        hub.say(&add(&number.to_string(), number)).await;
    }
    assert_eq!(hub.record().await, completion("4", "4"));
    // Again and again is allowed.
    for _ in 0..2 {
        hub.say(&sequence(4)).await;
        hub.say(&add("4", 4)).await;
    }
    hub.say(&add("5", 5)).await;
    assert_eq!(hub.record().await, completion("5", "5"));
    assert_eq!(hub.record().await, ack(5));
}

#[tokio::test]
async fn acknowledges_within_a_second_and_no_more_than_needed() {
    let rig = rig(|_| {}).await;
    let requests = negotiate(&rig).await;
    let mut hub = open(&requests).await;
    for _ in 0..3 {
        hub.say(&invocation(None, "Nothing", "[]")).await;
    }
    hub.say("{\"type\":6}").await;
    assert_eq!(hub.record().await, ack(3));
    hub.say("{\"type\":6}").await;
    stays_silent(&mut hub.client).await;
}

#[tokio::test]
async fn acknowledges_again_what_comes_again() {
    let rig = rig(|_| {}).await;
    let requests = negotiate(&rig).await;
    let mut hub = open(&requests).await;
    for _ in 0..3 {
        hub.say(&invocation(None, "Nothing", "[]")).await;
    }
    assert_eq!(hub.record().await, ack(3));
    // As if that had been lost with the socket.
    let mut hub = socket(&requests).await;
    assert_eq!(hub.record().await, sequence(1));
    hub.say(&sequence(2)).await;
    for _ in 2..=3 {
        hub.say(&invocation(None, "Nothing", "[]")).await;
    }
    assert_eq!(hub.record().await, ack(3));
}

#[tokio::test]
async fn ends_a_connection_whose_numbers_do_not_fit() {
    for (record, text) in [
        (
            sequence(5),
            "Sequence ID greater than amount of messages we've received.",
        ),
        (ack(1), "Ack ID greater than amount of messages we've sent."),
    ] {
        let mut rig = rig(|_| {}).await;
        let requests = negotiate(&rig).await;
        let mut hub = open(&requests).await;
        hub.say(&invocation(None, "Nothing", "[]")).await;
        hub.say(&record).await;
        let close = format!(
            "{{\"type\":7,\"error\":\"Connection closed with an error. \
             InvalidOperationException: {text}\",\"allowReconnect\":true}}"
        );
        assert_eq!(hub.record().await, close);
        assert_eq!(rig.left().await, Disconnect::Protocol);
    }
}

#[tokio::test]
async fn a_close_frame_ends_it_for_good() {
    let mut rig = rig(|_| {}).await;
    let requests = negotiate(&rig).await;
    let mut hub = open(&requests).await;
    hub.close(ws_frame::CloseCode::NORMAL).await;
    assert_eq!(rig.left().await, Disconnect::Closed);
    is_over(&requests).await;
}

#[tokio::test]
async fn an_abort_ends_it_for_good() {
    let mut rig = rig(|_| {}).await;
    let requests = negotiate(&rig).await;
    let mut hub = open(&requests).await;
    hub.say(&invocation(None, "Abort", "[]")).await;
    assert_eq!(rig.left().await, Disconnect::Aborted);
    is_over(&requests).await;
}

#[tokio::test]
async fn a_client_that_stays_away_is_lost() {
    let mut rig = rig(|config| config.disconnect_timeout = Duration::from_millis(50)).await;
    let requests = negotiate(&rig).await;
    open(&requests).await.vanish().await;
    assert_eq!(rig.left().await, Disconnect::Lost);
    is_over(&requests).await;
}

#[tokio::test]
async fn a_new_socket_ends_an_old_one_that_hangs() {
    let rig = rig(|_| {}).await;
    let requests = negotiate(&rig).await;
    let mut old = open(&requests).await;
    let mut new = socket(&requests).await;
    assert_eq!(new.record().await, sequence(1));
    assert_eq!(old.next().await, Heard::Lost);
    new.say(&sequence(1)).await;
    assert_eq!(new.call("Add", "[1,2]").await, result("3"));
}

#[tokio::test]
async fn half_a_record_is_not_glued_to_what_comes_again() {
    let rig = rig(|_| {}).await;
    let requests = negotiate(&rig).await;
    let mut hub = open(&requests).await;
    let call = add("1", 1) + "\u{1e}";
    let (half, _) = call.split_at(20);
    hub.text(half).await;
    hub.vanish().await;
    let mut hub = socket(&requests).await;
    assert_eq!(hub.record().await, sequence(1));
    hub.say(&sequence(1)).await;
    hub.say(&add("1", 1)).await;
    assert_eq!(hub.record().await, completion("1", "1"));
}

#[tokio::test]
async fn version_1_ends_with_its_socket() {
    let mut rig = rig(|_| {}).await;
    let requests = negotiate(&rig).await;
    let mut hub = shake(&requests, "{\"protocol\":\"json\",\"version\":1}\u{1e}").await;
    // Nothing to it, and no error.
    hub.say(&ack(7)).await;
    hub.say(&sequence(7)).await;
    assert_eq!(hub.call("Add", "[1,2]").await, result("3"));
    hub.vanish().await;
    assert_eq!(rig.left().await, Disconnect::Lost);
    is_over(&requests).await;
}

#[tokio::test]
async fn version_2_without_a_negotiation_of_it_ends_with_its_socket() {
    let mut rig = rig(|_| {}).await;
    let requests = Requests::negotiate(&rig).await;
    let mut hub = open(&requests).await;
    assert_eq!(hub.call("Add", "[1,2]").await, result("3"));
    hub.vanish().await;
    assert_eq!(rig.left().await, Disconnect::Lost);
}

#[tokio::test]
async fn a_stop_ends_a_connection_without_a_socket() {
    let mut rig = rig(|_| {}).await;
    let requests = negotiate(&rig).await;
    open(&requests).await.vanish().await;
    rig.running.ask_to_stop();
    assert_eq!(rig.left().await, Disconnect::Shutdown);
    rig.running.stopped().await;
}
