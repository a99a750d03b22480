//! Writing messages: a test per sentence of the specification, and per rule of the reference
//! implementation.
#![expect(clippy::unwrap_used, reason = "the messages are well-formed")]

use bytes::BytesMut;
use serde_json::json;
use signalr_protocol::{
    Arguments, CancelInvocation, Completion, EncodeError, HandshakeResponse, Headers, Invocation,
    Message, MessageError, Outcome, Payload, PayloadError, Protocol, Record, StreamInvocation,
    StreamItem, Typed,
};

fn parse(json: &str) -> Result<Option<Message<'_>>, MessageError> {
    Message::parse(&Record::new(Protocol::Json, json.as_bytes()))
}

fn encoded(message: &Message<'_>) -> String {
    let mut dst = BytesMut::new();
    message.encode(Protocol::Json, &mut dst).unwrap();
    String::from_utf8(dst.to_vec()).unwrap()
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

#[test]
fn an_empty_error_of_a_completion_is_none() {
    let json = r#"{"type":3,"invocationId":"1","error":""}"#;
    let expected = Message::Completion(Completion::new("1", Outcome::Void));
    assert_eq!(parse(json), Ok(Some(expected)));
    let completion = Completion::new("1", Outcome::Error("".into()));
    let written = encoded(&Message::Completion(completion));
    assert_eq!(written, "{\"type\":3,\"invocationId\":\"1\"}\u{1e}");
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
