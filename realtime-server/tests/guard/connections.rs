//! How many connections one client may have, and how fast it may open them.

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
