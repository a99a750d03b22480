//! How fast one client may ask, negotiate and guess tokens, and how much it may have open.

use realtime_server::config::ClientLimits;

use crate::{
    rig::{behind_proxy, limits, only, server, status},
    support::{
        client::{Client, ask},
        running::Running,
        until,
    },
};

async fn limited(limits: ClientLimits) -> Running {
    let mut server = server();
    server.client_limits(limits);
    Running::start(server).await
}

#[tokio::test]
async fn requests_of_one_client_come_at_a_rate() {
    let mut limits = limits();
    limits.requests = Some(only(3));
    let server = limited(limits).await;
    let mut client = Client::connect(server.address).await;
    for _ in 0..3 {
        assert_eq!(status(&mut client, "GET /who", "").await, 200);
    }
    client.request("GET /who", "").await;
    let refusal = client.answer().await;
    assert_eq!(refusal.status, 429);
    let wait: u64 = refusal.field("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(
        refusal.field("content-type"),
        Some("application/problem+json")
    );
    // Another connection is no other client, and nothing is too cheap to count.
    assert_eq!(ask(server.address, "GET /missing").await.status, 429);
    assert_eq!(ask(server.address, "OPTIONS /who").await.status, 429);
    assert_eq!(server.metrics.requests_limited.value(), 3);
}

#[tokio::test]
async fn clients_behind_a_proxy_are_told_apart() {
    let mut server = server();
    let mut limits = limits();
    limits.requests = Some(only(1));
    server.client_limits(limits);
    server.http_config(behind_proxy());
    let server = Running::start(server).await;
    let mut proxy = Client::connect(server.address).await;
    for (client, expected) in [
        ("192.0.2.1", 200),
        ("192.0.2.1", 429),
        ("192.0.2.2", 200),
        ("2001:db8:1:2::1", 200),
        ("2001:db8:1:2:ffff::7", 429),
        ("2001:db8:1:3::1", 200),
    ] {
        let fields = format!("X-Forwarded-For: {client}\r\n");
        let got = status(&mut proxy, "GET /who", &fields).await;
        assert_eq!(got, expected, "{client}");
    }
}

#[tokio::test]
async fn requests_with_one_token_come_at_a_rate() {
    let mut limits = limits();
    limits.token_requests = Some(only(2));
    let server = limited(limits).await;
    let mut client = Client::connect(server.address).await;
    let right = "Authorization: Bearer the right token\r\n";
    for expected in [200, 200, 429] {
        assert_eq!(status(&mut client, "GET /secret", right).await, expected);
    }
    let other = "Authorization: Bearer another\r\n";
    assert_eq!(status(&mut client, "GET /secret", other).await, 401);
    assert_eq!(status(&mut client, "GET /who", "").await, 200);
}

#[tokio::test]
async fn a_token_is_one_wherever_it_is_shown() {
    let mut limits = limits();
    limits.token_requests = Some(only(3));
    let server = limited(limits).await;
    let mut client = Client::connect(server.address).await;
    for (fields, expected) in [
        ("Cookie: a=1; session=the-right-token\r\n", 200),
        ("Cookie: session=\"the-right-token\"\r\n", 200),
        ("Authorization: bearer the-right-token\r\n", 200),
        ("Cookie: session=the-right-token\r\n", 429),
        ("Authorization: Bearer the-right-token\r\n", 429),
        ("Cookie: session=another\r\n", 401),
    ] {
        let got = status(&mut client, "GET /baked", fields).await;
        assert_eq!(got, expected, "{fields}");
    }
    // Elsewhere a cookie is nothing.
    let cookie = "Cookie: session=the-right-token\r\n";
    assert_eq!(status(&mut client, "GET /who", cookie).await, 200);
}

#[tokio::test]
async fn who_guesses_cookies_has_to_wait() {
    let mut limits = limits();
    limits.failed_authentications = Some(only(3));
    let server = limited(limits).await;
    let mut client = Client::connect(server.address).await;
    let right = "Cookie: session=the-right-token\r\n";
    assert_eq!(status(&mut client, "GET /baked", right).await, 200);
    for _ in 0..5 {
        let other = "Cookie: other=x\r\n";
        assert_eq!(status(&mut client, "GET /baked", other).await, 401);
    }
    for (wrong, expected) in [
        ("Cookie: session=wrong\r\n", 401),
        ("Cookie: session=a; session=b\r\n", 401),
        ("Cookie: session=\r\n", 401),
        ("Cookie: session=wrong\r\n", 429),
        (right, 429),
    ] {
        let got = status(&mut client, "GET /baked", wrong).await;
        assert_eq!(got, expected, "{wrong}");
    }
}

#[tokio::test]
async fn who_guesses_tokens_has_to_wait() {
    let mut limits = limits();
    limits.failed_authentications = Some(only(2));
    let server = limited(limits).await;
    let mut client = Client::connect(server.address).await;
    // To be asked for a token is no guess.
    for _ in 0..5 {
        assert_eq!(status(&mut client, "GET /secret", "").await, 401);
    }
    let right = "Authorization: Bearer the right token\r\n";
    assert_eq!(status(&mut client, "GET /secret", right).await, 200);
    let wrong = "Authorization: Bearer wrong\r\n";
    for expected in [401, 401, 429] {
        assert_eq!(status(&mut client, "GET /secret", wrong).await, expected);
    }
    // Else the answer to the right one would be the sign that it was right.
    assert_eq!(status(&mut client, "GET /secret", right).await, 429);
    assert_eq!(status(&mut client, "GET /who", "").await, 200);
}

#[tokio::test]
async fn negotiations_come_at_a_rate() {
    let mut limits = limits();
    limits.negotiations = Some(only(2));
    let server = limited(limits).await;
    for expected in [200, 200, 429] {
        let answer = ask(server.address, "POST /hub/negotiate?negotiateVersion=1").await;
        assert_eq!(answer.status, expected);
    }
    assert_eq!(ask(server.address, "GET /who").await.status, 200);
}

#[tokio::test]
async fn streams_count_as_long_as_they_last() {
    let mut limits = limits();
    limits.max_requests = Some(2);
    let server = limited(limits).await;
    let open = async || {
        let mut client = Client::connect(server.address).await;
        client.request("GET /events", "").await;
        (client.head().await.status, client)
    };
    let (first, stays) = open().await;
    let (second, leaves) = open().await;
    assert_eq!((first, second), (200, 200));
    assert_eq!(ask(server.address, "GET /who").await.status, 429);
    drop(leaves);
    let limited = || server.metrics.requests_limited.value();
    let before = limited();
    let mut client = Client::connect(server.address).await;
    loop {
        match status(&mut client, "GET /who", "").await {
            200 => break,
            other => assert_eq!(other, 429),
        }
    }
    until(|| limited() >= before).await;
    drop(stays);
}

#[tokio::test]
async fn sockets_count_as_long_as_they_last() {
    let mut limits = limits();
    limits.max_requests = Some(1);
    let server = limited(limits).await;
    let mut socket = Client::connect(server.address).await;
    let opening = "Upgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";
    socket.request("GET /hub", opening).await;
    assert_eq!(socket.head().await.status, 101);
    let mut client = Client::connect(server.address).await;
    assert_eq!(status(&mut client, "GET /who", "").await, 429);
    drop(socket);
    while status(&mut client, "GET /who", "").await == 429 {}
    assert_eq!(status(&mut client, "GET /who", "").await, 200);
}
