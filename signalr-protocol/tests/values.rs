//! Values that the two protocols write in different ways.
#![cfg(feature = "values")]

use serde::{Deserialize, Serialize};
use signalr_protocol::{Binary, Payload, Timestamp};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Both {
    bytes: Binary,
    moments: Vec<Option<Timestamp>>,
}

fn moment(text: &str) -> Timestamp {
    text.parse().unwrap_or_else(|_| panic!("{text}"))
}

#[test]
fn are_text_in_json() {
    let both = Both {
        bytes: Binary(vec![1, 2, 3, 0xFF]),
        moments: vec![None, Some(moment("2000-01-01T00:00:00.1230000Z"))],
    };
    let json = serde_json::to_string(&both).expect("both are text");
    assert_eq!(
        json,
        r#"{"bytes":"AQID/w==","moments":[null,"2000-01-01T00:00:00.123Z"]}"#
    );
    let payload = Payload::json(&json).expect("what was written");
    assert_eq!(payload.to::<Both>().expect("what was written"), both);
    // Text with escapes has to be copied first.
    let escaped = Payload::json(r#""AQ\u0049D""#).expect("a text");
    assert_eq!(
        escaped.to::<Binary>().expect("base64"),
        Binary(vec![1, 2, 3])
    );
    for wrong in [r#""AQI""#, r#""%%%%""#, "[1,2]", "null"] {
        let payload = Payload::json(wrong).expect("a value");
        assert!(payload.to::<Binary>().is_err(), "{wrong}");
        assert!(payload.to::<Timestamp>().is_err(), "{wrong}");
    }
}

#[test]
fn moments_are_read_in_every_spelling() {
    for (text, seconds, nanos) in [
        ("1970-01-01T00:00:00Z", 0, 0),
        ("1970-01-01T00:00:00", 0, 0),
        ("1969-12-31T23:59:59.5Z", -1, 500_000_000),
        ("2000-02-29T12:00:00.0000001+02:30", 951_816_600, 100),
        ("2000-02-29T12:00:00-02:30", 951_834_600, 0),
        ("2000-01-01T00:00:00.1234567891Z", 946_684_800, 123_456_789),
        ("0001-01-01T00:00:00Z", -62_135_596_800, 0),
        ("9999-12-31T23:59:59Z", 253_402_300_799, 0),
    ] {
        let read = moment(text);
        assert_eq!((read.seconds(), read.nanos()), (seconds, nanos), "{text}");
        assert_eq!(moment(&read.to_string()), read, "{text}");
        assert_eq!(Timestamp::new(seconds, nanos), Some(read));
    }
    for text in [
        "",
        "2000-01-01",
        "2000-13-01T00:00:00Z",
        "2000-00-01T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2000-01-01T24:00:00Z",
        "2000-01-01T00:60:00Z",
        "2000-01-01T00:00:00.Z",
        "2000-01-01T00:00:00z",
        "2000-01-01T00:00:00+1:00",
        "2000-01-01T00:00:00+24:00",
        "2000-01-01T00:00:00Z ",
        "+200-01-01T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:59-00:01",
    ] {
        assert!(text.parse::<Timestamp>().is_err(), "{text}");
    }
    assert_eq!(Timestamp::new(0, 1_000_000_000), None);
    assert_eq!(Timestamp::new(253_402_300_800, 0), None);
}

#[test]
fn every_day_of_four_centuries_is_read_back() {
    for day in 0..146_097_i64 {
        let moment = Timestamp::new(day * 86_400, 0).expect("a day of this age");
        assert_eq!(moment.to_string().parse(), Ok(moment));
    }
}

#[cfg(feature = "messagepack")]
mod in_messagepack {
    use bytes::BytesMut;
    use signalr_protocol::{Protocol, StreamItem, Typed};

    use super::*;

    /// The value as it stands in a stream item.
    fn written<T: Serialize>(value: &T) -> Vec<u8> {
        let mut dst = BytesMut::new();
        let item = StreamItem::new("1", Typed(value));
        item.encode(Protocol::MessagePack, &mut dst)
            .expect("a value");
        // Behind the length and `[2, {}, "1"`.
        dst.get(6..).expect("a value").to_vec()
    }

    #[track_caller]
    fn goes<T>(value: &T, bytes: &[u8])
    where
        T: Serialize + for<'a> Deserialize<'a> + PartialEq + std::fmt::Debug,
    {
        assert_eq!(written(value), bytes);
        let payload = Payload::messagepack(bytes).expect("what was written");
        assert_eq!(&payload.to::<T>().expect("what was written"), value);
    }

    #[test]
    fn bytes_are_binary() {
        goes(&Binary(vec![1, 2, 3]), b"\xC4\x03\x01\x02\x03");
        let both = Both {
            bytes: Binary(vec![]),
            moments: vec![Some(moment("1970-01-01T00:00:01Z")), None],
        };
        goes(
            &both,
            b"\x82\xA5bytes\xC4\x00\xA7moments\x92\xD6\xFF\x00\x00\x00\x01\xC0",
        );
    }

    #[test]
    fn moments_are_the_shortest_extension_that_holds_them() {
        goes(&moment("1970-01-01T00:00:01Z"), b"\xD6\xFF\x00\x00\x00\x01");
        goes(
            &moment("2106-02-07T06:28:16Z"),
            b"\xD7\xFF\x00\x00\x00\x01\x00\x00\x00\x00",
        );
        goes(
            &moment("1970-01-01T00:00:01.000000001Z"),
            b"\xD7\xFF\x00\x00\x00\x04\x00\x00\x00\x01",
        );
        goes(
            &moment("1969-12-31T23:59:59.000000002Z"),
            b"\xC7\x0C\xFF\x00\x00\x00\x02\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF",
        );
    }

    #[test]
    fn nothing_else_is_taken_for_one() {
        for bytes in [
            b"\xD6\x01\x00\x00\x00\x01".as_slice(),
            b"\xD5\xFF\x00\x01",
            b"\xC4\x04\x00\x00\x00\x01",
            b"\xB41970-01-01T00:00:01Z",
            b"\x01",
        ] {
            let payload = Payload::messagepack(bytes).expect("a value");
            assert!(payload.to::<Timestamp>().is_err(), "{bytes:?}");
        }
        for bytes in [
            b"\xD6\xFF\x00\x00\x00\x01".as_slice(),
            b"\xA4AQID",
            b"\x91\x01",
        ] {
            let payload = Payload::messagepack(bytes).expect("a value");
            assert!(payload.to::<Binary>().is_err(), "{bytes:?}");
        }
    }
}
