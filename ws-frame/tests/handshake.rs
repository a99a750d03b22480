//! The opening handshake, both sides.

#![cfg(feature = "handshake")]

use ws_frame::handshake::{Offer, OfferError, Request, RequestError, ResponseError};

type Fields = Vec<(&'static str, &'static str)>;

const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
const NONCE: [u8; 16] = *b"the sample nonce";
const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

fn request() -> Fields {
    vec![
        ("Host", "server.example.com"),
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Key", KEY),
        ("Sec-WebSocket-Version", "13"),
    ]
}

fn answer() -> Fields {
    vec![
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Accept", ACCEPT),
    ]
}

/// `fields` with another value for `name`, or without it.
fn with(mut fields: Fields, name: &'static str, values: &[&'static str]) -> Fields {
    fields.retain(|(other, _)| *other != name);
    fields.extend(values.iter().map(|value| (name, *value)));
    fields
}

fn bytes<'a>(fields: &'a [(&'a str, &'a str)]) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
    fields
        .iter()
        .map(|(name, value)| (name.as_bytes(), value.as_bytes()))
}

fn parse(fields: &Fields) -> Result<Request<'_>, RequestError> {
    Request::parse(bytes(fields))
}

//= https://www.rfc-editor.org/rfc/rfc6455#section-4.2.2
//# NOTE: As an example, if the value of the |Sec-WebSocket-Key| header
//# field in the client's handshake were "dGhlIHNhbXBsZSBub25jZQ==", the
//# server would append the string "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
#[test]
fn key_of_the_rfc_is_accepted_with_the_value_of_the_rfc() {
    let fields = request();
    let response = parse(&fields).unwrap().accept(&[]);
    assert_eq!(response.fields().collect::<Vec<_>>(), answer());
    assert_eq!(response.protocol(), None);
}

#[test]
fn names_and_tokens_have_no_case_and_lists_have_others() {
    let fields = vec![
        ("HOST", "server.example.com"),
        ("upgrade", "h2c , WebSocket"),
        ("connection", "keep-alive"),
        ("CONNECTION", "foo,, uPGRADE "),
        ("sec-websocket-key", " dGhlIHNhbXBsZSBub25jZQ== "),
        ("SEC-WEBSOCKET-VERSION", " 13"),
        ("Origin", "http://example.com"),
    ];
    let response = parse(&fields).unwrap().accept(&[]);
    assert!(
        response
            .fields()
            .any(|field| field == ("Sec-WebSocket-Accept", ACCEPT))
    );
}

//= https://www.rfc-editor.org/rfc/rfc6455#section-4.2.1
//# the server MUST stop
//# processing the client's handshake and return an HTTP response with an
//# appropriate error code (such as 400 Bad Request).
#[test]
fn requests_are_refused_with_their_status() {
    use RequestError::{
        InvalidExtensions, InvalidHost, InvalidKey, InvalidProtocols, MissingConnection,
        MissingUpgrade, UnsupportedVersion,
    };
    let cases: [(&'static str, &[&'static str], RequestError, u16); 25] = [
        ("Upgrade", &[], MissingUpgrade, 426),
        ("Upgrade", &["h2c"], MissingUpgrade, 426),
        ("Upgrade", &["websockets"], MissingUpgrade, 426),
        ("Connection", &[], MissingConnection, 400),
        ("Connection", &["keep-alive"], MissingConnection, 400),
        ("Host", &[], InvalidHost, 400),
        ("Host", &["a", "b"], InvalidHost, 400),
        ("Sec-WebSocket-Version", &[], UnsupportedVersion, 426),
        ("Sec-WebSocket-Version", &["8"], UnsupportedVersion, 426),
        ("Sec-WebSocket-Version", &["013"], UnsupportedVersion, 426),
        ("Sec-WebSocket-Version", &["13, 8"], UnsupportedVersion, 426),
        (
            "Sec-WebSocket-Version",
            &["13", "13"],
            UnsupportedVersion,
            426,
        ),
        ("Sec-WebSocket-Key", &[], InvalidKey, 400),
        ("Sec-WebSocket-Key", &[""], InvalidKey, 400),
        ("Sec-WebSocket-Key", &[KEY, KEY], InvalidKey, 400),
        (
            "Sec-WebSocket-Key",
            &["dGhlIHNhbXBsZSBub25jZQ"],
            InvalidKey,
            400,
        ),
        (
            "Sec-WebSocket-Key",
            &["dGhlIHNhbXBsZSBub25j"],
            InvalidKey,
            400,
        ),
        (
            "Sec-WebSocket-Key",
            &["dGhlIHNhbXBsZSBub25jZWQ="],
            InvalidKey,
            400,
        ),
        (
            "Sec-WebSocket-Key",
            &["dGhlIHNhbXBsZSBub25jZWVl"],
            InvalidKey,
            400,
        ),
        (
            "Sec-WebSocket-Key",
            &["dGhlIHNhbXBsZSBub25jZQ==AAAA"],
            InvalidKey,
            400,
        ),
        (
            "Sec-WebSocket-Key",
            &["dGhlIHNhbXBs*SBub25jZQ=="],
            InvalidKey,
            400,
        ),
        ("Sec-WebSocket-Protocol", &["chat/1"], InvalidProtocols, 400),
        (
            "Sec-WebSocket-Protocol",
            &["chat", "a b"],
            InvalidProtocols,
            400,
        ),
        (
            "Sec-WebSocket-Extensions",
            &["foo;"],
            InvalidExtensions,
            400,
        ),
        (
            "Sec-WebSocket-Extensions",
            &["foo", "\"bar\""],
            InvalidExtensions,
            400,
        ),
    ];
    for (name, values, error, status) in cases {
        let fields = with(request(), name, values);
        assert_eq!(parse(&fields), Err(error), "{name}: {values:?}");
        assert_eq!(error.status(), status);
        assert_eq!(error.fields().is_empty(), status == 400);
    }
}

//= https://www.rfc-editor.org/rfc/rfc6455#section-4.4
//# If the server
//# doesn't support the requested version, it MUST respond with a
//# |Sec-WebSocket-Version| header field (or multiple
//# |Sec-WebSocket-Version| header fields) containing all versions it is
//# willing to use.
#[test]
fn other_versions_are_told_ours() {
    let fields = RequestError::UnsupportedVersion.fields();
    assert!(fields.contains(&("Sec-WebSocket-Version", "13")));
    // RFC 9110 section 15.5.22: a 426 names what to upgrade to.
    assert!(fields.contains(&("Upgrade", "websocket")));
    assert!(fields.contains(&("Connection", "Upgrade")));
}

//= https://www.rfc-editor.org/rfc/rfc6455#section-4.1
//# the value of the header
//# field would be "AQIDBAUGBwgJCgsMDQ4PEC=="
#[test]
fn key_with_bits_behind_its_last_byte_is_a_key() {
    let fields = with(
        request(),
        "Sec-WebSocket-Key",
        &["AQIDBAUGBwgJCgsMDQ4PEC=="],
    );
    assert_eq!(
        parse(&fields).map(|request| request.protocols().len()),
        Ok(0)
    );
}

//= https://www.rfc-editor.org/rfc/rfc6455#section-4.2.2
//# The value chosen MUST be derived
//# from the client's handshake, specifically by selecting one of
//# the values from the |Sec-WebSocket-Protocol| field that the
//# server is willing to use for this connection (if any).
#[test]
fn server_chooses_among_the_offered_protocols_by_its_own_preference() {
    let fields = with(
        request(),
        "Sec-WebSocket-Protocol",
        &["soap, ,chat", "superchat"],
    );
    let request = parse(&fields).unwrap();
    assert_eq!(request.protocols(), ["soap", "chat", "superchat"]);
    assert_eq!(
        request.accept(&["mqtt", "superchat", "chat"]).protocol(),
        Some("superchat")
    );
    assert_eq!(
        request.accept(&["Chat"]).protocol(),
        None,
        "names have a case"
    );
    assert_eq!(request.accept(&[]).protocol(), None);
    let response = request.accept(&["chat"]);
    assert_eq!(
        response.fields().last(),
        Some(("Sec-WebSocket-Protocol", "chat"))
    );
}

#[test]
fn offer_has_the_fields_of_a_request() {
    let offer = Offer::new(NONCE, &["chat", "superchat"]).unwrap();
    let mut expected = request();
    expected.remove(0);
    expected.push(("Sec-WebSocket-Protocol", "chat, superchat"));
    assert_eq!(offer.fields().collect::<Vec<_>>(), expected);
    let plain = Offer::new(NONCE, &[]).unwrap();
    assert!(
        plain
            .fields()
            .all(|(name, _)| name != "Sec-WebSocket-Protocol")
    );
}

//= https://www.rfc-editor.org/rfc/rfc6455#section-4.1
//# The elements that comprise this value
//# MUST be non-empty strings with characters in the range U+0021 to
//# U+007E not including separator characters as defined in
//# [RFC2616] and MUST all be unique strings.
#[test]
fn offered_protocols_are_tokens_and_unique() {
    for name in ["", "a b", "a,b", "a\r\nX: y", "é", "a/b", "\"a\""] {
        let error = Offer::new(NONCE, &["ok", name]);
        assert_eq!(
            error,
            Err(OfferError::InvalidProtocol { index: 1 }),
            "{name:?}"
        );
    }
    let error = Offer::new(NONCE, &["a", "b", "a"]);
    assert_eq!(error, Err(OfferError::RepeatedProtocol { index: 2 }));
}

//= https://www.rfc-editor.org/rfc/rfc6455#section-4.1
//# The client MUST validate the server's response as follows:
#[test]
fn answers_that_open_nothing_are_refused() {
    let offer = Offer::new(NONCE, &["chat", "superchat"]).unwrap();
    let verify = |status, fields: &Fields| {
        offer
            .verify(status, bytes(fields))
            .map(|opened| opened.protocol.map(str::to_owned))
    };
    assert_eq!(verify(101, &answer()), Ok(None));
    let chosen = with(answer(), "Sec-WebSocket-Protocol", &["superchat"]);
    assert_eq!(verify(101, &chosen), Ok(Some("superchat".to_owned())));
    let relaxed = vec![
        ("UPGRADE", "WebSocket"),
        ("connection", "keep-alive, upgrade"),
        ("sec-websocket-accept", " s3pPLMBiTxaQ9kYGzzhZRbK+xOo= "),
    ];
    assert_eq!(verify(101, &relaxed), Ok(None));

    for status in [100, 200, 302, 401] {
        assert_eq!(
            verify(status, &answer()),
            Err(ResponseError::Status { status })
        );
    }
    let cases: [(&'static str, &[&'static str], ResponseError); 13] = [
        ("Upgrade", &[], ResponseError::MissingUpgrade),
        (
            "Upgrade",
            &["h2c, websocket"],
            ResponseError::MissingUpgrade,
        ),
        (
            "Upgrade",
            &["websocket", "websocket"],
            ResponseError::MissingUpgrade,
        ),
        ("Connection", &[], ResponseError::MissingConnection),
        ("Connection", &["close"], ResponseError::MissingConnection),
        ("Sec-WebSocket-Accept", &[], ResponseError::WrongAccept),
        ("Sec-WebSocket-Accept", &[KEY], ResponseError::WrongAccept),
        (
            "Sec-WebSocket-Accept",
            &[ACCEPT, ACCEPT],
            ResponseError::WrongAccept,
        ),
        (
            "Sec-WebSocket-Protocol",
            &["soap"],
            ResponseError::UnofferedProtocol,
        ),
        (
            "Sec-WebSocket-Protocol",
            &["chat, superchat"],
            ResponseError::UnofferedProtocol,
        ),
        (
            "Sec-WebSocket-Protocol",
            &["chat", "chat"],
            ResponseError::UnofferedProtocol,
        ),
        (
            "Sec-WebSocket-Protocol",
            &[""],
            ResponseError::UnofferedProtocol,
        ),
        (
            "Sec-WebSocket-Extensions",
            &["permessage-deflate"],
            ResponseError::UnofferedExtension,
        ),
    ];
    for (name, values, error) in cases {
        let fields = with(answer(), name, values);
        assert_eq!(verify(101, &fields), Err(error), "{name}: {values:?}");
    }
}

#[test]
fn nothing_offered_means_nothing_chosen() {
    let offer = Offer::new(NONCE, &[]).unwrap();
    for name in ["chat", ""] {
        let fields = with(answer(), "Sec-WebSocket-Protocol", &[name]);
        assert_eq!(
            offer.verify(101, bytes(&fields)),
            Err(ResponseError::UnofferedProtocol)
        );
    }
}
