//! Values that are passed on as they came.
#![cfg(feature = "values")]

use signalr_protocol::{Any, Payload, Protocol, StreamItem, Typed};

fn sent(value: &Any, protocol: Protocol) -> Option<Vec<u8>> {
    let mut dst = bytes::BytesMut::new();
    let item = StreamItem::new("1", Typed(value));
    item.encode(protocol, &mut dst).ok()?;
    let (start, end) = match protocol {
        Protocol::Json => (r#"{"type":2,"invocationId":"1","item":"#.len(), 2),
        // Behind the length and `[2, {}, "1"`.
        _ => (6, 0),
    };
    Some(dst.get(start..dst.len() - end)?.to_vec())
}

fn json(text: &str) -> Any {
    Payload::json(text)
        .expect("a value")
        .to()
        .expect("any value")
}

#[test]
fn json_keeps_order_and_digits() {
    for text in [
        r#"{"b":1,"a":2,"b":3}"#,
        "31.245270191439438",
        "1e400",
        "123456789012345678901234567890",
        r#"[null,{"\u0041":[ -0.0, "\ud800" ]}]"#,
    ] {
        let value = json(text);
        assert_eq!(sent(&value, Protocol::Json), Some(text.into()), "{text}");
        let nested = serde_json::from_str::<Vec<Any>>(&format!("[ {text} ]"));
        let again = serde_json::to_string(&nested.expect("a list"));
        assert_eq!(again.expect("a list"), format!("[{text}]"));
    }
    assert_eq!(json("[1,2]").to::<Vec<i32>>().expect("numbers"), [1, 2]);
    assert!(json("[1,2]").to::<String>().is_err());
}

#[cfg(feature = "messagepack")]
mod in_messagepack {
    use super::*;

    fn messagepack(bytes: &[u8]) -> Any {
        let payload = Payload::messagepack(bytes).expect("a value");
        payload.to().expect("any value")
    }

    #[test]
    fn keeps_its_bytes() {
        for bytes in [
            b"\xC4\x03\x01\x02\x03".as_slice(),
            b"\xD6\xFF\x00\x00\x00\x01",
            b"\xD4\x05\x07",
            b"\xCB\x7F\xF8\x00\x00\x00\x00\x00\x00",
            // A number in a form that is longer than need be.
            b"\xD3\x00\x00\x00\x00\x00\x00\x00\x01",
            b"\x82\x01\x91\xC0\x91\x02\xC3",
        ] {
            let value = messagepack(bytes);
            assert_eq!(sent(&value, Protocol::MessagePack), Some(bytes.into()));
            let list = Payload::messagepack(&[b"\x92\x01", bytes].concat())
                .expect("a list")
                .to::<(u8, Any)>();
            let (_, value) = list.expect("a list");
            assert_eq!(sent(&value, Protocol::MessagePack), Some(bytes.into()));
        }
        assert_eq!(
            messagepack(b"\x92\x01\x02")
                .to::<[i32; 2]>()
                .expect("numbers"),
            [1, 2]
        );
    }

    #[test]
    fn becomes_json() {
        for (bytes, text) in [
            (b"\xC4\x03\x01\x02\x03".as_slice(), r#""AQID""#),
            (b"\xD6\xFF\x00\x00\x00\x01", r#""1970-01-01T00:00:01Z""#),
            (
                b"\x83\x01\xC0\xFF\xC2\xC3\xA1x",
                r#"{"1":null,"-1":false,"true":"x"}"#,
            ),
            (
                b"\x91\x92\xCA\x3D\xCC\xCC\xCD\xCB\x7F\xF8\x00\x00\x00\x00\x00\x00",
                "[[0.1,null]]",
            ),
        ] {
            let value = messagepack(bytes);
            assert_eq!(sent(&value, Protocol::Json), Some(text.into()), "{text}");
        }
        for bytes in [
            b"\xD4\x05\x07".as_slice(),
            b"\x81\x90\x01",
            b"\x81\xC0\x01",
            b"\xD4\xFF\x00",
        ] {
            let value = messagepack(bytes);
            assert_eq!(sent(&value, Protocol::Json), None, "{bytes:?}");
        }
    }

    #[test]
    fn is_made_of_json() {
        for (text, bytes) in [
            (
                r#"{ "b" : [1, -1, 2.5], "a" : "\u0041" }"#,
                b"\x82\xA1b\x93\x01\xFF\xCB\x40\x04\x00\x00\x00\x00\x00\x00\xA1a\xA1A".as_slice(),
            ),
            ("[null,true,{}]", b"\x93\xC0\xC3\x80"),
        ] {
            assert_eq!(
                sent(&json(text), Protocol::MessagePack),
                Some(bytes.into()),
                "{text}"
            );
        }
        for text in ["1e400", r#""\ud800""#] {
            assert_eq!(sent(&json(text), Protocol::MessagePack), None, "{text}");
        }
    }
}
