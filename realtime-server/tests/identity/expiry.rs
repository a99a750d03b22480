//! What was opened with a token ends with it, where that is asked for.

use std::{sync::Arc, time::Duration};

use realtime_server::{
    auth::Guard,
    config::{HubConfig, StreamConfig, WebSocketConfig},
    endpoint::EventStream,
    hub::Hub,
    server::ServerBuilder,
    signalr::{RawConnection, TransferFormat},
};
use tokio::time::Instant;

use crate::{
    hubs::{Polling, hub_url},
    signer::{HMAC, access, bearer},
    support::{
        client::Client,
        events::{Events, Told},
        hub::{HANDSHAKE, Heard, HubClient, PING},
        running::Running,
    },
};

const GOODBYE: &str = "{\"type\":7,\"allowReconnect\":true}";

async fn serve(closes: bool) -> Running {
    let mut server = ServerBuilder::new();
    let guard = Guard::new(access());
    let stream = EventStream::new(StreamConfig::default(), Arc::clone(server.metrics()));
    server.stream("/events", &stream).unwrap().guard(&guard);
    let mut config = HubConfig::default();
    config.close_on_expiration = closes;
    let hub = Hub::new(())
        .config(config)
        .guard(&guard)
        .method("Echo", async |_, _, (text,): (String,)| Ok(text));
    server.hub("/hub", hub).unwrap();
    server
        .websocket("/socket", WebSocketConfig::default(), async |mut socket| {
            while socket.receive().await.is_some() {}
        })
        .unwrap()
        .guard(&guard);
    Running::start(server).await
}

/// Within which a short token has to have ended what it opened.
fn is_prompt(begun: Instant, seconds: u64) {
    let took = begun.elapsed();
    let (least, most) = (
        Duration::from_secs(seconds - 1),
        Duration::from_secs(seconds + 10),
    );
    assert!((least..most).contains(&took), "{took:?}");
}

#[tokio::test]
async fn a_stream_ends_with_the_token_and_its_client_may_come_back() {
    let server = serve(false).await;
    let begun = Instant::now();
    let path = format!("/events?access_token={}", HMAC.token("ann", 2));
    let mut events = Events::open(server.address, &path).await;
    while events.next().await != Told::End {}
    is_prompt(begun, 2);
}

#[tokio::test]
async fn a_plain_socket_ends_with_the_token() {
    let server = serve(false).await;
    let client = Client::connect(server.address).await;
    let refused = HubClient::upgrade(client, "/socket", "").await;
    assert_eq!(refused.err().unwrap().status, 401);
    let begun = Instant::now();
    let path = format!("/socket?access_token={}", HMAC.token("ann", 2));
    let mut socket = HubClient::connect(Client::connect(server.address).await, &path).await;
    assert_eq!(socket.rest().await, [Heard::Closed(Some(1008))]);
    is_prompt(begun, 2);
}

#[tokio::test]
async fn a_socket_of_a_hub_ends_with_the_token_and_its_client_may_come_back() {
    let server = serve(true).await;
    let begun = Instant::now();
    let path = format!("/hub?access_token={}", HMAC.token("ann", 2));
    let mut hub = HubClient::open(server.address, &path).await;
    let goodbye = [Heard::Record(GOODBYE.to_owned()), Heard::Closed(Some(1000))];
    assert_eq!(hub.rest().await, goodbye);
    is_prompt(begun, 2);
}

#[tokio::test]
async fn a_raw_connection_ends_with_the_token() {
    for closes in [true, false] {
        let mut server = ServerBuilder::new();
        server.guard(Some(Guard::new(access())));
        let mut config = HubConfig::default();
        config.close_on_expiration = closes;
        server
            .raw_connections("/raw", config, async |mut client: RawConnection| {
                while let Some(bytes) = client.receive().await {
                    let sent = client.send(TransferFormat::Text, bytes).await;
                    sent.unwrap();
                }
            })
            .unwrap();
        let server = Running::start(server).await;
        let client = Client::connect(server.address).await;
        let refused = HubClient::upgrade(client, "/raw", "").await;
        assert_eq!(refused.err().unwrap().status, 401);
        let begun = Instant::now();
        let path = format!("/raw?access_token={}", HMAC.token("ann", 2));
        let mut socket = HubClient::connect(Client::connect(server.address).await, &path).await;
        socket.text("a\u{1e}").await;
        assert_eq!(socket.next().await, Heard::Record("a".to_owned()));
        if closes {
            assert_eq!(socket.next().await, Heard::Closed(Some(1000)));
            is_prompt(begun, 2);
        }
    }
}

#[tokio::test]
async fn a_stream_of_a_hub_ends_with_the_token() {
    let server = serve(true).await;
    let token = HMAC.token("ann", 2);
    let url = hub_url(server.address, &token).await;
    let mut client = Client::connect(server.address).await;
    let fields = format!("Accept: text/event-stream\r\n{}", bearer(&token));
    client.request(&format!("GET {url}"), &fields).await;
    assert_eq!(client.head().await.status, 200);
    let polling = Polling::new(server.address, url);
    assert_eq!(polling.post(HANDSHAKE, &bearer(&token)).await.status, 200);
    let mut told = String::new();
    while let Some(chunk) = client.chunk().await {
        told.push_str(std::str::from_utf8(&chunk).unwrap());
    }
    assert!(
        told.ends_with(&format!("data: {GOODBYE}\u{1e}\r\n\r\n")),
        "{told:?}"
    );
}

#[tokio::test]
async fn a_hub_that_does_not_ask_for_it_goes_on_without_the_token() {
    let server = serve(false).await;
    let path = format!("/hub?access_token={}", HMAC.token("ann", 1));
    let mut hub = HubClient::open(server.address, &path).await;
    let mut other = HubClient::open(
        server.address,
        &format!("/hub?access_token={}", HMAC.token("bo", 60)),
    )
    .await;
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(5)).await;
    tokio::time::resume();
    for client in [&mut other, &mut hub] {
        let answer = client.call("Echo", "[\"x\"]").await;
        assert_eq!(
            answer,
            "{\"type\":3,\"invocationId\":\"0\",\"result\":\"x\"}"
        );
    }
}

#[tokio::test]
async fn a_newer_token_of_a_poll_lets_the_connection_live_on() {
    let server = serve(true).await;
    let first = bearer(&HMAC.token("ann", 3));
    let url = hub_url(server.address, &HMAC.token("ann", 3)).await;
    let polling = Polling::new(server.address, url);
    assert_eq!(polling.poll(&first).await.status, 200);
    assert_eq!(polling.post(HANDSHAKE, &first).await.status, 200);
    assert_eq!(polling.poll(&first).await.text(), "{}\u{1e}");
    let second = bearer(&HMAC.token("ann", 3600));
    let begun = Instant::now();
    let mut records = String::new();
    // A poll waits for a message: the answer to this one comes with the newer token.
    while begun.elapsed() < Duration::from_secs(6) {
        let echo =
            "{\"type\":1,\"invocationId\":\"1\",\"target\":\"Echo\",\"arguments\":[\"x\"]}\u{1e}";
        assert_eq!(polling.post(echo, &second).await.status, 200);
        let answer = polling.poll(&second).await;
        assert_eq!(answer.status, 200);
        records = answer.text().replace(&format!("{PING}\u{1e}"), "");
        assert!(!records.contains("\"type\":7"), "{records}");
    }
    assert!(records.contains("\"result\":\"x\""));
    // One that is over is refused, whoever shows it.
    let over = bearer(&HMAC.token("ann", -61));
    assert_eq!(polling.poll(&over).await.status, 401);
}
