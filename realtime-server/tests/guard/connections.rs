//! How many connections one client may have, and how fast it may open them.

use std::time::Duration;

use realtime_server::config::ServerConfig;
use tokio::{io::AsyncWriteExt, time::sleep};

use crate::{
    rig::{limits, only, server, status},
    support::{client::Client, running::Running, until},
};

#[tokio::test]
async fn one_client_has_no_more_connections_than_it_may() {
    let mut server = server();
    let mut limits = limits();
    limits.max_connections = Some(2);
    server.client_limits(limits);
    let server = Running::start(server).await;
    let mut first = Client::connect(server.address).await;
    assert_eq!(status(&mut first, "GET /who", "").await, 200);
    let mut second = Client::connect(server.address).await;
    assert_eq!(status(&mut second, "GET /who", "").await, 200);
    let mut third = Client::connect(server.address).await;
    let refusal = third.answer().await;
    assert_eq!(refusal.status, 429);
    assert_eq!(refusal.field("retry-after"), Some("5"));
    assert_eq!(refusal.field("connection"), Some("close"));
    let date = refusal.field("date").unwrap_or_default();
    assert!(date.len() == 29 && date.ends_with(" GMT"), "{date}");
    third.ends().await;
    assert_eq!(server.metrics.connections_limited.value(), 1);
    // A place is free once its connection is gone.
    drop(first);
    let seen = || {
        let metrics = &server.metrics;
        (
            metrics.connections_accepted.value(),
            metrics.connections_limited.value(),
        )
    };
    loop {
        let before = seen();
        let _fourth = Client::connect(server.address).await;
        until(|| seen() != before).await;
        if seen().0 > before.0 {
            break;
        }
    }
    assert_eq!(status(&mut second, "GET /who", "").await, 200);
}

#[tokio::test]
async fn who_has_asked_already_is_told_as_well() {
    for full in [false, true] {
        let mut server = server();
        let mut limits = limits();
        limits.max_connections = (!full).then_some(0);
        server.client_limits(limits);
        let mut config = ServerConfig::default();
        config.max_connections = usize::from(!full);
        server.config(config);
        let server = Running::start(server).await;
        let head = "POST /change HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20000\r\n\r\n";
        let request = head.to_owned() + &"x".repeat(20_000);
        for _ in 0..50 {
            let mut client = Client::connect(server.address).await;
            client.send(&request).await;
            // Long enough for a reset to come before the answer is read.
            sleep(Duration::from_millis(2)).await;
            let refusal = client.answer().await;
            assert_eq!(refusal.status, if full { 503 } else { 429 });
            assert_eq!(refusal.field("retry-after"), Some("5"));
            assert!(refusal.field("date").is_some());
            client.ends().await;
        }
    }
}

#[tokio::test]
async fn who_is_turned_away_and_stays_is_cut() {
    let mut server = server();
    let mut config = ServerConfig::default();
    config.max_connections = 0;
    server.config(config);
    let server = Running::start(server).await;
    let mut held = Vec::new();
    for _ in 0..300 {
        held.push(Client::connect(server.address).await);
    }
    // None of them ends its side, and those beyond what is waited for are gone at once.
    for client in &mut held {
        assert_eq!(client.answer().await.status, 503);
        client.ends().await;
    }
    sleep(Duration::from_millis(1_200)).await;
    let mut cut = 0;
    for client in &mut held {
        cut += usize::from(client.stream.write_all(b"x").await.is_err());
        sleep(Duration::from_millis(1)).await;
        cut += usize::from(client.stream.write_all(b"x").await.is_err());
    }
    assert_eq!(cut, 300);
}

#[tokio::test]
async fn new_connections_come_at_a_rate() {
    let mut server = server();
    let mut limits = limits();
    limits.connections = Some(only(3));
    server.client_limits(limits);
    let server = Running::start(server).await;
    for _ in 0..3 {
        let mut client = Client::connect(server.address).await;
        assert_eq!(status(&mut client, "GET /who", "").await, 200);
    }
    let mut refused = Client::connect(server.address).await;
    let refusal = refused.answer().await;
    assert_eq!(refusal.status, 429);
    let wait: u64 = refusal.field("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
}

#[tokio::test]
async fn this_machine_is_exempt_unless_told_otherwise() {
    let mut server = server();
    let mut own = limits();
    own.exempt = realtime_server::config::ClientLimits::default().exempt;
    own.max_connections = Some(0);
    own.connections = Some(only(1));
    own.requests = Some(only(1));
    own.max_requests = Some(0);
    server.client_limits(own);
    let server = Running::start(server).await;
    for _ in 0..3 {
        let mut client = Client::connect(server.address).await;
        assert_eq!(status(&mut client, "GET /who", "").await, 200);
        assert_eq!(status(&mut client, "GET /who", "").await, 200);
    }
}
