//! The grammar of `Sec-WebSocket-Extensions` (RFC 6455 section 9.1).

#![cfg(feature = "handshake")]

use ws_frame::handshake::{Param, Request, RequestError};

/// A request with `extensions`, each in a field of its own.
fn parse<'a>(extensions: &[&'a str]) -> Result<Request<'a>, RequestError> {
    let mut fields = vec![
        ("Host", "server.example.com"),
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("Sec-WebSocket-Version", "13"),
    ];
    fields.extend(
        extensions
            .iter()
            .map(|value| ("Sec-WebSocket-Extensions", *value)),
    );
    Request::parse(
        fields
            .iter()
            .map(|(name, value)| (name.as_bytes(), value.as_bytes())),
    )
}

#[test]
fn extensions_are_read_by_their_grammar() {
    let request = parse(&[
        "permessage-deflate; client_max_window_bits; server_max_window_bits=10",
        " , x ;a=\"b\" , y;a = \"1\\5\";a,",
    ])
    .unwrap();
    let param = |name, value: Option<&'static str>| Param {
        name,
        value: value.map(Into::into),
    };
    let seen: Vec<_> = request
        .extensions()
        .iter()
        .map(|ext| (ext.name, ext.params.clone()))
        .collect();
    let expected = vec![
        (
            "permessage-deflate",
            vec![
                param("client_max_window_bits", None),
                param("server_max_window_bits", Some("10")),
            ],
        ),
        ("x", vec![param("a", Some("b"))]),
        ("y", vec![param("a", Some("15")), param("a", None)]),
    ];
    assert_eq!(seen, expected);
}

#[test]
fn malformed_extensions_are_refused() {
    for value in [
        ";",
        "=",
        "a b",
        "a;",
        "a;;b",
        "a;b=",
        "a;b=,",
        "a;b=\"",
        "a;b=\"c",
        "a;b=\"\"",
        "a;b=\"c d\"",
        "a;b=\"c\\",
        "a;b=\"\\\"\"",
        "a;b=c d",
        "a;=c",
        "a/b",
        "\"a\"",
        "a;b=\"c\"d",
    ] {
        assert_eq!(
            parse(&[value]),
            Err(RequestError::InvalidExtensions),
            "{value}"
        );
    }
}
