//! One test for each sentence of the HTML Standard, section 9.2, that the codec obeys.

#[path = "support/seen.rs"]
mod seen;

use std::time::Duration;

use bytes::BytesMut;
use sse_codec::{Control, Decoder, EncodeError, Event, EventRef, Item, Limits};

use seen::Seen;

fn read(stream: &[u8]) -> Vec<Seen> {
    let mut decoder = Decoder::new(Limits::default());
    seen::decode(&mut decoder, &mut BytesMut::new(), &[stream])
}

fn events(stream: &[u8]) -> Vec<Event> {
    let seen = read(stream).into_iter();
    seen.filter_map(|seen| {
        if let Seen::Event(event) = seen {
            Some(event)
        } else {
            None
        }
    })
    .collect()
}

fn data(stream: &[u8]) -> Vec<String> {
    events(stream).into_iter().map(|event| event.data).collect()
}

fn retry(stream: &[u8]) -> Option<Duration> {
    let mut decoder = Decoder::new(Limits::default());
    seen::decode(&mut decoder, &mut BytesMut::new(), &[stream]);
    decoder.retry()
}

//= https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
//# Streams must be decoded using the UTF-8 decode algorithm.
#[test]
fn replaces_malformed_utf8_by_its_maximal_parts() {
    assert_eq!(data(b"data: a\xFFb\n\n"), ["a\u{FFFD}b"]);
    assert_eq!(data(b"data: \xE2\x80\n\n"), ["\u{FFFD}"]);
    assert_eq!(
        data(b"data: \xF0\x9F\x99x\ndata: \xC3\n\n"),
        ["\u{FFFD}x\n\u{FFFD}"]
    );
    assert_eq!(
        data(b"data: \xED\xA0\x80\n\n"),
        ["\u{FFFD}\u{FFFD}\u{FFFD}"]
    );
    let [event] = events(b"event: \xFF\nid: \xFE\ndata\n\n")
        .try_into()
        .unwrap();
    assert_eq!(event.event.as_deref(), Some("\u{FFFD}"));
    assert_eq!(event.last_event_id, "\u{FFFD}");
}

#[test]
fn replaces_malformed_utf8_in_long_values_too() {
    let long = "\u{E9}".repeat(500);
    let stream = [
        b"data: ",
        long.as_bytes(),
        b"\xFF\n\ndata: ",
        long.as_bytes(),
        b"\n\n",
    ]
    .concat();
    assert_eq!(data(&stream), [format!("{long}\u{FFFD}"), long]);
}

//= https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
//# The UTF-8 decode algorithm strips one leading UTF-8 Byte Order Mark (BOM), if any.
#[test]
fn strips_one_leading_byte_order_mark() {
    assert_eq!(data(b"\xEF\xBB\xBFdata: x\n\n"), ["x"]);
    assert_eq!(data(b"\xEF\xBB\xBF\xEF\xBB\xBFdata: x\n\n"), [""; 0]);
    assert_eq!(data(b"\n\xEF\xBB\xBFdata: x\n\n"), [""; 0]);
    assert_eq!(data(b"\xEF\xBBdata: x\ndata: y\n\n"), ["y"]);
}

#[test]
fn strips_the_byte_order_mark_of_each_connection() {
    let mut decoder = Decoder::new(Limits::default());
    let mut src = BytesMut::from("\u{FEFF}data: a\n\ndata: cut of");
    assert_eq!(
        decoder.decode(&mut src),
        Ok(Some(Item::Event(EventRef::new("a"))))
    );
    assert_eq!(decoder.decode(&mut src), Ok(None));
    assert!(decoder.finish(&mut src));
    src.extend_from_slice("\u{FEFF}data: b\n\n".as_bytes());
    assert_eq!(
        decoder.decode(&mut src),
        Ok(Some(Item::Event(EventRef::new("b"))))
    );
    assert!(!decoder.finish(&mut src));
}

//= https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
//# with a U+000D CARRIAGE RETURN U+000A LINE FEED (CRLF) character pair, a single U+000A LINE FEED
//# (LF) character not preceded by a U+000D CARRIAGE RETURN (CR) character, and a single U+000D
//# CARRIAGE RETURN (CR) character not followed by a U+000A LINE FEED (LF) character being the ways
//# in which a line can end.
#[test]
fn ends_lines_at_crlf_lf_and_cr_and_at_nothing_else() {
    assert_eq!(
        data(b"data: a\r\n\r\ndata: b\n\ndata: c\r\rdata: d\r\n\n"),
        ["a", "b", "c", "d"]
    );
    assert_eq!(data(b"data\r\ndata\n\r"), ["\n"]);
    let others = "data: a\u{B}\u{C}\u{85}\u{2028}\u{2029}\0b\n\n";
    assert_eq!(
        data(others.as_bytes()),
        ["a\u{B}\u{C}\u{85}\u{2028}\u{2029}\0b"]
    );
}

//= https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
//# If the line is empty (a blank line)
//# Dispatch the event, as defined below.
#[test]
fn a_line_of_blanks_is_not_a_blank_line() {
    assert_eq!(data(b"data: a\n \ndata: b\n\t\n\n"), ["a\nb"]);
}

//= https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
//# If the line starts with a U+003A COLON character (:)
//# Ignore the line.
#[test]
fn ignores_comments() {
    assert_eq!(data(b": data: x\n:\ndata: a\n:id: 1\n\n"), ["a"]);
    assert_eq!(read(b": x\n\n"), []);
}

#[test]
fn reports_comments_when_asked_to() {
    let mut decoder = Decoder::new(Limits::default()).with_comments();
    let mut src = BytesMut::from("data: a\n:\u{A0}\n: b \ndata: c\n\n");
    src.extend_from_slice(b":\xFF\n");
    let seen = seen::decode(&mut decoder, &mut src, &[b""]);
    let event = Seen::Event(EventRef::new("a\nc").into_owned());
    let comment = |text: &str| Seen::Comment(text.to_owned());
    assert_eq!(
        seen,
        [
            comment("\u{A0}"),
            comment(" b "),
            event,
            comment("\u{FFFD}")
        ]
    );
}

//= https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
//# Collect the characters on the line after the first U+003A COLON character (:), and let value be
//# that string. If value starts with a U+0020 SPACE character, remove it from value.
#[test]
fn removes_one_space_after_the_first_colon_and_nothing_else() {
    assert_eq!(
        data(b"data:a: b\ndata: a \ndata:  a\ndata:\ta\n\n"),
        ["a: b\na \n a\n\ta"]
    );
    assert_eq!(data("data:\u{A0}a\n\n".as_bytes()), ["\u{A0}a"]);
    assert_eq!(data(b"data: \n\n"), [""]);
}

//= https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
//# Process the field using the steps described below, using the whole line as the field name, and
//# the empty string as the field value.
#[test]
fn a_line_without_a_colon_is_a_field_with_an_empty_value() {
    let [event] = events(b"id: 1\nid\nevent: x\nevent\ndata\n\n")
        .try_into()
        .unwrap();
    assert_eq!(event.data, "");
    assert_eq!(event.event.as_deref(), Some(""));
    assert_eq!(event.id.as_deref(), Some(""));
}

//= https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
//# Field names must be compared literally, with no case folding performed.
#[test]
fn ignores_fields_of_other_names() {
    let stream =
        b"Data: a\n data: b\ndata : c\ndata\0: d\ndat: e\ndatax: f\ncomment: g\ndata: h\n\n";
    assert_eq!(data(stream), ["h"]);
}

//= https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
//# Set the event type buffer to the field value.
#[test]
fn the_last_event_type_wins_and_an_empty_one_is_message() {
    let [event] = events(b"event: a\nevent: b\ndata\n\n").try_into().unwrap();
    assert_eq!(EventRef::from(&event).event_type(), "b");
    let [event] = events(b"event: a\nevent:\ndata\n\n").try_into().unwrap();
    assert_eq!(EventRef::from(&event).event_type(), "message");
    assert_eq!(EventRef::from(&event).event(), Some(""));
    let [event] = events(b"data\n\n").try_into().unwrap();
    assert_eq!(EventRef::from(&event).event_type(), "message");
    assert_eq!(EventRef::from(&event).event(), None);
}

//= https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
//# Append the field value to the data buffer, then append a single U+000A LINE FEED (LF) character
//# to the data buffer.
#[test]
fn joins_data_lines_with_lf() {
    assert_eq!(data(b"data: a\nevent: x\ndata\ndata: b\n\n"), ["a\n\nb"]);
}

//= https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
//# If the field value does not contain U+0000 NULL, then set the last event ID buffer to the field
//# value. Otherwise, ignore the field.
#[test]
fn ignores_an_id_with_nul() {
    let [first, second] = events(b"id: 1\nid: 2\0\ndata\n\nid:\0\ndata\n\n")
        .try_into()
        .unwrap();
    assert_eq!(
        (first.id.as_deref(), first.last_event_id.as_str()),
        (Some("1"), "1")
    );
    assert_eq!(
        (second.id.as_deref(), second.last_event_id.as_str()),
        (None, "1")
    );
}

//= https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
//# If the field value consists of only ASCII digits, then interpret the field value as an integer
//# in base ten, and set the event stream's reconnection time to that integer. Otherwise, ignore the
//# field.
#[test]
fn takes_a_retry_of_ascii_digits_only() {
    let millis = |millis| Some(Duration::from_millis(millis));
    assert_eq!(retry(b"retry: 2000\n"), millis(2000));
    assert_eq!(retry(b"retry:03000\n"), millis(3000));
    assert_eq!(
        retry(b"retry: 0000000000000000000000000000000000000007\n"),
        millis(7)
    );
    assert_eq!(retry(b"retry: 18446744073709551615\n"), millis(u64::MAX));
    assert_eq!(retry(b"retry: 18446744073709551616\n"), millis(u64::MAX));
    assert_eq!(retry(b"retry: 200000000000000000000\n"), millis(u64::MAX));
    for other in [
        "", "+5", "-5", "5 ", " 5", "5s", "1.5", "1e3", "\u{0665}", "0x10",
    ] {
        assert_eq!(
            retry(format!("retry: {other}\n").as_bytes()),
            None,
            "{other:?}"
        );
    }
}

#[test]
fn a_retry_that_is_ignored_keeps_the_one_before() {
    assert_eq!(
        retry(b"retry: 5\nretry: x\nretry\n"),
        Some(Duration::from_millis(5))
    );
}

//= https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
//# Once the end of the file is reached, any pending data must be discarded.
#[test]
fn discards_an_unfinished_block_but_keeps_its_retry() {
    let mut decoder = Decoder::new(Limits::default()).with_last_event_id("1");
    let mut src = BytesMut::from("id: 2\nretry: 5\ndata: x\n");
    assert_eq!(decoder.decode(&mut src), Ok(None));
    assert!(decoder.finish(&mut src));
    assert_eq!(decoder.last_event_id(), "1");
    assert_eq!(decoder.retry(), Some(Duration::from_millis(5)));

    src.extend_from_slice(b"\ndata: y\n\n");
    let Some(Item::Event(event)) = decoder.decode(&mut src).unwrap() else {
        panic!("the new stream has an event")
    };
    assert_eq!(
        (event.data(), event.last_event_id(), event.id()),
        ("y", "1", None)
    );
}

#[test]
fn says_whether_the_end_cut_something_off() {
    for (stream, cut) in [
        ("", false),
        ("\u{FEFF}", false),
        ("data: x\n\n", false),
        ("data: x\r\r", false),
        (": comment\n", false),
        ("data: x\n", true),
        ("event: x\n", true),
        ("data", true),
        ("ignored", true),
    ] {
        let mut decoder = Decoder::new(Limits::default());
        let mut src = BytesMut::new();
        seen::decode(&mut decoder, &mut src, &[stream.as_bytes()]);
        assert_eq!(decoder.finish(&mut src), cut, "{stream:?}");
        assert!(src.is_empty());
    }
}

//= https://html.spec.whatwg.org/multipage/server-sent-events.html#dispatchMessage
//# Set the last event ID string of the event source to the value of the last event ID buffer.
#[test]
fn moves_the_last_event_id_at_every_blank_line() {
    let mut decoder = Decoder::new(Limits::default());
    let mut src = BytesMut::from("id: 1\n");
    assert_eq!(decoder.decode(&mut src), Ok(None));
    assert_eq!(decoder.last_event_id(), "");
    src.extend_from_slice(b"\n");
    let control = Control::new().with_id("1");
    assert_eq!(decoder.decode(&mut src), Ok(Some(Item::Control(control))));
    assert_eq!(decoder.last_event_id(), "1");
    src.extend_from_slice(b"data\n\n");
    let Some(Item::Event(event)) = decoder.decode(&mut src).unwrap() else {
        panic!("a data line makes an event")
    };
    assert_eq!((event.last_event_id(), event.id()), ("1", None));
}

//= https://html.spec.whatwg.org/multipage/server-sent-events.html#dispatchMessage
//# If the data buffer is an empty string, set the data buffer and the event type buffer to the empty
//# string and return.
#[test]
fn dispatches_nothing_without_data() {
    assert_eq!(read(b"\n\n\n: x\n\nunknown: x\n\nid: \0\n\n"), []);
    assert_eq!(data(b"event: x\n\nid: 1\n\nretry: 1\n\n"), [""; 0]);
    let [event] = events(b"event: x\n\ndata\n\n").try_into().unwrap();
    assert_eq!(
        event.event, None,
        "the event type does not last beyond its block"
    );
}

#[test]
fn reports_the_fields_of_a_block_without_data() {
    let control = |millis: Option<u64>, id: Option<&str>, event: Option<&str>| Seen::Control {
        retry: millis.map(Duration::from_millis),
        id: id.map(str::to_owned),
        event: event.map(str::to_owned),
    };
    assert_eq!(
        read(b"retry: 5\n\nid: 1\n\nevent: x\n\nid\nretry: 6\nevent\n\nretry: x\n\n"),
        [
            control(Some(5), None, None),
            control(None, Some("1"), None),
            control(None, None, Some("x")),
            control(Some(6), Some(""), Some("")),
        ]
    );
}

//= https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
//# If the field value does not contain U+0000 NULL, then set the last event ID buffer to the field
//# value. Otherwise, ignore the field.
#[test]
fn encoder_rejects_an_id_that_would_be_ignored() {
    let mut dst = BytesMut::new();
    let id = "1\0";
    assert_eq!(
        EventRef::new("").with_id(id).encode(&mut dst),
        Err(EncodeError::NulInId { at: 1 })
    );
    assert_eq!(
        Control::new().with_id(id).encode(&mut dst),
        Err(EncodeError::NulInId { at: 1 })
    );
    assert!(dst.is_empty());
}
