//! Pings, and clients that fall silent. The server's pings are the clock of these tests.

use std::time::Duration;

use realtime_server::{config::HubConfig, hub::Disconnect};

use crate::{
    rig::Rig,
    support::hub::{Heard, HubClient, PING, invocation, result},
};

const SILENT: &str =
    r#"{"type":7,"error":"Connection closed with an error.","allowReconnect":true}"#;

/// So many pings of the server take longer than the silence that it allows.
const LONG: usize = 50;

/// Short for the server, and long enough for a client on a busy machine to be in time.
fn quick(config: &mut HubConfig) {
    config.keep_alive_interval = Duration::from_millis(20);
    config.client_timeout = Duration::from_millis(600);
}

async fn pings(hub: &mut HubClient, count: usize) {
    for _ in 0..count {
        assert_eq!(hub.next().await, Heard::Record(PING.to_owned()));
    }
}

async fn falls_silent(rig: &mut Rig, hub: &mut HubClient) {
    assert_eq!(hub.record().await, SILENT);
    assert_eq!(hub.next().await, Heard::Closed(Some(1000)));
    assert_eq!(rig.left().await, Disconnect::Silent);
}

#[tokio::test]
async fn sends_pings_to_a_quiet_client() {
    let rig = Rig::configured(|config| {
        config.keep_alive_interval = Duration::from_millis(20);
    })
    .await;
    let mut hub = rig.open().await;
    pings(&mut hub, 5).await;
    assert_eq!(hub.call("Add", "[1,2]").await, result("3"));
    pings(&mut hub, 5).await;
}

#[tokio::test]
async fn lets_a_client_that_never_pings_be_silent() {
    let rig = Rig::configured(quick).await;
    let mut hub = rig.open().await;
    pings(&mut hub, LONG).await;
    // Other messages do not oblige it to ping.
    assert_eq!(hub.call("Add", "[1,2]").await, result("3"));
    pings(&mut hub, LONG).await;
    assert_eq!(hub.call("Add", "[1,2]").await, result("3"));
}

#[tokio::test]
async fn ends_a_client_that_stops_pinging() {
    let mut rig = Rig::configured(quick).await;
    let mut hub = rig.open().await;
    for _ in 0..LONG {
        pings(&mut hub, 1).await;
        hub.say(PING).await;
    }
    falls_silent(&mut rig, &mut hub).await;
    assert_eq!(rig.metrics().hub_silent_clients.value(), 1);
}

#[tokio::test]
async fn takes_any_message_for_a_sign_of_life() {
    let mut rig = Rig::configured(quick).await;
    let mut hub = rig.open().await;
    hub.say(PING).await;
    for _ in 0..LONG {
        pings(&mut hub, 1).await;
        hub.say(&invocation(None, "Nothing", "[]")).await;
    }
    falls_silent(&mut rig, &mut hub).await;
}

#[tokio::test]
async fn takes_no_trickle_of_a_message_for_a_sign_of_life() {
    for first in ["", PING] {
        let mut rig = Rig::configured(quick).await;
        let mut hub = rig.open().await;
        if !first.is_empty() {
            hub.say(first).await;
        }
        let beginning = invocation(None, "Nothing", &format!("[\"{}", "x".repeat(200)));
        let mut letters = beginning.chars();
        loop {
            match hub.next().await {
                Heard::Record(record) if record == PING => {
                    let letter = letters.next().expect("it is ended before all has come");
                    hub.text(&letter.to_string()).await;
                }
                Heard::Record(record) => {
                    assert_eq!(record, SILENT);
                    break;
                }
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(rig.left().await, Disconnect::Silent);
    }
}

#[tokio::test]
async fn does_not_count_silence_while_it_does_not_listen() {
    let mut rig = Rig::configured(quick).await;
    let mut hub = rig.open().await;
    hub.say(PING).await;
    // The second has to wait for the slot of the first, and nothing more is read.
    hub.say(&invocation(Some("0"), "Wait", "[\"a\"]")).await;
    hub.say(&invocation(None, "Nothing", "[]")).await;
    assert_eq!(rig.started().await, "a");
    pings(&mut hub, LONG).await;
    rig.release("a");
    assert_eq!(hub.record().await, result("\"a\""));
    // The silence begins anew with the answer.
    pings(&mut hub, 2).await;
    falls_silent(&mut rig, &mut hub).await;
}

#[tokio::test]
async fn says_why_where_errors_are_detailed() {
    let rig = Rig::configured(|config| {
        quick(config);
        config.detailed_errors = true;
    })
    .await;
    let mut hub = rig.open().await;
    hub.say(PING).await;
    assert_eq!(
        hub.record().await,
        r#"{"type":7,"error":"Connection closed with an error. OperationCanceledException: Client hasn't sent a message/ping within the configured ClientTimeoutInterval.","allowReconnect":true}"#
    );
}
