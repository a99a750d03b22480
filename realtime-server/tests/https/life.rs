//! How long connections of HTTP/2 live.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::{
    frames::{ACK, PING, Peer, SETTINGS, frame},
    http2::{Client, get, to, whole},
    rig::{Rig, Settings},
    soon, until,
};

fn hasty(settings: &mut Settings) {
    settings.http.http2.ping_interval = Duration::from_millis(30);
    settings.http.http2.ping_timeout = Duration::from_millis(300);
}

#[tokio::test]
async fn an_idle_connection_is_told_to_leave() {
    let short = Duration::from_millis(500);
    let rig = Rig::with("h2-idle", |settings| {
        settings.http.keep_alive_timeout = short;
    })
    .await;
    let mut client = Client::new(&rig).await;
    assert_eq!(client.ask(get("/ok")).await.status, 200);
    // In order: with GOAWAY, and the end of TLS.
    soon(client.connection).await.unwrap().unwrap();
    assert_eq!(rig.metrics.http2_connections_broken.value(), 0);
}

#[tokio::test]
async fn a_client_that_answers_pings_stays() {
    let rig = Rig::with("h2-alive", |settings| {
        hasty(settings);
        settings.http.http2.ping_timeout = Duration::from_secs(20);
    })
    .await;
    let mut peer = Peer::new(&rig).await;
    peer.get(1, "/events").await;
    for _ in 0..5 {
        let ping = peer.find(PING).await.unwrap();
        assert_eq!(ping.flags, 0);
        peer.send(&frame(PING, ACK, 0, &ping.payload)).await;
    }
    assert_eq!(rig.metrics.http2_connections_broken.value(), 0);
}

#[tokio::test]
async fn a_client_that_answers_no_ping_is_cut() {
    let rig = Rig::with("h2-dead", hasty).await;
    let mut peer = Peer::new(&rig).await;
    peer.get(1, "/events").await;
    while peer.next().await.is_some() {}
    until(|| rig.metrics.http2_connections_broken.value() == 1).await;
}

#[tokio::test]
async fn a_connection_serves_so_many_requests() {
    let rig = Rig::with("h2-many", |settings| {
        settings.http.max_requests_per_connection = 2;
    })
    .await;
    let mut client = Client::new(&rig).await;
    for _ in 0..2 {
        assert_eq!(client.ask(get("/ok")).await.status, 200);
    }
    soon(client.connection).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_stop_answers_what_is_at_work() {
    let mut rig = Rig::new("h2-drain").await;
    let mut client = Client::new(&rig).await;
    let request = to("POST", "/mirror").body(()).unwrap();
    let (response, mut body) = client.begin(request).await;
    until(|| rig.metrics.requests.value() == 1).await;
    rig.ask_to_stop();
    body.send_data("late".into(), true).unwrap();
    let answer = soon(response).await.unwrap();
    let answer = whole(answer).await.unwrap();
    assert_eq!(answer.body, "late");
    drop(body);
    drop(client.requests);
    soon(client.connection).await.unwrap().unwrap();
    rig.stopped().await;
}

#[tokio::test]
async fn a_client_that_does_not_speak_http2_after_all_is_cut() {
    let rig = Rig::new("h2-preface").await;
    let greeting = rig.authority.client(&["h2"]);
    let mut stream = soon(greeting.open(rig.tcp().await)).await.unwrap();
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        .await
        .unwrap();
    let mut answer = Vec::new();
    let _ = soon(stream.read_to_end(&mut answer)).await;
    // The server's own settings, and no answer.
    assert_eq!(answer.get(3), Some(&SETTINGS));
    until(|| rig.metrics.http2_connections_broken.value() == 1).await;
}
