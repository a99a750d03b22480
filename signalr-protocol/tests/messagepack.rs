//! The MessagePack protocol against the vectors of ASP.NET Core and its TypeScript client.
#![cfg(feature = "messagepack")]
#![expect(clippy::unwrap_used, reason = "vectors have a known shape")]

mod view;

use bytes::BytesMut;
use proptest::prelude::*;
use serde_json::{Value, json};
use signalr_protocol::{
    Arguments, Close, Completion, Decoder, EncodeError, Invocation, Limits, MAX_DEPTH, Message,
    MessageError, Outcome, Payload, PayloadError, Protocol, Record, StreamInvocation, StreamItem,
    Typed,
};
use view::{drop_defaults, view};

fn load(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn cases<'v>(vectors: &'v Value, group: &str) -> &'v [Value] {
    let cases = vectors[group].as_array().unwrap();
    assert!(!cases.is_empty(), "{group} has no cases");
    cases
}

fn hex(case: &Value, field: &str) -> Vec<u8> {
    let digits = case[field].as_str().unwrap();
    let pairs = digits
        .as_bytes()
        .chunks(2)
        .map(|pair| std::str::from_utf8(pair).unwrap());
    pairs
        .map(|pair| u8::from_str_radix(pair, 16).unwrap())
        .collect()
}

fn decoder(max_record: usize) -> Decoder {
    let mut limits = Limits::default();
    limits.max_record = max_record;
    let mut decoder = Decoder::new(limits);
    decoder.set_protocol(Protocol::MessagePack);
    decoder
}

fn parse(bytes: &[u8]) -> Result<Option<Message<'_>>, MessageError> {
    Message::parse(&Record::new(Protocol::MessagePack, bytes))
}

fn encoded(message: &Message<'_>) -> BytesMut {
    let mut dst = BytesMut::from("before");
    message.encode(Protocol::MessagePack, &mut dst).unwrap();
    let dst = dst.split_off(6);
    assert_eq!(message.encoded_len(Protocol::MessagePack), dst.len());
    dst
}

/// The message that an array of a vector stands for, as in `view`.
fn tree(array: &Value) -> Value {
    let item = |index: usize| array.get(index).cloned();
    drop_defaults(match item(0).unwrap().as_u64().unwrap() {
        kind @ (1 | 4) => json!({
            "type": kind, "headers": item(1), "invocationId": item(2), "target": item(3),
            "arguments": item(4), "streamIds": item(5),
        }),
        2 => json!({"type": 2, "headers": item(1), "invocationId": item(2), "item": item(3)}),
        3 => {
            let mut tree = json!({"type": 3, "headers": item(1), "invocationId": item(2)});
            let members = tree.as_object_mut().unwrap();
            match item(3).unwrap().as_u64().unwrap() {
                1 => members.insert("error".into(), item(4).unwrap()),
                2 => None,
                _ => members.insert("result".into(), item(4).unwrap()),
            };
            tree
        }
        5 => json!({"type": 5, "headers": item(1), "invocationId": item(2)}),
        7 => json!({"type": 7, "error": item(1), "allowReconnect": item(2)}),
        kind => json!({"type": kind, "sequenceId": item(1)}),
    })
}

#[test]
fn messages_are_read_and_written_byte_for_byte() {
    let vectors = load(include_str!("vectors/messagepack_hub.json"));
    for case in cases(&vectors, "valid") {
        let wire = hex(case, "framedHex");
        let mut src = BytesMut::from(&*wire);
        let record = decoder(32_768)
            .decode(&mut src)
            .unwrap()
            .unwrap()
            .as_bytes()
            .to_vec();
        let message = parse(&record).unwrap().unwrap();
        // Two types of MessagePack have no tree.
        if !case["array"].to_string().contains('$') {
            assert_eq!(view(&message), tree(&case["array"]), "{case}");
        }
        assert_eq!(encoded(&message), wire, "{case}");
    }
}

#[test]
fn invalid_messages_give_the_texts_of_the_reference_server() {
    let vectors = load(include_str!("vectors/messagepack_hub.json"));
    for case in cases(&vectors, "invalid") {
        let bytes = hex(case, "hex");
        assert_eq!(
            parse(&bytes).unwrap_err().to_string(),
            case["error"],
            "{case}"
        );
    }
}

#[test]
fn arguments_that_do_not_fit_give_the_texts_of_the_reference_server() {
    let vectors = load(include_str!("vectors/messagepack_hub.json"));
    for case in cases(&vectors, "binding_errors") {
        let bytes = hex(case, "hex");
        let arguments = match parse(&bytes).unwrap().unwrap() {
            Message::Invocation(message) => message.arguments,
            Message::StreamInvocation(message) => message.arguments,
            other => panic!("no arguments: {other:?}"),
        };
        let bound = arguments
            .bind(1)
            .and_then(|mut binding| binding.take::<String>());
        assert_eq!(bound.unwrap_err().to_string(), case["error"], "{case}");
    }
}

#[test]
fn arguments_that_are_no_array_cannot_be_sent_on() {
    let message = parse(&[0x95, 1, 0x80, 0xC0, 0xA1, b't', 0x2A])
        .unwrap()
        .unwrap();
    let error = message.encode(Protocol::MessagePack, &mut BytesMut::new());
    assert!(
        matches!(error, Err(EncodeError::ArgumentsNotArray)),
        "{error:?}"
    );
}

#[test]
fn items_behind_a_message_are_ignored_and_missing_streams_are_none() {
    let vectors = load(include_str!("vectors/messagepack_hub.json"));
    let extra = hex(&cases(&vectors, "trailing_items_ignored")[0], "hex");
    let none = Arguments::none(Protocol::MessagePack);
    let mut expected = Invocation::new("method", none);
    expected.invocation_id = Some("xyz".into());
    assert_eq!(parse(&extra), Ok(Some(Message::Invocation(expected))));

    let old = hex(&cases(&vectors, "old_client_5_item_invocation")[0], "hex");
    let expected = Invocation::new("method", Arguments::messagepack(&[0x91, 42]).unwrap());
    assert_eq!(parse(&old), Ok(Some(Message::Invocation(expected))));
    let close = Close {
        error: Some("xyz".into()),
        allow_reconnect: false,
    };
    assert_eq!(parse(b"\x92\x07\xA3xyz"), Ok(Some(Message::Close(close))));
}

#[test]
fn sizes_are_those_of_the_reference_implementation() {
    let vectors = load(include_str!("vectors/messagepack_hub.json"));
    let none = Arguments::none(Protocol::MessagePack);
    let one = Payload::messagepack(&[1]).unwrap();
    let mut invocation = Invocation::new("Target", Arguments::messagepack(&[0x91, 1]).unwrap());
    invocation.invocation_id = Some("1".into());
    let mut with_stream = StreamInvocation::new("1", "target", none);
    with_stream.stream_ids.push("2".into());
    let error = Close {
        error: Some("error".into()),
        allow_reconnect: false,
    };
    let messages = [
        Message::Invocation(invocation),
        Message::Close(Close::default()),
        Message::Close(error),
        Message::StreamItem(StreamItem::new("1", Payload::messagepack(&[0xC0]).unwrap())),
        Message::StreamItem(StreamItem::new("1", one)),
        Message::Completion(Completion::new("1", Outcome::Void)),
        Message::Completion(Completion::new("1", Outcome::Result(one))),
        Message::Completion(Completion::new("1", Outcome::Error("error".into()))),
        Message::StreamInvocation(StreamInvocation::new("1", "target", none)),
        Message::StreamInvocation(with_stream),
    ];
    let sizes = cases(&vectors, "sizes");
    assert_eq!(messages.len(), sizes.len());
    for (message, case) in messages.iter().zip(sizes) {
        assert_eq!(
            encoded(message).len() as u64,
            case["bytes"].as_u64().unwrap(),
            "{case}"
        );
    }
}

#[test]
fn a_message_of_an_unknown_type_is_skipped() {
    assert_eq!(parse(&[0x92, 10, 0xC1]), Ok(None));
    assert_eq!(parse(&[0x91, 0xD1, 0x80, 0x00]), Ok(None));
}

#[test]
fn bytes_that_break_off_are_an_error() {
    let vectors = load(include_str!("vectors/messagepack_hub.json"));
    for case in cases(&vectors, "valid") {
        let wire = hex(case, "framedHex");
        let mut src = BytesMut::from(&*wire);
        let body = decoder(32_768)
            .decode(&mut src)
            .unwrap()
            .unwrap()
            .as_bytes()
            .to_vec();
        for len in 0..body.len() {
            let head = body.get(..len).unwrap();
            // Arguments and payloads that are missing fail only what they belong to.
            let unbound = |message: &Message<'_>| match message {
                Message::Invocation(message) => message.arguments.as_bytes().is_empty(),
                Message::StreamInvocation(message) => message.arguments.as_bytes().is_empty(),
                Message::StreamItem(message) => message.item.as_bytes().is_empty(),
                Message::Completion(message) => {
                    matches!(message.outcome, Outcome::Result(result) if result.as_bytes().is_empty())
                }
                _ => false,
            };
            match parse(head) {
                Err(MessageError::MessagePack(_)) => {}
                Ok(Some(message)) if unbound(&message) => {}
                other => panic!("{len} of {case}: {other:?}"),
            }
        }
    }
}

/// The item of a message that is one: empty where it is malformed.
fn item(bytes: &[u8]) -> &[u8] {
    match parse(bytes) {
        Ok(Some(Message::StreamItem(message))) => message.item.as_bytes(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn announced_lengths_cost_nothing() {
    for marker in [0xDD, 0xDF, 0xDB, 0xC6, 0xC9] {
        let bytes = [
            0x94, 2, 0x80, 0xA1, b'1', marker, 0xFF, 0xFF, 0xFF, 0xFF, 0xC0,
        ];
        assert!(item(&bytes).is_empty(), "{marker:x}");
    }
}

#[test]
fn nesting_is_limited_with_the_message_included() {
    let nested = |depth: usize| {
        let mut bytes = vec![0x94, 2, 0x80, 0xA1, b'1'];
        bytes.extend(std::iter::repeat_n(0x91, depth - 2));
        bytes.push(0x90);
        bytes
    };
    for depth in [MAX_DEPTH - 1, MAX_DEPTH] {
        assert_eq!(item(&nested(depth)).len(), depth - 1, "{depth}");
    }
    assert!(item(&nested(MAX_DEPTH + 1)).is_empty());
}

#[test]
fn what_a_caller_hands_in_is_one_value() {
    assert!(matches!(
        Payload::messagepack(&[1, 2]),
        Err(PayloadError::Malformed)
    ));
    assert!(matches!(
        Payload::messagepack(&[]),
        Err(PayloadError::Malformed)
    ));
    assert!(matches!(
        Payload::messagepack(&[0xC1]),
        Err(PayloadError::Malformed)
    ));
    assert!(matches!(
        Arguments::messagepack(&[0x80]),
        Err(PayloadError::Malformed)
    ));
    assert!(matches!(
        Arguments::messagepack(&[0x90, 0]),
        Err(PayloadError::Malformed)
    ));
}

#[test]
fn a_payload_stays_in_its_protocol() {
    let json = Message::StreamItem(StreamItem::new("1", Payload::json("1").unwrap()));
    let error = json.encode(Protocol::MessagePack, &mut BytesMut::new());
    let expected = (Protocol::Json, Protocol::MessagePack);
    assert!(
        matches!(error, Err(EncodeError::ProtocolMismatch { payload, message })
            if (payload, message) == expected),
        "{error:?}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn messages_are_read_back_as_they_were_written(
        headers in prop::collection::vec((".+", ".+"), 0..20),
        (id, target, error) in (".+", ".{1,300}", ".*"),
        stream_ids in prop::collection::vec(".+", 0..20),
        numbers in prop::collection::vec(any::<(i64, u64, f64)>(), 0..20),
        sequence_id in any::<i64>(),
    ) {
        let mut payload = BytesMut::new();
        StreamItem::new("1", Typed(&numbers)).encode(Protocol::MessagePack, &mut payload).unwrap();
        let record = decoder(usize::MAX).decode(&mut payload).unwrap().unwrap().as_bytes().to_vec();
        let Some(Message::StreamItem(item)) = parse(&record).unwrap() else { panic!() };
        prop_assert_eq!(item.item.to::<Vec<(i64, u64, f64)>>().unwrap(), numbers);

        let arguments = Arguments::messagepack(item.item.as_bytes()).unwrap();
        let mut invocation = Invocation::new(&*target, arguments);
        for (name, value) in &headers {
            invocation.headers.push(name, value);
        }
        invocation.stream_ids = stream_ids.into_iter().map(Into::into).collect();
        let mut stream = StreamInvocation::new(&*id, &*target, arguments);
        stream.headers = invocation.headers.clone();
        for message in [
            Message::Invocation(invocation),
            Message::StreamInvocation(stream),
            Message::StreamItem(item.clone()),
            Message::Completion(Completion::new(&*id, Outcome::Result(item.item))),
            Message::Completion(Completion::new(&*id, Outcome::Error(error.into()))),
            Message::Completion(Completion::new(&*id, Outcome::Void)),
            Message::Close(Close { error: Some((&*id).into()), allow_reconnect: true }),
            Message::Ping,
            Message::Ack { sequence_id },
            Message::Sequence { sequence_id },
        ] {
            let mut wire = encoded(&message);
            let record = decoder(wire.len()).decode(&mut wire).unwrap().unwrap().as_bytes().to_vec();
            prop_assert_eq!(parse(&record), Ok(Some(message)));
        }
    }
}
