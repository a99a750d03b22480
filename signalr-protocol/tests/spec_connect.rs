//! Handshake and negotiation: a test per sentence of the specification, and per rule of the
//! reference implementation.

use bytes::BytesMut;
use signalr_protocol::{
    Accepted, HandshakeError, HandshakeRequest, HandshakeResponse, JsonError, NegotiateRequest,
    NegotiateResponse, Protocol, Record, Refusal, TransferFormat, Transport, VersionError,
};

//= https://github.com/dotnet/aspnetcore/blob/main/src/SignalR/docs/specs/HubProtocol.md#overview
//# Both the `HandshakeRequest` and `HandshakeResponse` messages must be terminated by the ASCII
//# character `0x1E` (record separator).
#[test]
fn handshakes_end_with_the_separator() {
    let mut dst = BytesMut::new();
    HandshakeRequest {
        protocol: "messagepack".into(),
        version: 1,
    }
    .encode(&mut dst);
    HandshakeResponse::ACCEPTED.encode(&mut dst);
    assert_eq!(
        dst,
        "{\"protocol\":\"messagepack\",\"version\":1}\u{1e}{}\u{1e}"
    );
}

#[test]
fn protocols_are_found_by_name_in_any_case() {
    let request = HandshakeRequest {
        protocol: "JSON".into(),
        version: 0,
    };
    assert_eq!(request.accept(&[TransferFormat::Text]), Ok(Protocol::Json));
    assert_eq!(
        request.accept(&[TransferFormat::Binary]),
        Err(Refusal::UnsupportedTransport {
            protocol: Protocol::Json
        })
    );
}

#[test]
fn a_handshake_that_cannot_be_read_is_answered_without_detail() {
    let record = Record::new(Protocol::Json, b"{\"protocol\":\"json\",\"version\":1.5}");
    let error = HandshakeRequest::parse(&record).unwrap_err();
    assert_eq!(
        error,
        HandshakeError::Json(JsonError::NotAnInteger { bits: 32 })
    );
    let expected = "An unexpected error occurred during connection handshake.";
    assert_eq!(error.response().error.as_deref(), Some(expected));
}

#[test]
fn names_of_handshake_properties_may_be_escaped() {
    let record = Record::new(
        Protocol::Json,
        br#"{"\u0070rotocol":"json","versio\u006e":1}"#,
    );
    let expected = HandshakeRequest {
        protocol: "json".into(),
        version: 1,
    };
    assert_eq!(HandshakeRequest::parse(&record).unwrap(), expected);
}

//= https://github.com/dotnet/aspnetcore/blob/main/src/SignalR/docs/specs/TransportProtocols.md#post-endpoint-basenegotiate-request
//# If the requested version is greater than the servers largest supported version the server will
//# respond with its largest supported version
#[test]
fn the_version_of_the_negotiation_is_the_highest_of_both() {
    let request = |value| NegotiateRequest::from_query([("NEGOTIATEVERSION", value)]);
    for (value, version) in [
        ("0", 0),
        ("1", 1),
        (" +1 ", 1),
        ("2147483647", 1),
        ("-5", -5),
    ] {
        assert_eq!(request(value).unwrap().version_from(i32::MIN), Ok(version));
    }
    for value in ["", "1.0", "2147483648", "0x1", "1,2"] {
        assert_eq!(request(value), Err(VersionError::NotAnInteger));
    }
}

//= https://github.com/dotnet/aspnetcore/blob/main/src/SignalR/docs/specs/TransportProtocols.md#post-endpoint-basenegotiate-request
//# If the query string is omitted, the server treats the version as zero.
#[test]
fn a_negotiation_without_a_version_is_of_version_zero() {
    let request = NegotiateRequest::from_query([("id", "x"), ("UseStatefulReconnect", "TRUE")]);
    let expected = NegotiateRequest {
        version: 0,
        use_stateful_reconnect: true,
    };
    assert_eq!(request, Ok(expected));
    assert_eq!(expected.version_from(0), Ok(0));
    assert_eq!(
        expected.version_from(1),
        Err(VersionError::Unsupported { version: 0 })
    );
}

//= https://github.com/dotnet/aspnetcore/blob/main/src/SignalR/docs/specs/TransportProtocols.md#all-versions
//# A redirect response which tells the client which URL and optionally access token to use as a
//# result.
#[test]
fn a_redirect_has_a_url_and_a_token() {
    let body = br#"{"url":"https://myapp.com/chat","accessToken":"accessToken"}"#;
    let redirect = NegotiateResponse::Redirected {
        url: "https://myapp.com/chat".into(),
        access_token: Some("accessToken".into()),
    };
    assert_eq!(NegotiateResponse::parse(body).unwrap(), redirect);
    let mut dst = BytesMut::new();
    redirect.encode(&mut dst);
    assert_eq!(dst, body[..]);
}

#[test]
fn an_error_of_a_negotiation_outweighs_everything_else() {
    let body = br#"{"url":"u","connectionId":"c","error":"no"}"#;
    let refused = NegotiateResponse::Refused { error: "no".into() };
    assert_eq!(NegotiateResponse::parse(body).unwrap(), refused);
}

#[test]
fn a_negotiation_of_version_one_needs_a_token() {
    let body = br#"{"negotiateVersion":1,"connectionId":"c","availableTransports":[]}"#;
    let error = NegotiateResponse::parse(body).unwrap_err();
    assert_eq!(
        error,
        JsonError::Missing {
            property: "connectionToken"
        }
    );
}

#[test]
fn the_answer_of_the_older_signalr_is_recognised() {
    let body =
        br#"{"Url":"/signalr","ConnectionToken":"t","ConnectionId":"c","ProtocolVersion":"1.5"}"#;
    let error = NegotiateResponse::parse(body).unwrap_err();
    assert_eq!(error, JsonError::OldServer);
    assert_eq!(error.exception(), "InvalidOperationException");
    assert_eq!(
        error.to_string(),
        "Detected a connection attempt to an ASP.NET SignalR Server. This client only supports \
         connecting to an ASP.NET Core SignalR Server. See https://aka.ms/signalr-core-differences \
         for details."
    );
}

#[test]
fn an_answer_without_an_id_is_written_without_it() {
    let mut dst = BytesMut::new();
    NegotiateResponse::Accepted(Accepted::default()).encode(&mut dst);
    assert_eq!(dst, r#"{"negotiateVersion":0,"availableTransports":[]}"#);
}

#[test]
fn transports_are_found_by_name_in_any_case() {
    for transport in Transport::ALL {
        assert_eq!(
            Transport::from_name(&transport.name().to_lowercase()),
            Some(transport)
        );
    }
    assert_eq!(Transport::from_name("foreverFrame"), None);
}

#[test]
fn tokens_do_not_show_in_debug_output() {
    for body in [
        &br#"{"negotiateVersion":1,"connectionId":"c","connectionToken":"secret","availableTransports":[]}"#[..],
        br#"{"url":"u","accessToken":"secret"}"#,
    ] {
        let shown = format!("{:?}", NegotiateResponse::parse(body).unwrap());
        assert!(!shown.contains("secret"), "{shown}");
    }
}
