//! What the two sides of a connection that can replace its socket keep for each other has limits.

use std::time::Duration;

use realtime_server::hub::Disconnect;

use crate::{
    requests::stays_silent,
    stateful_reconnect::{ack, add, completion, is_over, negotiate, open, record, rig, tell, told},
    support::{client::Client, hub::HubClient},
};

#[tokio::test]
async fn keeps_no_more_than_its_limit_unacknowledged() {
    // A message below has 48 bytes with its framing.
    let rig = rig(|config| config.stateful_buffer = 100).await;
    let requests = negotiate(&rig).await;
    let mut hub = open(&requests).await;
    for text in ["1", "2", "3", "4", "5"] {
        tell(&rig, text).await;
    }
    for text in ["1", "2", "3"] {
        assert_eq!(hub.record().await, told(text));
    }
    stays_silent(&mut hub.client).await;
    hub.say(&ack(1)).await;
    assert_eq!(hub.record().await, told("4"));
    stays_silent(&mut hub.client).await;
    hub.say(&ack(4)).await;
    assert_eq!(hub.record().await, told("5"));
}

#[tokio::test]
async fn an_ack_helps_although_it_comes_behind_calls_that_wait_for_it() {
    let rig = rig(|config| {
        config.stateful_buffer = 100;
        config.max_queued_messages = 8;
    })
    .await;
    let requests = negotiate(&rig).await;
    let mut hub = open(&requests).await;
    let calls: String = (1..=100)
        .map(|n| add(&n.to_string(), n) + "\u{1e}")
        .collect();
    hub.text(&calls).await;
    for number in 1..=100 {
        let text = number.to_string();
        assert_eq!(record(&mut hub).await, completion(&text, &text));
        hub.say(&ack(number)).await;
    }
}

#[tokio::test]
async fn a_client_that_calls_and_never_acknowledges_is_ended() {
    let mut rig = rig(|config| {
        config.stateful_buffer = 100;
        config.max_queued_messages = 8;
        config.stateful_lookahead = 1_000;
    })
    .await;
    let requests = negotiate(&rig).await;
    let mut hub = open(&requests).await;
    let calls: String = (1..=100)
        .map(|n| add(&n.to_string(), n) + "\u{1e}")
        .collect();
    hub.text(&calls).await;
    assert_eq!(rig.left().await, Disconnect::Slow);
    is_over(&requests).await;
}

/// What many small calls are answered with fills the buffer long before the Ack behind them has come.
#[tokio::test]
async fn an_ack_is_found_as_far_as_is_looked_ahead() {
    const CALLS: u32 = 5_000;
    let calls: String = (1..=CALLS)
        .map(|n| add(&n.to_string(), n) + "\u{1e}")
        .collect();
    for (lookahead, is_enough) in [(calls.len(), true), (calls.len() / 2, false)] {
        let mut rig = rig(|config| {
            config.stateful_buffer = 1_000;
            config.stateful_lookahead = lookahead;
        })
        .await;
        let requests = negotiate(&rig).await;
        let mut hub = open(&requests).await;
        for calls in calls.as_bytes().chunks(16 * 1024) {
            hub.text(str::from_utf8(calls).unwrap()).await;
        }
        if !is_enough {
            assert_eq!(rig.left().await, Disconnect::Slow);
            continue;
        }
        for number in 1..=CALLS {
            let text = number.to_string();
            assert_eq!(record(&mut hub).await, completion(&text, &text));
            if number % 10 == 0 {
                hub.say(&ack(number)).await;
            }
        }
    }
}

#[tokio::test]
async fn who_sends_to_one_connection_waits_until_it_has_room() {
    let rig = rig(|config| {
        config.stateful_buffer = 1_000;
        config.max_queued_messages = 8;
    })
    .await;
    let requests = negotiate(&rig).await;
    let mut hub = open(&requests).await;
    let sending = async {
        let client = rig.clients.connection(&requests.id);
        for number in 1..=1_000 {
            let text = number.to_string();
            client.send("Told", (text,)).await.unwrap();
        }
    };
    let reading = async {
        for number in 1..=1_000 {
            assert_eq!(record(&mut hub).await, told(&number.to_string()));
            if number % 10 == 0 {
                hub.say(&ack(number)).await;
            }
        }
    };
    tokio::join!(sending, reading);
    assert_eq!(rig.metrics().hub_slow_clients.value(), 0);
}

#[tokio::test]
async fn a_connection_that_makes_no_room_for_too_long_is_ended() {
    let mut rig = rig(|config| {
        config.stateful_buffer = 100;
        config.max_queued_messages = 8;
        config.send_timeout = Duration::from_millis(50);
        config.disconnect_timeout = Duration::from_millis(50);
    })
    .await;
    let requests = negotiate(&rig).await;
    let _hub = open(&requests).await;
    let client = rig.clients.connection(&requests.id);
    while client.is_connected() {
        client.send("Told", ("text",)).await.unwrap();
        tokio::task::yield_now().await;
    }
    assert_eq!(rig.left().await, Disconnect::Slow);
    assert_eq!(rig.metrics().hub_slow_clients.value(), 1);
}

#[tokio::test]
async fn refuses_more_than_may_live_without_a_socket() {
    let rig = rig(|config| config.max_polling = 1).await;
    let _first = open(&negotiate(&rig).await).await;
    let second = negotiate(&rig).await;
    let client = Client::connect(rig.address()).await;
    let refusal = HubClient::upgrade(client, &second.path, "").await;
    assert_eq!(refusal.err().map(|answer| answer.status), Some(503));
}
