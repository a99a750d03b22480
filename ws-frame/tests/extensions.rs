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

//= https://www.rfc-editor.org/rfc/rfc7692#section-7.1
//# A server MUST decline an extension negotiation offer for this extension
//# if any of the following conditions are met:
#[test]
fn malformed_offers_of_compression_are_passed_over() {
    for rest in [
        ";",
        "; ",
        ";;x",
        "; server_max_window_bits=",
        "; server_max_window_bits=\"\"",
        "; server_max_window_bits=\"1 0\"",
        "; server_max_window_bits=\"10\"x",
        "; server_max_window_bits=10 11",
        "; server_max_window_bits = (10)",
        "; =10",
        "; a/b",
        "; x=\"a, b\"; y",
        "; x=\"\\\", b\";",
        " x",
        "/1",
        "=1",
        "\"x\"",
    ] {
        let alone = format!("permessage-deflate{rest}");
        let request = parse(&[&alone]).unwrap();
        assert_eq!(request.extensions(), [], "{alone}");
        // What stands around it is read.
        let between = format!("a, {alone}, permessage-deflate; b=1");
        let request = parse(&[&between, "c"]).unwrap();
        let names: Vec<_> = request.extensions().iter().map(|ext| ext.name).collect();
        assert_eq!(names, ["a", "permessage-deflate", "c"], "{between}");
    }
    // A quoted string without an end takes the rest of its field.
    let request = parse(&["permessage-deflate; x=\"a, b", "c"]).unwrap();
    assert_eq!(request.extensions().len(), 1);
    for control in [
        "permessage-deflate; a\u{1}",
        "permessage-deflate; a=\"\u{7f}\"",
    ] {
        let refused = Err(RequestError::InvalidExtensions);
        assert_eq!(parse(&[control]), refused, "{control:?}");
    }
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
        "permessage-deflate, ;",
        "; permessage-deflate",
        "permessage-deflated;",
    ] {
        assert_eq!(
            parse(&[value]),
            Err(RequestError::InvalidExtensions),
            "{value}"
        );
    }
}
