//! What the encoder writes, byte for byte, and what it refuses.

#![expect(clippy::unwrap_used, reason = "a failed call must fail the test")]

use std::{fmt::Write, time::Duration};

use bytes::BytesMut;
use sse_codec::{Control, Decoder, EncodeError, EventRef, EventWriter, Item, Limits};

fn wire(event: EventRef<'_>) -> BytesMut {
    let mut dst = BytesMut::new();
    event.encode(&mut dst).unwrap();
    assert_eq!(dst.len(), event.encoded_len());
    assert_eq!(event.to_bytes().unwrap(), dst);
    dst
}

fn control_wire(control: Control<'_>) -> BytesMut {
    let mut dst = BytesMut::new();
    control.encode(&mut dst).unwrap();
    assert_eq!(dst.len(), control.encoded_len());
    assert_eq!(control.to_bytes().unwrap(), dst);
    dst
}

#[test]
fn fields_come_in_a_fixed_order_with_one_space() {
    let event = EventRef::new("hello")
        .with_event("tick")
        .with_id("1")
        .with_retry(Duration::from_secs(2));
    assert_eq!(
        wire(event),
        "retry: 2000\nid: 1\nevent: tick\ndata: hello\n\n"
    );
}

#[test]
fn absent_fields_are_not_written_and_empty_ones_have_no_space() {
    assert_eq!(wire(EventRef::new("")), "data:\n\n");
    assert_eq!(
        wire(EventRef::new("").with_event("").with_id("")),
        "id:\nevent:\ndata:\n\n"
    );
}

#[test]
fn a_space_at_the_start_of_a_value_survives() {
    assert_eq!(
        wire(EventRef::new(" a\n b").with_id(" 1")),
        "id:  1\ndata:  a\ndata:  b\n\n"
    );
}

#[test]
fn data_is_cut_at_every_kind_of_line_break() {
    assert_eq!(
        wire(EventRef::new("a\nb\rc\r\nd")),
        "data: a\ndata: b\ndata: c\ndata: d\n\n"
    );
    assert_eq!(wire(EventRef::new("a\n")), "data: a\ndata:\n\n");
    assert_eq!(wire(EventRef::new("\n\r")), "data:\ndata:\ndata:\n\n");
    assert_eq!(
        wire(EventRef::new("\r\rdata: evil")),
        "data:\ndata:\ndata: data: evil\n\n"
    );
}

#[test]
fn a_line_break_in_event_type_or_id_is_refused() {
    for (text, at) in [("\n", 0), ("a\rdata: evil", 1), ("ab\r\n", 2)] {
        let event = EventRef::new("x").with_event(text);
        let mut dst = BytesMut::from("before");
        assert_eq!(
            event.encode(&mut dst),
            Err(EncodeError::LineBreakInEvent { at })
        );
        assert_eq!(event.to_bytes(), Err(EncodeError::LineBreakInEvent { at }));
        let event = EventRef::new("x").with_id(text);
        assert_eq!(
            event.encode(&mut dst),
            Err(EncodeError::LineBreakInId { at })
        );
        let control = Control::new().with_comment("x").with_id(text);
        assert_eq!(
            control.encode(&mut dst),
            Err(EncodeError::LineBreakInId { at })
        );
        assert_eq!(control.to_bytes(), Err(EncodeError::LineBreakInId { at }));
        assert_eq!(
            Item::Control(control).encode(&mut dst),
            Err(EncodeError::LineBreakInId { at })
        );
        assert_eq!(dst, "before");
    }
}

#[test]
fn errors_say_where() {
    let texts = [
        EncodeError::LineBreakInEvent { at: 1 }.to_string(),
        EncodeError::LineBreakInId { at: 2 }.to_string(),
        EncodeError::NulInId { at: 3 }.to_string(),
    ];
    assert_eq!(
        texts,
        [
            "event type has a line break at byte 1",
            "id has a line break at byte 2",
            "id has a NUL at byte 3"
        ]
    );
}

#[test]
fn retry_is_written_in_whole_milliseconds() {
    for (retry, expected) in [
        (Duration::ZERO, "retry: 0\n\n"),
        (Duration::from_micros(9_999), "retry: 9\n\n"),
        (Duration::from_millis(10), "retry: 10\n\n"),
        (Duration::from_secs(100), "retry: 100000\n\n"),
        (
            Duration::from_millis(1_234_567_890),
            "retry: 1234567890\n\n",
        ),
        (Duration::MAX, "retry: 18446744073709551615\n\n"),
    ] {
        assert_eq!(control_wire(Control::new().with_retry(retry)), expected);
    }
}

#[test]
fn a_control_block_has_comment_retry_and_id() {
    let control = Control::new();
    assert_eq!(control_wire(control), "\n");
    assert_eq!(
        control_wire(control.with_comment("keep-alive")),
        ": keep-alive\n\n"
    );
    assert_eq!(control_wire(control.with_comment("")), ":\n\n");
    assert_eq!(
        control_wire(
            control
                .with_comment("a\r\nb\r\n\rdata: c")
                .with_id("")
                .with_retry(Duration::ZERO)
        ),
        ": a\n: b\n:\n: data: c\nretry: 0\nid:\n\n"
    );
}

#[test]
fn a_decoded_item_is_written_as_it_was_read() {
    for text in [
        "retry: 5\nid: 1\nevent: a\ndata: b\ndata:\n\n",
        "id:\nevent:\ndata:\n\n",
        "retry: 5\nid: 1\n\n",
        "event: a\n\n",
        "retry: 5\nid:\nevent:\n\n",
        ":  two spaces\n\n",
        ":\n\n",
    ] {
        let mut decoder = Decoder::new(Limits::default()).with_comments();
        let mut src = BytesMut::from(text);
        let item = decoder.decode(&mut src).unwrap().unwrap();
        let mut dst = BytesMut::new();
        item.encode(&mut dst).unwrap();
        assert_eq!(dst, text);
        assert_eq!(item.encoded_len(), text.len());
    }
}

#[test]
fn an_owned_event_is_written_with_what_it_was_given() {
    let mut event = EventRef::new("a")
        .with_event("x")
        .with_retry(Duration::ZERO)
        .into_owned();
    assert_eq!(
        wire(EventRef::from(&event)),
        "retry: 0\nevent: x\ndata: a\n\n"
    );
    event.id = Some("1".to_owned());
    event.last_event_id = "0".to_owned();
    assert_eq!(EventRef::from(&event).last_event_id(), "1");
    assert_eq!(
        wire(EventRef::from(&event)),
        "retry: 0\nid: 1\nevent: x\ndata: a\n\n"
    );
}

#[test]
fn an_item_comment_with_line_breaks_stays_a_comment() {
    let mut dst = BytesMut::new();
    Item::Comment("a\ndata: b\r\rdata: c")
        .encode(&mut dst)
        .unwrap();
    assert_eq!(dst, ":a\n:data: b\n:\n:data: c\n\n");
}

#[test]
fn pieces_of_data_make_the_same_event_as_the_whole() {
    let data = "\r\n one\r\rtwo \u{1F642}\n\r\nthree\r\n";
    let whole = wire(EventRef::new(data).with_event("x"));
    let cuts: Vec<_> = data
        .char_indices()
        .map(|(at, _)| at)
        .chain([data.len()])
        .collect();
    for &first in &cuts {
        for &second in cuts.iter().filter(|second| **second >= first) {
            let (a, rest) = data.split_at(first);
            let (b, c) = rest.split_at(second - first);
            let mut dst = BytesMut::new();
            let mut writer =
                EventWriter::begin(&mut dst, EventRef::new(a).with_event("x")).unwrap();
            writer.push(b);
            writer.push("");
            writer.push(c);
            writer.finish();
            assert_eq!(dst, whole, "cut at {first} and {second}");
        }
    }
}

#[test]
fn an_event_that_is_not_finished_is_taken_back() {
    let mut dst = BytesMut::from("data: before\n\n");
    let mut writer = EventWriter::begin(&mut dst, EventRef::new("half").with_id("1")).unwrap();
    write!(writer, "\nan event {}", 1).unwrap();
    drop(writer);
    assert_eq!(dst, "data: before\n\n");
}

#[test]
fn a_writer_refuses_what_an_event_refuses() {
    let mut dst = BytesMut::from("before");
    let refused = EventWriter::begin(&mut dst, EventRef::new("x").with_event("\r"));
    assert_eq!(
        refused.unwrap_err(),
        EncodeError::LineBreakInEvent { at: 0 }
    );
    assert_eq!(dst, "before");
}
