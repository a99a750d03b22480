//! Rust values as MessagePack payloads.
#![cfg(feature = "messagepack")]

use bytes::BytesMut;
use serde::{Deserialize, Serialize};
use serde_json::json;
use signalr_protocol::{
    Decoder, EncodeError, Invocation, Limits, Message, Payload, PayloadError, Protocol, StreamItem,
    Typed, ValueError,
};

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
    let mut limits = Limits::default();
    limits.max_record = usize::MAX;
    let mut decoder = Decoder::new(limits);
    decoder.set_protocol(Protocol::MessagePack);
    let record = decoder.decode(&mut dst).unwrap().unwrap();
    let Some(Message::Invocation(message)) = Message::parse(&record).unwrap() else {
        panic!("not an invocation: {record:?}");
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
