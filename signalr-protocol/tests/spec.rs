//! A test per sentence of the specification, and per rule of the reference implementation.
#![expect(clippy::unwrap_used, reason = "the messages are well-formed")]

mod view;

use bytes::BytesMut;
use serde_json::json;
use signalr_protocol::{
    Arguments, BindError, CancelInvocation, Close, Completion, EncodeError, HandshakeError,
    HandshakeRequest, HandshakeResponse, Headers, Invocation, JsonError, Message, MessageError,
    NegotiateRequest, NegotiateResponse, Outcome, Payload, PayloadError, Protocol, Record, Refusal,
    StreamInvocation, StreamItem, TransferFormat, Transport, Typed, VersionError,
};
use view::view;

fn parse(json: &str) -> Result<Option<Message<'_>>, MessageError> {
    Message::parse(&Record::new(Protocol::Json, json.as_bytes()))
}

fn text_of_error(json: &str) -> String {
    parse(json).unwrap_err().to_string()
}

fn encoded(message: &Message<'_>) -> String {
    let mut dst = BytesMut::new();
    message.encode(Protocol::Json, &mut dst).unwrap();
    String::from_utf8(dst.to_vec()).unwrap()
}

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

//= https://github.com/dotnet/aspnetcore/blob/main/src/SignalR/docs/specs/HubProtocol.md#json-encoding
//# All property names are case-sensitive.
#[test]
fn property_names_are_case_sensitive() {
    assert_eq!(
        text_of_error(r#"{"Type":6}"#),
        "Missing required property 'type'."
    );
    assert_eq!(
        text_of_error(r#"{"type":1,"Target":"t","arguments":[]}"#),
        "Missing required property 'target'."
    );
}

//= https://github.com/dotnet/aspnetcore/blob/main/src/SignalR/docs/specs/HubProtocol.md#json-encoding
//# All JSON messages must be terminated by the ASCII character `0x1E` (record separator).
#[test]
fn no_text_of_a_caller_can_forge_a_separator() {
    let evil = "a\u{1e}{\"type\":7}\u{1e}";
    let mut headers = Headers::new();
    headers.push(evil, evil);
    let arguments = (evil, [evil]);
    let mut invocation = Invocation::new(evil, Typed(&arguments));
    invocation.headers = headers;
    invocation.invocation_id = Some(evil.into());
    invocation.stream_ids = vec![evil.into()];
    let mut dst = BytesMut::new();
    invocation.encode(Protocol::Json, &mut dst).unwrap();
    Completion::new(evil, Outcome::<Payload<'_>>::Error(evil.into()))
        .encode(Protocol::Json, &mut dst)
        .unwrap();
    HandshakeResponse {
        error: Some(evil.into()),
    }
    .encode(&mut dst);
    assert_eq!(dst[..].split(|&byte| byte == 0x1E).count(), 3 + 1);

    assert!(matches!(
        Payload::json("\"\u{1e}\""),
        Err(PayloadError::Malformed)
    ));
    assert!(matches!(
        Arguments::json("[]\u{1e}"),
        Err(PayloadError::Malformed)
    ));
    let error = Record::new(Protocol::Json, b"ab\x1e")
        .encode(&mut dst)
        .unwrap_err();
    assert!(matches!(error, EncodeError::Separator { at: 2 }));
}

//= https://github.com/dotnet/aspnetcore/blob/main/src/SignalR/docs/specs/HubProtocol.md#completion-message-encoding
//# It is a protocol error to include both a `result` and an `error` property in the `Completion`
//# message.
#[test]
fn a_completion_has_no_error_beside_a_result() {
    for json in [
        r#"{"type":3,"invocationId":"1","result":null,"error":"e"}"#,
        r#"{"error":"","type":3,"invocationId":"1","result":1}"#,
    ] {
        assert_eq!(parse(json), Err(MessageError::ErrorAndResult));
    }
}

#[test]
fn an_empty_error_of_a_completion_is_none() {
    let json = r#"{"type":3,"invocationId":"1","error":""}"#;
    let expected = Message::Completion(Completion::new("1", Outcome::Void));
    assert_eq!(parse(json), Ok(Some(expected)));
    let completion = Completion::new("1", Outcome::Error("".into()));
    let written = encoded(&Message::Completion(completion));
    assert_eq!(written, "{\"type\":3,\"invocationId\":\"1\"}\u{1e}");
}

//= https://github.com/dotnet/aspnetcore/blob/main/src/SignalR/docs/specs/HubProtocol.md#non-blocking-invocations
//# Invocations can be sent without an `Invocation ID` value.
#[test]
fn an_empty_invocation_id_is_none() {
    let json = r#"{"type":1,"invocationId":"","target":"t","arguments":[]}"#;
    let Some(Message::Invocation(mut message)) = parse(json).unwrap() else {
        panic!("{json}")
    };
    assert_eq!(message.invocation_id, None);
    message.invocation_id = Some("".into());
    let written = encoded(&Message::Invocation(message));
    assert_eq!(
        written,
        "{\"type\":1,\"target\":\"t\",\"arguments\":[]}\u{1e}"
    );
}

#[test]
fn other_messages_need_an_invocation_id() {
    for kind in [2, 3, 5] {
        for id in ["", r#""invocationId":"","#] {
            let json = format!(r#"{{{id}"type":{kind},"item":1}}"#);
            assert_eq!(
                text_of_error(&json),
                "Missing required property 'invocationId'."
            );
        }
    }
    assert_eq!(
        text_of_error(r#"{"type":4,"target":"t","arguments":[]}"#),
        "Missing required property 'invocationId'."
    );
}

//= https://github.com/dotnet/aspnetcore/blob/main/src/SignalR/docs/specs/HubProtocol.md#message-headers
//# Headers are transmitted as a dictionary with string keys and string values.
#[test]
fn headers_are_kept_and_the_last_of_a_name_counts() {
    let json = r#"{"type":5,"headers":{"a":"1","b":"\u00e9","a":"2"},"invocationId":"1"}"#;
    let Some(Message::CancelInvocation(message)) = parse(json).unwrap() else {
        panic!("{json}")
    };
    assert_eq!(message.headers.len(), 3);
    assert_eq!(message.headers.get("a"), Some("2"));
    assert_eq!(message.headers.get("b"), Some("é"));
    assert_eq!(message.headers.get("c"), None);
    assert_eq!(message.headers.iter().next(), Some(("a", "1")));
}

#[test]
fn wrong_types_give_the_texts_of_the_reference_server() {
    for (property, text) in [
        (r#""type":"1""#, "Expected 'type' to be of type Number."),
        (r#""type":null"#, "Expected 'type' to be of type Number."),
        (
            r#""headers":[]"#,
            "Expected 'headers' to be of type StartObject.",
        ),
        (
            r#""target":null"#,
            "Expected 'target' to be of type String.",
        ),
        (r#""error":null"#, "Expected 'error' to be of type String."),
        (
            r#""streamIds":"1""#,
            "Expected 'streamIds' to be of type Array.",
        ),
        (
            r#""streamIds":["1",null]"#,
            "Null value for 'streamIds' is not valid.",
        ),
        (
            r#""streamIds":[1]"#,
            "Cannot get the value of a token type 'Number' as a string.",
        ),
        (
            r#""allowReconnect":"true""#,
            "Expected 'allowReconnect' to be true or false.",
        ),
        (
            r#""allowReconnect":{}"#,
            "Expected 'allowReconnect' to be true or false.",
        ),
    ] {
        assert_eq!(text_of_error(&format!("{{\"type\":6,{property}}}")), text);
    }
}

#[test]
fn numbers_must_be_integers_that_fit() {
    for (number, bits) in [("6.0", 32), ("6e0", 32), ("2147483648", 32)] {
        let json = format!(r#"{{"type":{number}}}"#);
        assert_eq!(
            parse(&json),
            Err(MessageError::Json(JsonError::NotAnInteger { bits }))
        );
    }
    let json = r#"{"type":8,"sequenceId":9223372036854775808}"#;
    assert_eq!(
        parse(json),
        Err(MessageError::Json(JsonError::NotAnInteger { bits: 64 }))
    );
    let json = r#"{"type":9,"sequenceId":-9223372036854775808}"#;
    assert_eq!(
        parse(json),
        Ok(Some(Message::Sequence {
            sequence_id: i64::MIN
        }))
    );
}

#[test]
fn the_last_of_a_property_that_comes_twice_counts() {
    let json = r#"{"type":7,"target":"a","arguments":[1,2],"invocationId":"1",
        "target":"b","arguments":[3],"type":1,"invocationId":"2"}"#;
    let expected = json!({"type": 1, "invocationId": "2", "target": "b", "arguments": [3]});
    assert_eq!(view(&parse(json).unwrap().unwrap()), expected);
}

#[test]
fn names_and_values_may_be_escaped() {
    let json = r#"{"\u0074ype":1,"t\u0061rget":"\ud83d\ude00\n","arguments":["\\"]}"#;
    let expected = json!({"type": 1, "target": "😀\n", "arguments": ["\\"]});
    assert_eq!(view(&parse(json).unwrap().unwrap()), expected);
    // Once only: this name is a backslash and six letters.
    assert_eq!(
        text_of_error(r#"{"\\u0074ype":6}"#),
        "Missing required property 'type'."
    );
}

#[test]
fn half_a_surrogate_pair_is_no_text() {
    let json = r#"{"type":1,"target":"\ud83d","arguments":[]}"#;
    assert_eq!(parse(json), Err(MessageError::Json(JsonError::Syntax)));
    assert_eq!(parse(r#"{"\ud83d":1,"type":6}"#), Ok(Some(Message::Ping)));
}

#[test]
fn a_message_of_an_unknown_type_is_skipped() {
    for kind in [0, 10, -1, i32::MAX] {
        assert_eq!(parse(&format!(r#"{{"type":{kind},"news":[1]}}"#)), Ok(None));
    }
}

#[test]
fn text_behind_the_object_is_ignored() {
    assert_eq!(parse("{\"type\":6}}\u{0}"), Ok(Some(Message::Ping)));
    let record = Record::new(Protocol::Json, b"{\"type\":6}\xFF");
    assert_eq!(Message::parse(&record), Ok(Some(Message::Ping)));
}

#[test]
fn text_that_breaks_off_is_not_json() {
    let json =
        r#"{"type":1,"headers":{"a":"b"},"target":"t","arguments":[1.5e3,"\u0041",{"x":null}]}"#;
    for len in 0..json.len() {
        let head = json.get(..len).unwrap();
        assert_eq!(
            parse(head),
            Err(MessageError::Json(JsonError::Syntax)),
            "{head}"
        );
    }
    assert!(matches!(parse(json), Ok(Some(Message::Invocation(_)))));
}

#[test]
fn malformed_json_is_found_in_what_is_skipped_too() {
    for value in [
        "01",
        "-",
        "1.",
        "1e",
        "+1",
        ".5",
        "tru",
        "nul",
        "\"\\x\"",
        "\"\\u12g4\"",
        "\"\t\"",
        "[1,]",
        "[1 2]",
        "{\"a\"}",
        "{\"a\":1,}",
        "{a:1}",
        "'a'",
        "",
        "[",
        "]",
        "\"\u{7f}",
        "NaN",
        "/**/1",
    ] {
        for property in ["unknown", "item", "result"] {
            let json = format!(r#"{{"type":6,"{property}":{value}}}"#);
            assert_eq!(
                parse(&json),
                Err(MessageError::Json(JsonError::Syntax)),
                "{json}"
            );
        }
    }
}

#[test]
fn bytes_that_are_not_utf8_end_the_text() {
    let record = Record::new(Protocol::Json, b"{\"type\":6,\"x\":\"\xC3\x28\"}");
    assert_eq!(
        Message::parse(&record),
        Err(MessageError::Json(JsonError::Syntax))
    );
}

#[test]
fn long_strings_end_at_the_first_quote_that_is_not_escaped() {
    for len in 0..200 {
        let text = "x".repeat(len);
        for (inner, expected) in [
            (text.clone(), text.clone()),
            (format!(r#"{text}\""#), text + "\""),
        ] {
            let json = format!(r#"{{"type":2,"invocationId":"1","item":"{inner}"}}"#);
            let Some(Message::StreamItem(message)) = parse(&json).unwrap() else {
                panic!("{json}")
            };
            assert_eq!(message.item.to::<String>().unwrap(), expected);
        }
        let json = format!("{{\"type\":6,\"x\":\"{}\u{1f}\"}}", "x".repeat(len));
        assert_eq!(parse(&json), Err(MessageError::Json(JsonError::Syntax)));
    }
}

#[test]
fn errors_are_told_to_the_peer_without_detail() {
    let expected = Close {
        error: Some("Connection closed with an error.".into()),
        allow_reconnect: true,
    };
    assert_eq!(
        MessageError::NullStreamId.close_message(),
        Message::Close(expected)
    );
}

#[test]
fn a_stream_that_is_empty_completes_without_a_result() {
    let completion = Completion::new("1", Outcome::Void);
    let written = encoded(&Message::Completion(completion));
    assert_eq!(written, "{\"type\":3,\"invocationId\":\"1\"}\u{1e}");
}

#[test]
fn a_method_without_a_value_completes_with_null() {
    let mut dst = BytesMut::new();
    Completion::new("1", Outcome::Result(Typed(&())))
        .encode(Protocol::Json, &mut dst)
        .unwrap();
    assert_eq!(
        dst,
        "{\"type\":3,\"invocationId\":\"1\",\"result\":null}\u{1e}"
    );
}

#[test]
fn typed_arguments_are_a_sequence_or_none() {
    let mut dst = BytesMut::from("before");
    Invocation::new("t", Typed(&()))
        .encode(Protocol::Json, &mut dst)
        .unwrap();
    assert_eq!(
        dst,
        "before{\"type\":1,\"target\":\"t\",\"arguments\":[]}\u{1e}"
    );

    let before = dst.clone();
    for error in [
        Invocation::new("t", Typed(&1)).encode(Protocol::Json, &mut dst),
        Invocation::new("t", Typed(&json!({}))).encode(Protocol::Json, &mut dst),
        StreamInvocation::new("1", "t", Typed("[]")).encode(Protocol::Json, &mut dst),
    ] {
        assert!(
            matches!(error, Err(EncodeError::ArgumentsNotArray)),
            "{error:?}"
        );
    }
    assert_eq!(dst, before);
}

#[test]
fn a_message_that_may_not_be_sent_leaves_the_buffer_as_it_was() {
    let none = Arguments::none(Protocol::Json);
    let null = Payload::json("null").unwrap();
    let without_target = Message::Invocation(Invocation::new("", none));
    let without_id = [
        Message::StreamInvocation(StreamInvocation::new("", "t", none)),
        Message::StreamItem(StreamItem::new("", null)),
        Message::Completion(Completion::new("", Outcome::Void)),
        Message::CancelInvocation(CancelInvocation::new("")),
    ];
    let mut dst = BytesMut::from("before");
    let error = without_target.encode(Protocol::Json, &mut dst);
    assert!(matches!(error, Err(EncodeError::EmptyTarget)), "{error:?}");
    for message in without_id {
        let error = message.encode(Protocol::Json, &mut dst);
        assert!(
            matches!(error, Err(EncodeError::EmptyInvocationId)),
            "{error:?}"
        );
    }
    assert_eq!(dst, "before");
}

#[test]
fn a_value_that_refuses_to_be_serialized_leaves_the_buffer_as_it_was() {
    struct Refuses;
    impl serde::Serialize for Refuses {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("no"))
        }
    }
    let mut dst = BytesMut::from("before");
    let error = StreamItem::new("1", Typed(&(1, Refuses))).encode(Protocol::Json, &mut dst);
    assert!(matches!(error, Err(EncodeError::Serialize(_))), "{error:?}");
    assert_eq!(dst, "before");
}

#[test]
fn arguments_are_read_in_order_and_borrow() {
    let json = r#"{"type":1,"target":"t","arguments": [ 1 , "two" ,[3], {"four":4} ]}"#;
    let Some(Message::Invocation(message)) = parse(json).unwrap() else {
        panic!("{json}")
    };
    let texts: Vec<_> = message
        .arguments
        .iter()
        .map(|argument| argument.as_bytes())
        .collect();
    assert_eq!(texts, [&b"1"[..], b"\"two\"", b"[3]", b"{\"four\":4}"]);
    assert_eq!(message.arguments.iter().len(), 4);

    let mut binding = message.arguments.bind(4).unwrap();
    assert_eq!(binding.take::<u8>().unwrap(), 1);
    assert_eq!(binding.take::<&str>().unwrap(), "two");
    assert_eq!(binding.take::<[u8; 1]>().unwrap(), [3]);
    let error = binding.take::<bool>().unwrap_err();
    assert!(
        matches!(error, BindError::ArgumentType { index: 3, .. }),
        "{error:?}"
    );
    let error = binding.take::<bool>().unwrap_err();
    assert!(
        matches!(
            error,
            BindError::ArgumentCount {
                provided: 4,
                expected: 5
            }
        ),
        "{error:?}"
    );
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
fn transports_are_found_by_name_in_any_case() {
    for transport in Transport::ALL {
        assert_eq!(
            Transport::from_name(&transport.name().to_lowercase()),
            Some(transport)
        );
    }
    assert_eq!(Transport::from_name("foreverFrame"), None);
}
