//! What is agreed on, and who is turned away.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::rustls::version::{TLS12, TLS13};

use crate::{
    rig::{Rig, ask},
    soon, until,
};

#[tokio::test]
async fn both_versions_are_spoken() {
    let rig = Rig::new("versions").await;
    for version in [&TLS12, &TLS13] {
        let greeting = rig.authority.client(&["http/1.1"]).version(version);
        let mut stream = soon(greeting.open(rig.tcp().await)).await.unwrap();
        let negotiated = stream.get_ref().1.protocol_version();
        assert_eq!(negotiated, Some(version.version));
        let answer = ask(&mut stream, "GET /inspect", "Connection: close\r\n").await;
        assert!(
            answer.contains("\r\n\r\nHttp11 https localhost\n"),
            "{answer}"
        );
    }
    assert_eq!(rig.metrics.tls_handshakes.value(), 2);
    assert_eq!(rig.metrics.tls_handshakes_failed.value(), 0);
}

//= https://www.rfc-editor.org/rfc/rfc7301#section-3.2
//# In the event that the server supports no protocols that the client advertises, then the server
//# SHALL respond with a fatal "no_application_protocol" alert.
#[tokio::test]
async fn the_protocol_is_agreed_on_in_the_handshake() {
    let rig = Rig::new("alpn").await;
    let offers: [(&[&str], Option<&str>); 4] = [
        (&["h2", "http/1.1"], Some("h2")),
        (&["http/1.1", "h2"], Some("h2")),
        (&["http/1.1"], Some("http/1.1")),
        (&[], None),
    ];
    for (offered, agreed) in offers {
        let greeting = rig.authority.client(offered);
        let stream = soon(greeting.open(rig.tcp().await)).await.unwrap();
        let protocol = stream.get_ref().1.alpn_protocol();
        assert_eq!(protocol, agreed.map(str::as_bytes), "{offered:?}");
    }
    let foreign = rig.authority.client(&["spdy/3"]);
    let refused = soon(foreign.open(rig.tcp().await)).await.unwrap_err();
    assert!(
        refused.to_string().contains("NoApplicationProtocol"),
        "{refused}"
    );
}

#[tokio::test]
async fn http2_is_not_offered_where_it_is_turned_off() {
    let rig = Rig::with("alpn-off", |settings| settings.tls.http2 = false).await;
    let greeting = rig.authority.client(&["h2", "http/1.1"]);
    let stream = soon(greeting.open(rig.tcp().await)).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
}

#[tokio::test]
async fn a_client_without_protocols_is_served_http_1_1() {
    let rig = Rig::new("no-alpn").await;
    let greeting = rig.authority.client(&[]);
    let mut stream = soon(greeting.open(rig.tcp().await)).await.unwrap();
    let answer = ask(&mut stream, "GET /ok", "Connection: close\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
}

#[tokio::test]
async fn a_client_that_expects_another_server_leaves() {
    let rig = Rig::new("names").await;
    let greeting = rig.authority.client(&[]).name("other.example");
    let refused = soon(greeting.open(rig.tcp().await)).await.unwrap_err();
    assert!(
        refused.to_string().contains("not valid for name"),
        "{refused}"
    );
    until(|| rig.metrics.tls_handshakes_failed.value() == 1).await;
    rig.is_well().await;
}

#[tokio::test]
async fn a_client_that_stalls_is_closed() {
    let short = Duration::from_millis(50);
    let rig = Rig::with("stall", |settings| settings.tls.handshake_timeout = short).await;
    // One that says nothing, and one that begins a record.
    for begun in [&b""[..], b"\x16\x03\x01"] {
        let mut stream = rig.tcp().await;
        stream.write_all(begun).await.unwrap();
        let mut rest = Vec::new();
        // A reset is an end, too.
        let _ = soon(stream.read_to_end(&mut rest)).await;
        assert_eq!(rest, b"");
    }
    assert_eq!(rig.metrics.tls_handshakes_failed.value(), 2);
}

#[tokio::test]
async fn garbage_gets_an_alert_and_nothing_else() {
    let rig = Rig::new("garbage").await;
    for garbage in [
        &b"\x16\x03\x01\x00\x05hello"[..],
        b"\x05\x01\x00",
        &[0xff; 600],
    ] {
        let mut stream = rig.tcp().await;
        stream.write_all(garbage).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = Vec::new();
        let _ = soon(stream.read_to_end(&mut answer)).await;
        // A record of TLS that holds an alert, or the end.
        assert!(matches!(answer.as_slice(), [] | [0x15, ..]), "{answer:?}");
        assert!(answer.len() <= 7, "{answer:?}");
    }
    assert_eq!(rig.metrics.tls_handshakes_failed.value(), 3);
    rig.is_well().await;
}

#[tokio::test]
async fn http_in_clear_text_is_told_to_use_https() {
    let rig = Rig::new("clear").await;
    let mut stream = rig.tcp().await;
    stream
        .write_all(b"GET /ok HTTP/1.1\r\nHost: a\r\n\r\n")
        .await
        .unwrap();
    let mut answer = String::new();
    soon(stream.read_to_string(&mut answer)).await.unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 400 Bad Request\r\n"),
        "{answer}"
    );
    assert!(
        answer.contains("this port speaks TLS: ask with https"),
        "{answer}"
    );
    assert_eq!(rig.metrics.tls_handshakes_failed.value(), 1);
}

#[tokio::test]
async fn who_is_stuck_in_a_handshake_takes_no_turn() {
    let rig = Rig::with("turns", |settings| settings.tls.max_handshakes = 1).await;
    let hello = hello(&rig).await;
    let mut stuck = Vec::new();
    // Nothing, the begin of a record, most of a greeting, and all of it.
    for begun in [0, 3, hello.len() - 1, hello.len()] {
        let mut stream = rig.tcp().await;
        stream.write_all(hello.get(..begun).unwrap()).await.unwrap();
        stuck.push(stream);
    }
    rig.is_well().await;
    assert_eq!(rig.metrics.tls_handshakes.value(), 1);
    assert_eq!(rig.metrics.tls_handshakes_failed.value(), 0);
    drop(stuck);
    until(|| rig.metrics.tls_handshakes_failed.value() == 4).await;
}

/// What a client says first.
async fn hello(rig: &Rig) -> Vec<u8> {
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let stream = TcpStream::connect(nobody.local_addr().unwrap())
        .await
        .unwrap();
    let greeting = tokio::spawn(rig.authority.client(&["http/1.1"]).open(stream));
    let (mut heard, _) = nobody.accept().await.unwrap();
    let mut hello = vec![0; 5];
    heard.read_exact(&mut hello).await.unwrap();
    let length = usize::from(u16::from_be_bytes([hello[3], hello[4]]));
    hello.resize(5 + length, 0);
    heard.read_exact(hello.get_mut(5..).unwrap()).await.unwrap();
    greeting.abort();
    hello
}

#[tokio::test]
async fn many_who_are_stuck_keep_nobody_waiting() {
    // Both ends of each connection are files of this process.
    let _ = rlimit::increase_nofile_limit(rlimit::INFINITY);
    let rig = Rig::new("stuck").await;
    let hello = hello(&rig).await;
    let mut stuck = Vec::new();
    for number in 0..600 {
        let mut stream = rig.tcp().await;
        let begun = if number % 2 == 0 { 3 } else { hello.len() };
        stream.write_all(hello.get(..begun).unwrap()).await.unwrap();
        stuck.push(stream);
    }
    let asked = Instant::now();
    rig.is_well().await;
    let took = asked.elapsed();
    assert!(took < Duration::from_secs(5), "it took {took:?}");
    assert_eq!(rig.metrics.tls_handshakes_failed.value(), 0);
    drop(stuck);
}

#[tokio::test]
async fn a_page_in_clear_text_is_another_origin() {
    let rig = Rig::new("origin").await;
    let opening = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    for (origin, admitted) in [
        ("https://localhost", true),
        ("https://localhost:443", true),
        ("https://localhost:444", false),
        ("http://localhost", false),
    ] {
        let mut stream = rig.http1().await;
        let head =
            format!("GET /ws HTTP/1.1\r\nHost: localhost\r\n{opening}Origin: {origin}\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut status = [0; 12];
        soon(stream.read_exact(&mut status)).await.unwrap();
        let expected: &[u8] = if admitted {
            b"HTTP/1.1 101"
        } else {
            b"HTTP/1.1 403"
        };
        assert_eq!(status, expected, "{origin}");
    }
}
