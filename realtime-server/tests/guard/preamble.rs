//! Connections that begin with the PROXY protocol.

use std::time::Duration;

use realtime_server::config::{HttpConfig, ServerConfig};

use crate::{
    rig::{behind_proxy, limits, server},
    support::{client::Client, running::Running},
};

async fn balanced(http: HttpConfig, timeout: Duration) -> Running {
    let mut server = server();
    let mut config = ServerConfig::default();
    config.proxy_protocol = true;
    config.proxy_protocol_timeout = timeout;
    server.config(config);
    server.http_config(http);
    Running::start(server).await
}

/// A header of version 2.
fn block(command: u8, family: u8, rest: &[u8]) -> Vec<u8> {
    let mut header = b"\r\n\r\n\0\r\nQUIT\n".to_vec();
    header.extend([command, family]);
    header.extend(u16::try_from(rest.len()).unwrap().to_be_bytes());
    header.extend(rest);
    header
}

const V4: [u8; 12] = [192, 0, 2, 1, 10, 0, 0, 1, 0x11, 0x22, 0, 80];

fn v6() -> Vec<u8> {
    let mut addresses = vec![0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
    addresses.extend([0; 16]);
    addresses.extend([0x11, 0x22, 0, 80]);
    addresses
}

#[tokio::test]
async fn the_client_is_whom_the_load_balancer_names() {
    let server = balanced(behind_proxy(), Duration::from_secs(60)).await;
    let with_extension = [V4.as_slice(), &[0x20, 0, 3, 1, 2, 3]].concat();
    let longest = [V4.as_slice(), &[0; 2_036]].concat();
    for (header, expected) in [
        (block(0x21, 0x11, &V4), "192.0.2.1"),
        (block(0x21, 0x11, &with_extension), "192.0.2.1"),
        (block(0x21, 0x11, &longest), "192.0.2.1"),
        (block(0x21, 0x21, &v6()), "2001:db8::1"),
        (block(0x21, 0x00, &[]), "127.0.0.1"),
        (block(0x20, 0x00, &[]), "127.0.0.1"),
        (block(0x20, 0x11, &V4), "127.0.0.1"),
        // Families whose clients have no address of ours: UDP and Unix sockets.
        (block(0x21, 0x12, &V4), "127.0.0.1"),
        (block(0x21, 0x22, &v6()), "127.0.0.1"),
        (block(0x21, 0x31, &[b'/'; 216]), "127.0.0.1"),
        (block(0x21, 0x32, &[b'/'; 216]), "127.0.0.1"),
        (
            b"PROXY TCP4 192.0.2.1 10.0.0.1 4386 80\r\n".to_vec(),
            "192.0.2.1",
        ),
        (
            b"PROXY TCP6 2001:db8::1 ::1 4386 80\r\n".to_vec(),
            "2001:db8::1",
        ),
        (b"PROXY UNKNOWN\r\n".to_vec(), "127.0.0.1"),
        (
            b"PROXY UNKNOWN ffff:f...f:ffff 65535 65535\r\n".to_vec(),
            "127.0.0.1",
        ),
    ] {
        // With the request in the same packet, and byte by byte.
        let mut client = Client::connect(server.address).await;
        let request = format!("GET /who HTTP/1.1\r\nHost: {}\r\n\r\n", server.address);
        client
            .send([header.as_slice(), request.as_bytes()].concat())
            .await;
        let answer = client.answer().await;
        assert_eq!(
            answer.text().split(' ').next(),
            Some(expected),
            "{header:?}"
        );
        let mut client = Client::connect(server.address).await;
        for byte in header.iter().take(200) {
            client.send([*byte]).await;
        }
        client.send(header.get(200..).unwrap_or_default()).await;
        client.request("GET /who", "").await;
        let answer = client.answer().await;
        assert_eq!(
            answer.text().split(' ').next(),
            Some(expected),
            "{header:?}"
        );
    }
}

#[tokio::test]
async fn what_is_no_header_ends_the_connection() {
    let server = balanced(behind_proxy(), Duration::from_secs(60)).await;
    let short = V4.get(..11).unwrap();
    let bad = [
        b"GET /who HTTP/1.1\r\n\r\n".to_vec(),
        block(0x11, 0x11, &V4),
        block(0x22, 0x11, &V4),
        block(0x21, 0x10, &V4),
        block(0x21, 0x13, &V4),
        block(0x21, 0x41, &V4),
        block(0x21, 0x11, short),
        block(0x21, 0x21, &V4),
        block(0x21, 0x11, &[0; 2_049]),
        b"PROXY TCP4 192.0.2.1 10.0.0.1 4386\r\n".to_vec(),
        b"PROXY TCP4 192.0.2.1 10.0.0.1 4386 80 1\r\n".to_vec(),
        b"PROXY TCP4 2001:db8::1 ::1 4386 80\r\n".to_vec(),
        b"PROXY TCP4 192.0.2.1 10.0.0.1 +4386 80\r\n".to_vec(),
        b"PROXY TCP4 192.0.2.1 10.0.0.1 65536 80\r\n".to_vec(),
        b"PROXY TCP4 192.0.2.1 10.0.0.1 4386 80\n".to_vec(),
        format!("PROXY TCP4 {}\r\n", "x".repeat(100)).into_bytes(),
        format!("PROXY UNKNOWN {}\r\n", "x".repeat(100)).into_bytes(),
    ];
    for (count, header) in (1..).zip(&bad) {
        let mut client = Client::connect(server.address).await;
        client.send(header).await;
        client.ends().await;
        let refused = server.metrics.proxy_headers_refused.value();
        assert_eq!(refused, count, "{:?}", String::from_utf8_lossy(header));
    }
    assert_eq!(server.metrics.requests.value(), 0);
}

#[tokio::test]
async fn a_header_that_does_not_come_ends_the_connection() {
    let server = balanced(behind_proxy(), Duration::from_millis(50)).await;
    for begin in ["", "PROXY TCP4 192.0.2.1"] {
        let mut client = Client::connect(server.address).await;
        client.send(begin).await;
        client.ends().await;
    }
    assert_eq!(server.metrics.proxy_headers_refused.value(), 2);
}

#[tokio::test]
async fn only_trusted_proxies_may_name_somebody_else() {
    let server = balanced(HttpConfig::default(), Duration::from_secs(60)).await;
    let mut client = Client::connect(server.address).await;
    client.send(block(0x21, 0x11, &V4)).await;
    client.ends().await;
    assert_eq!(server.metrics.proxy_headers_refused.value(), 1);
}

#[tokio::test]
async fn connections_count_for_the_client_that_is_named() {
    let mut server = server();
    let mut config = ServerConfig::default();
    config.proxy_protocol = true;
    server.config(config);
    server.http_config(behind_proxy());
    let mut limits = limits();
    limits.max_connections = Some(1);
    server.client_limits(limits);
    let server = Running::start(server).await;
    let mut held = Vec::new();
    for (last, expected) in [(1, 200), (2, 200), (1, 429)] {
        let mut client = Client::connect(server.address).await;
        client
            .send(format!("PROXY TCP4 192.0.2.{last} 10.0.0.1 1 2\r\n"))
            .await;
        if expected == 200 {
            client.request("GET /who", "").await;
        }
        assert_eq!(client.head().await.status, expected, "{last}");
        held.push(client);
    }
}
