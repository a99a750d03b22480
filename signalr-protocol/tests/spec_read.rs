//! Reading messages: a test per sentence of the specification, and per rule of the reference
//! implementation.
#![expect(clippy::unwrap_used, reason = "the messages are well-formed")]

mod view;

use bytes::BytesMut;
use serde_json::json;
use signalr_protocol::{BindError, Close, JsonError, Message, MessageError, Protocol, Record};
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
    assert_eq!(
        parse(json),
        Err(MessageError::Json(JsonError::LoneSurrogate))
    );
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
