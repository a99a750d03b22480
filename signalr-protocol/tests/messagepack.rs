//! The MessagePack protocol against the vectors of ASP.NET Core and its TypeScript client.
#![cfg(feature = "messagepack")]
#![expect(clippy::unwrap_used, reason = "vectors have a known shape")]

mod view;

use bytes::BytesMut;
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use signalr_protocol::{
    Arguments, Close, Completion, DecodeError, Decoder, EncodeError, Invocation, Limits, MAX_DEPTH,
    Message, MessageError, MessagePackError, Outcome, Payload, PayloadError, Protocol, Record,
    StreamInvocation, StreamItem, Typed, ValueError,
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
fn binary_framing_yields_the_messages() {
    let vectors = load(include_str!("vectors/framing.json"));
    for case in cases(&vectors, "binary_valid") {
        let mut src = BytesMut::from(&*hex(case, "hex"));
        let mut decoder = decoder(32_768);
        for expected in case["messages"].as_array().unwrap() {
            let expected = hex(&json!({ "hex": expected }), "hex");
            let record = decoder.decode(&mut src).unwrap().unwrap();
            assert_eq!(record.as_bytes(), expected, "{case}");
        }
        assert_eq!(decoder.decode(&mut src), Ok(None), "{case}");
        assert_eq!(decoder.finish(&src), Ok(()), "{case}");
    }
    for case in cases(&vectors, "binary_incomplete") {
        let mut src = BytesMut::from(&*hex(case, "hex"));
        assert_eq!(decoder(usize::MAX).decode(&mut src), Ok(None), "{case}");
    }
    for case in cases(&vectors, "binary_error") {
        let mut src = BytesMut::from(&*hex(case, "hex"));
        let mut decoder = decoder(usize::MAX);
        let error = decoder.decode(&mut src).unwrap_err();
        assert_eq!(error.to_string(), case["error"], "{case}");
        assert_eq!(decoder.decode(&mut src), Err(error), "{case}");
    }
}

#[test]
fn records_of_every_prefix_length_are_read_back_byte_by_byte() {
    let vectors = load(include_str!("vectors/framing.json"));
    for size in cases(&vectors, "binary_roundtrip_sizes") {
        let body = vec![0x1E; usize::try_from(size.as_u64().unwrap()).unwrap()];
        let record = Record::new(Protocol::MessagePack, &body);
        let mut wire = BytesMut::new();
        record.encode(&mut wire).unwrap();
        assert_eq!(wire.len(), record.encoded_len());

        let mut decoder = decoder(wire.len());
        let mut src = BytesMut::new();
        for (index, byte) in wire.iter().enumerate() {
            src.extend_from_slice(&[*byte]);
            let record = decoder.decode(&mut src).unwrap();
            assert_eq!(record.is_some(), index + 1 == wire.len(), "{size} {index}");
        }
        assert_eq!(decoder.finish(&src), Ok(()));
    }
}

#[test]
fn a_record_is_limited_with_its_prefix() {
    let mut wire = BytesMut::new();
    Record::new(Protocol::MessagePack, &[0xC0; 200])
        .encode(&mut wire)
        .unwrap();
    assert_eq!(wire.len(), 202);
    let mut src = wire.clone();
    assert_eq!(
        decoder(202).decode(&mut src).unwrap().unwrap().as_bytes(),
        [0xC0; 200]
    );
    // The prefix alone tells.
    let mut src = BytesMut::from(&b"\xC8\x01"[..]);
    let error = DecodeError::RecordTooLarge { limit: 201 };
    assert_eq!(decoder(201).decode(&mut src), Err(error));
    let mut src = BytesMut::from(&b"\x80"[..]);
    assert_eq!(
        decoder(1).decode(&mut src),
        Err(DecodeError::RecordTooLarge { limit: 1 })
    );
}

#[test]
fn the_framing_changes_behind_the_handshake() {
    let mut src = BytesMut::from(&b"{}\x1e\x02\x91\x06\x02\x91\x06"[..]);
    let mut decoder = Decoder::new(Limits::default());
    assert_eq!(decoder.decode(&mut src).unwrap().unwrap().as_bytes(), b"{}");
    decoder.set_protocol(Protocol::MessagePack);
    for _ in 0..2 {
        let record = decoder.decode(&mut src).unwrap().unwrap();
        assert_eq!(record.protocol(), Protocol::MessagePack);
        assert_eq!(Message::parse(&record), Ok(Some(Message::Ping)));
    }
    assert_eq!(decoder.decode(&mut src), Ok(None));
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
            // Arguments that are missing fail the invocation only.
            let unbound = |message: &Message<'_>| match message {
                Message::Invocation(message) => message.arguments.as_bytes().is_empty(),
                Message::StreamInvocation(message) => message.arguments.as_bytes().is_empty(),
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

#[test]
fn announced_lengths_cost_nothing() {
    for marker in [0xDD, 0xDF, 0xDB, 0xC6, 0xC9] {
        let bytes = [
            0x94, 2, 0x80, 0xA1, b'1', marker, 0xFF, 0xFF, 0xFF, 0xFF, 0xC0,
        ];
        let malformed = MessageError::MessagePack(MessagePackError::Malformed);
        assert_eq!(parse(&bytes), Err(malformed), "{marker:x}");
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
        assert!(
            matches!(parse(&nested(depth)), Ok(Some(Message::StreamItem(_)))),
            "{depth}"
        );
    }
    let malformed = MessageError::MessagePack(MessagePackError::Malformed);
    assert_eq!(parse(&nested(MAX_DEPTH + 1)), Err(malformed));
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

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Shape {
    Empty,
    Circle(f64),
    Box(u8, u16),
    Text { lines: Vec<String> },
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Everything<'a> {
    name: &'a str,
    flag: bool,
    nothing: Option<u8>,
    something: Option<i8>,
    numbers: (i8, i16, i32, i64, u8, u16, u32, u64),
    floats: (f32, f64),
    letter: char,
    shapes: Vec<Shape>,
    unit: (),
}

#[test]
fn typed_values_are_read_back() {
    let value = Everything {
        name: "na\u{ef}ve",
        flag: true,
        nothing: None,
        something: Some(-33),
        numbers: (
            -128,
            -32_768,
            i32::MIN,
            i64::MIN,
            255,
            65_535,
            u32::MAX,
            u64::MAX,
        ),
        floats: (1.5, -0.1),
        letter: '\u{1f600}',
        shapes: vec![
            Shape::Empty,
            Shape::Circle(2.0),
            Shape::Box(1, 2),
            Shape::Text {
                lines: vec!["x".repeat(300), "y".repeat(70_000)],
            },
        ],
        unit: (),
    };
    let mut dst = BytesMut::new();
    let arguments = (&value, [1, 2]);
    Invocation::new("t", Typed(&arguments))
        .encode(Protocol::MessagePack, &mut dst)
        .unwrap();
    let record = decoder(usize::MAX)
        .decode(&mut dst)
        .unwrap()
        .unwrap()
        .as_bytes()
        .to_vec();
    let Some(Message::Invocation(message)) = parse(&record).unwrap() else {
        panic!()
    };
    let mut binding = message.arguments.bind(2).unwrap();
    assert_eq!(binding.take::<Everything<'_>>().unwrap(), value);
    assert_eq!(binding.take::<Vec<u8>>().unwrap(), [1, 2]);
}

#[test]
fn typed_values_have_the_shapes_that_official_clients_expect() {
    let mut dst = BytesMut::new();
    let item = json!({"A": [1, -1, null, true], "b": "x"});
    StreamItem::new("1", Typed(&item))
        .encode(Protocol::MessagePack, &mut dst)
        .unwrap();
    let expected = b"\x11\x94\x02\x80\xA1\x31\x82\xA1A\x94\x01\xFF\xC0\xC3\xA1b\xA1x";
    assert_eq!(dst, expected[..]);

    dst.clear();
    Invocation::new("t", Typed(&()))
        .encode(Protocol::MessagePack, &mut dst)
        .unwrap();
    assert_eq!(dst, b"\x08\x96\x01\x80\xC0\xA1t\x90\x90"[..]);
    let error = Invocation::new("t", Typed(&1)).encode(Protocol::MessagePack, &mut dst);
    assert!(
        matches!(error, Err(EncodeError::ArgumentsNotArray)),
        "{error:?}"
    );
}

#[test]
fn a_value_of_another_type_says_why() {
    let text = Payload::messagepack(b"\xA1x").unwrap();
    let error = text.to::<i32>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "invalid type: string \"x\", expected i32"
    );
    let pair = Payload::messagepack(&[0x92, 1, 2]).unwrap();
    let error = pair.to::<(u8,)>().unwrap_err();
    assert!(
        matches!(error, PayloadError::MessagePackType(ValueError::Length)),
        "{error:?}"
    );
    let bytes = Payload::messagepack(&[0xC4, 2, 1, 2]).unwrap();
    assert_eq!(bytes.to::<&[u8]>().unwrap(), [1, 2]);
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
