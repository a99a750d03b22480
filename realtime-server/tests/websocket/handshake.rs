//! The opening handshake (RFC 6455 section 4.2).

use realtime_server::config::{Origins, WebSocketConfig};

use crate::{
    rig::{Heard, OPENING, Peer, echo, echoing, raw, serving},
    support::client::Client,
};

/// The handshake with `from` replaced by `to`.
fn changed(from: &str, to: &str) -> String {
    let fields = OPENING.replace(from, to);
    assert_ne!(fields, OPENING, "{from}");
    fields
}

#[tokio::test]
async fn accepts_with_exactly_these_fields() {
    let server = echoing(WebSocketConfig::default()).await;
    let (answer, _) = Peer::over(Client::connect(server.address).await, OPENING).await;
    let date = answer.field("date").unwrap().to_owned();
    let expected = [
        ("date", &*date),
        ("upgrade", "websocket"),
        ("sec-websocket-accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
        ("connection", "upgrade"),
    ];
    assert_eq!(answer.status, 101);
    assert_eq!(
        answer.fields,
        expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
    );
    assert_eq!(server.metrics.websocket_connections.value(), 1);
}

#[tokio::test]
async fn refuses_with_the_status_that_tells_what_is_wrong() {
    let server = echoing(WebSocketConfig::default()).await;
    let version = "Sec-WebSocket-Version: 13\r\n";
    let key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    for (status, fields) in [
        (426, String::new()),
        (426, changed("Upgrade: websocket\r\n", "")),
        (426, changed("Upgrade: websocket", "Upgrade: h2c")),
        (426, changed(version, "")),
        (426, changed("Version: 13", "Version: 8")),
        (426, changed("Version: 13", "Version: 14")),
        (426, changed("Version: 13", "Version: 13, 8")),
        (400, changed("Connection: Upgrade\r\n", "")),
        (
            400,
            changed("Connection: Upgrade", "Connection: keep-alive"),
        ),
        (400, changed(key, "")),
        (400, changed("dGhlIHNhbXBsZSBub25jZQ==", "")),
        (400, changed("dGhlIHNhbXBsZSBub25jZQ==", "c2hvcnQ=")),
        (
            400,
            changed("dGhlIHNhbXBsZSBub25jZQ==", "not base64, 24 bytes!!=="),
        ),
        (400, changed(key, &key.repeat(2))),
        (400, OPENING.to_owned() + "Sec-WebSocket-Protocol: a b\r\n"),
        (400, OPENING.to_owned() + "Content-Length: 2\r\n\r\nhi"),
        (
            400,
            OPENING.to_owned() + "Transfer-Encoding: chunked\r\n\r\n0\r\n",
        ),
    ] {
        let mut client = Client::connect(server.address).await;
        client.request("GET /ws", &fields).await;
        let answer = client.answer().await;
        assert_eq!(answer.status, status, "{fields}");
        assert_eq!(
            answer.field("content-type"),
            Some("application/problem+json"),
            "{fields}"
        );
        //= https://www.rfc-editor.org/rfc/rfc6455#section-4.4
        //# If the server
        //# doesn't support the requested version, it MUST respond with a
        //# |Sec-WebSocket-Version| header field
        let told = (
            answer.field("upgrade"),
            answer.field("sec-websocket-version"),
        );
        let expected = match status {
            426 => (Some("websocket"), Some("13")),
            _ => (None, None),
        };
        assert_eq!(told, expected, "{fields}");
    }
    assert_eq!(server.metrics.websocket_connections.value(), 0);
}

#[tokio::test]
async fn other_methods_and_versions_open_nothing() {
    let server = echoing(WebSocketConfig::default()).await;
    for (line, status) in [
        ("POST /ws HTTP/1.1", 405),
        ("HEAD /ws HTTP/1.1", 400),
        ("GET /ws HTTP/1.0", 400),
        ("GET /ws HTTP/2.0", 505),
    ] {
        let mut client = Client::connect(server.address).await;
        client
            .send(format!("{line}\r\nHost: localhost\r\n{OPENING}\r\n"))
            .await;
        assert_eq!(client.head().await.status, status, "{line}");
    }
    let mut client = Client::connect(server.address).await;
    client
        .send(format!("GET /ws HTTP/1.1\r\n{OPENING}\r\n"))
        .await;
    assert_eq!(client.head().await.status, 400, "without a host");
}

#[tokio::test]
async fn lists_and_other_cases_of_letters_are_understood() {
    let server = echoing(WebSocketConfig::default()).await;
    for fields in [
        changed("Connection: Upgrade", "connection: keep-alive, UPGRADE"),
        changed(
            "Connection: Upgrade",
            "Connection: keep-alive\r\nConnection: upgrade",
        ),
        changed("Upgrade: websocket", "UPGRADE: h2c, WebSocket"),
        OPENING.to_owned() + "Sec-WebSocket-Extensions: permessage-foo; x=\"y\"\r\n",
    ] {
        let (answer, _) = Peer::over(Client::connect(server.address).await, &fields).await;
        assert_eq!(answer.status, 101, "{fields}");
        assert_eq!(answer.field("sec-websocket-extensions"), None);
    }
}

#[tokio::test]
async fn frames_that_come_with_the_handshake_are_read() {
    let server = echoing(WebSocketConfig::default()).await;
    let mut client = Client::connect(server.address).await;
    let mut bytes = format!("GET /ws HTTP/1.1\r\nHost: localhost\r\n{OPENING}\r\n").into_bytes();
    bytes.extend(raw(0x81, &[5], b"early"));
    client.send(bytes).await;
    assert_eq!(client.head().await.status, 101);
    while client.buffer.len() < 7 {
        assert!(client.more().await);
    }
    assert_eq!(&client.buffer[..], b"\x81\x05early");
}

#[tokio::test]
async fn the_preferred_sub_protocol_is_agreed_on_and_told() {
    let mut config = WebSocketConfig::default();
    config.protocols = vec!["chat.v2".into(), "chat.v1".into()];
    let server = serving(config, async |mut socket| {
        let spoken = socket.protocol().unwrap_or("none").to_owned();
        socket.send(spoken).await.unwrap();
        echo(socket).await;
    })
    .await;
    for (offered, agreed) in [
        ("chat.v1, chat.v2", Some("chat.v2")),
        ("other, chat.v1", Some("chat.v1")),
        ("CHAT.V1", None),
        ("other", None),
    ] {
        let fields = format!("{OPENING}Sec-WebSocket-Protocol: {offered}\r\n");
        let (answer, mut peer) = Peer::over(Client::connect(server.address).await, &fields).await;
        assert_eq!(answer.field("sec-websocket-protocol"), agreed, "{offered}");
        let told = Heard::Text(agreed.unwrap_or("none").to_owned());
        assert_eq!(peer.next().await, told);
    }
}

//= https://www.rfc-editor.org/rfc/rfc6455#section-10.2
//# If the origin indicated is unacceptable to the server, then it SHOULD
//# respond to the WebSocket handshake with a reply containing HTTP 403
//# Forbidden status code.
#[tokio::test]
async fn pages_connect_from_where_they_may() {
    let listed = Origins::Listed(vec!["https://app.example".into()]);
    for (origins, admitted) in [
        (
            Origins::Same,
            [true, true, false, false, false, false, false],
        ),
        (listed, [true, true, true, false, false, false, false]),
        (Origins::Any, [true, true, true, true, true, true, true]),
    ] {
        let mut config = WebSocketConfig::default();
        config.origins = Some(origins.clone());
        let server = echoing(config).await;
        let own = server.address;
        let fields = [
            String::new(),
            format!("Origin: http://{own}\r\n"),
            "Origin: https://APP.example\r\n".into(),
            "Origin: https://app.example.evil.test\r\n".into(),
            format!("Origin: http://{own}.evil.test\r\n"),
            format!("Origin: http://{own}@evil.test\r\n"),
            "Origin: null\r\n".into(),
        ];
        for (fields, admitted) in fields.iter().zip(admitted) {
            let all = OPENING.to_owned() + fields;
            let (answer, _) = Peer::over(Client::connect(own).await, &all).await;
            let expected = if admitted { 101 } else { 403 };
            assert_eq!(answer.status, expected, "{origins:?} {fields}");
        }
    }
}
