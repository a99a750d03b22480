//! The limits: one below, at, and one above; told once; and what goes on after.

#[path = "support/seen.rs"]
mod seen;

use std::time::Duration;

use bytes::BytesMut;
use sse_codec::{DecodeError, Decoder, Event, EventRef, Item, Limits};

use seen::Seen;

fn decoder(max_line: usize, max_event: usize) -> Decoder {
    let mut limits = Limits::default();
    limits.max_line = max_line;
    limits.max_event = max_event;
    Decoder::new(limits)
}

/// Reads the stream whole and byte by byte, which must tell the same.
fn read(decoder: &Decoder, stream: &str) -> Vec<Seen> {
    let mut src = BytesMut::new();
    let whole = seen::decode(&mut decoder.clone(), &mut src, &[stream.as_bytes()]);
    let bytes: Vec<_> = stream.as_bytes().chunks(1).collect();
    let mut src = BytesMut::new();
    assert_eq!(
        seen::decode(&mut decoder.clone(), &mut src, &bytes),
        whole,
        "{stream:?}"
    );
    whole
}

fn event(data: &str) -> Seen {
    Seen::Event(EventRef::new(data).into_owned())
}

fn line_too_long(limit: usize) -> Seen {
    Seen::Error(DecodeError::LineTooLong { limit })
}

fn event_too_large(limit: usize) -> Seen {
    Seen::Error(DecodeError::EventTooLarge { limit })
}

#[test]
fn a_line_may_be_as_long_as_the_limit_and_not_longer() {
    let decoder = decoder(10, 100);
    assert_eq!(read(&decoder, "data: 123\n\n"), [event("123")]);
    assert_eq!(read(&decoder, "data: 1234\n\n"), [event("1234")]);
    assert_eq!(read(&decoder, "data: 12345\n\n"), [line_too_long(10)]);
    assert_eq!(read(&decoder, "retry: 100\n\n").len(), 1);
    assert_eq!(read(&decoder, "retry: 1000\n\n"), [line_too_long(10)]);
}

#[test]
fn an_event_may_be_as_large_as_the_limit_and_not_larger() {
    let decoder = decoder(100, 10);
    assert_eq!(read(&decoder, "data: 123456789\n\n"), [event("123456789")]);
    assert_eq!(
        read(&decoder, "data: 1234567890\n\n"),
        [event("1234567890")]
    );
    assert_eq!(
        read(&decoder, "data: 12345678901\n\n"),
        [event_too_large(10)]
    );
}

#[test]
fn the_line_feeds_between_data_lines_count() {
    let decoder = decoder(100, 10);
    assert_eq!(
        read(&decoder, "data:1234\ndata:12345\n\n"),
        [event("1234\n12345")]
    );
    assert_eq!(
        read(&decoder, "data:1234\ndata:123456\n\n"),
        [event_too_large(10)]
    );
    let empty = |lines: usize| "data\n".repeat(lines) + "\n";
    assert_eq!(read(&decoder, &empty(11)), [event("\n\n\n\n\n\n\n\n\n\n")]);
    assert_eq!(read(&decoder, &empty(12)), [event_too_large(10)]);
}

#[test]
fn event_type_and_id_count_once_each() {
    let decoder = decoder(100, 10);
    for fields in [
        "event: 123\nid: 123\n",
        "event: 12345\nevent: 123\nid: 12345\nid: 123\n",
    ] {
        let seen = read(&decoder, &format!("{fields}data: 1234\n\n"));
        assert!(matches!(seen.as_slice(), [Seen::Event(Event { data, .. })] if data == "1234"));
        assert_eq!(
            read(&decoder, &format!("{fields}data: 12345\n\n")),
            [event_too_large(10)]
        );
        assert_eq!(
            read(&decoder, &format!("data: 12345\n{fields}\n")),
            [event_too_large(10)]
        );
    }
}

#[test]
fn a_value_that_is_replaced_makes_room() {
    let decoder = decoder(100, 10);
    for name in ["event", "id"] {
        let stream = format!("{name}: 1234567890\n{name}: abcdefghij\ndata\n\n");
        let seen = read(&decoder, &stream);
        assert!(matches!(seen.as_slice(), [Seen::Event(_)]), "{seen:?}");
    }
}

#[test]
fn an_id_from_an_earlier_block_does_not_count() {
    let decoder = decoder(100, 10);
    let seen = read(&decoder, "id: 1234567890\n\ndata: 1234567890\n\n");
    assert!(
        matches!(&seen[1], Seen::Event(event) if event.data == "1234567890"),
        "{seen:?}"
    );
}

#[test]
fn the_limit_trips_before_the_line_ends() {
    let mut decoder = decoder(100, 10);
    let mut src = BytesMut::from("data: 1234567890");
    assert_eq!(decoder.decode(&mut src), Ok(None));
    src.extend_from_slice(b"1");
    assert_eq!(
        decoder.decode(&mut src),
        Err(DecodeError::EventTooLarge { limit: 10 })
    );
    assert_eq!(decoder.decode(&mut src), Ok(None));
    assert!(src.is_empty());
}

#[test]
fn an_overflow_is_told_once_and_decoding_goes_on_after_the_blank_line() {
    let decoder = decoder(20, 10);
    let stream = "data: before\n\n\
        data: 123456\ndata: 123456\ndata: 123456789012345678901234567890\nevent: x\nid: 9\n\n\
        data: after\n\n";
    assert_eq!(
        read(&decoder, stream),
        [event("before"), event_too_large(10), event("after")]
    );
}

#[test]
fn each_block_over_a_limit_is_told() {
    let decoder = decoder(20, 3);
    let stream = "data: 1234\n\ndata: 1234\n\ndata: 123\n\n";
    assert_eq!(
        read(&decoder, stream),
        [event_too_large(3), event_too_large(3), event("123")]
    );
}

#[test]
fn a_dropped_event_does_not_move_the_last_event_id() {
    let mut decoder = decoder(20, 10).with_last_event_id("1");
    let mut src = BytesMut::from("id: 2\ndata: 12345678901\n\ndata: x\n\n");
    decoder.decode(&mut src).unwrap_err();
    let Some(Item::Event(event)) = decoder.decode(&mut src).unwrap() else {
        panic!("the second event is small")
    };
    assert_eq!(event.last_event_id(), "1");
    assert_eq!(event.id(), None);
}

#[test]
fn retry_counts_in_a_block_over_a_limit() {
    let mut decoder = decoder(20, 10);
    let mut src = BytesMut::from("data: 12345678901\nretry: 5\n");
    decoder.decode(&mut src).unwrap_err();
    assert_eq!(decoder.decode(&mut src), Ok(None));
    assert_eq!(decoder.retry(), Some(Duration::from_millis(5)));
    src.extend_from_slice(b"\ndata: x\n\n");
    assert_eq!(
        decoder.decode(&mut src),
        Ok(Some(Item::Event(EventRef::new("x"))))
    );
}

#[test]
fn ignored_lines_have_no_limit_and_take_no_room() {
    let mut decoder = decoder(10, 10);
    let mut src = BytesMut::new();
    for name in [":", "ignored: ", "data ", "eventually", "retrying: "] {
        src.extend_from_slice(name.as_bytes());
        assert_eq!(decoder.decode(&mut src), Ok(None));
        assert!(src.is_empty(), "{name:?} can no longer become a field");
        for _ in 0..100 {
            src.extend_from_slice(&[b'x'; 100]);
            assert_eq!(decoder.decode(&mut src), Ok(None));
            assert!(src.is_empty());
        }
        src.extend_from_slice(b"\n");
    }
    src.extend_from_slice(b"data: x\n\n");
    assert_eq!(
        decoder.decode(&mut src),
        Ok(Some(Item::Event(EventRef::new("x"))))
    );
}

#[test]
fn what_looks_like_a_field_inside_an_ignored_line_is_not_one() {
    let stream = "ignored data: 12345678901\n: id: 12345678901\ndata: x\n\n";
    assert_eq!(read(&decoder(10, 10), stream), [event("x")]);
}

#[test]
fn a_comment_that_was_asked_for_has_the_limit_of_a_line() {
    let decoder = decoder(5, 1).with_comments();
    assert_eq!(
        read(&decoder, ":1234\n"),
        [Seen::Comment("1234".to_owned())]
    );
    assert_eq!(
        read(&decoder, ":12345\n:1\n"),
        [line_too_long(5), Seen::Comment("1".to_owned())]
    );
}

#[test]
fn whichever_limit_trips_first_is_told() {
    assert_eq!(read(&decoder(8, 1), "data: 123\n"), [event_too_large(1)]);
    assert_eq!(read(&decoder(8, 3), "data: 123\n"), [line_too_long(8)]);
    assert_eq!(read(&decoder(8, 2), "data: 123\n"), [line_too_long(8)]);
    assert_eq!(read(&decoder(0, 0), "data\n"), [line_too_long(0)]);
    assert_eq!(read(&decoder(4, 0), "data\ndata:\n"), [event_too_large(0)]);
    assert_eq!(
        read(&decoder(4, 0), "data\n\ndata\ndata\n"),
        [event(""), event_too_large(0)]
    );
}

#[test]
fn the_default_limits_are_those_of_the_documentation() {
    let limits = Limits::default();
    assert_eq!(limits.max_line, 1_048_576);
    assert_eq!(limits.max_event, 1_048_576);
}

#[test]
fn errors_say_the_limit() {
    let error = DecodeError::LineTooLong { limit: 7 };
    assert_eq!(error.to_string(), "line is longer than 7 bytes");
    let error = DecodeError::EventTooLarge { limit: 9 };
    assert_eq!(error.to_string(), "event is larger than 9 bytes");
}
