//! How a stream is cut changes nothing, and nothing waits for a byte that it does not need.

#[path = "support/oracle.rs"]
mod oracle;
#[path = "support/seen.rs"]
mod seen;

use bytes::BytesMut;
use proptest::prelude::*;
use sse_codec::{Decoder, EventRef, Item, Limits};

use oracle::EventSource;
use seen::Seen;

/// One of everything, with every kind of line end, a character of four bytes and malformed UTF-8.
const STREAM: &[u8] = b"\xEF\xBB\xBF: hi\r\nretry: 10\nid: 1\r\revent: tick\ndata: a\r\ndata\r\n\
    ignored: \xF0\x9F\x99\x82\ndata:\xF0\x9F\x99\x82\xF0\x9F\rid:\n\n:\r\n\r\ndata: end\r\r\n";

fn read(chunks: &[&[u8]]) -> (Vec<Seen>, Decoder) {
    let mut decoder = Decoder::new(Limits::default()).with_comments();
    let mut src = BytesMut::new();
    let seen = seen::decode(&mut decoder, &mut src, chunks);
    decoder.finish(&mut src);
    (seen, decoder)
}

#[test]
fn the_stream_of_these_tests_has_one_of_everything() {
    let mut first = Decoder::new(Limits::default()).with_comments();
    let mut src = BytesMut::from(STREAM);
    assert_eq!(first.decode(&mut src), Ok(Some(Item::Comment(" hi"))));
    let Some(Item::Control(control)) = first.decode(&mut src).unwrap() else {
        panic!("the first block has no data")
    };
    assert_eq!(control.id(), Some("1"));
    let Some(Item::Event(event)) = first.decode(&mut src).unwrap() else {
        panic!("the second block has data")
    };
    assert_eq!(event.event_type(), "tick");
    assert_eq!(event.data(), "a\n\n\u{1F642}\u{FFFD}");
    assert_eq!(event.id(), Some(""));
    assert_eq!(first.decode(&mut src), Ok(Some(Item::Comment(""))));
    let Some(Item::Event(event)) = first.decode(&mut src).unwrap() else {
        panic!("the last block has data")
    };
    assert_eq!(event, EventRef::new("end"));
    assert_eq!(first.decode(&mut src), Ok(None));
}

#[test]
fn every_cut_into_two_or_three_tells_the_same() {
    let (whole, _) = read(&[STREAM]);
    for first in 0..=STREAM.len() {
        for second in first..=STREAM.len() {
            let (a, rest) = STREAM.split_at(first);
            let (b, c) = rest.split_at(second - first);
            assert_eq!(
                read(&[a, b, &[], c]).0,
                whole,
                "cut at {first} and {second}"
            );
        }
    }
}

#[test]
fn byte_by_byte_tells_the_same() {
    let chunks: Vec<_> = STREAM.chunks(1).collect();
    assert_eq!(read(&chunks).0, read(&[STREAM]).0);
}

#[test]
fn every_beginning_tells_what_is_complete_in_it() {
    for len in 0..=STREAM.len() {
        let (start, _) = STREAM.split_at(len);
        assert_eq!(
            read(&[start]).0,
            EventSource::read(start).seen,
            "the first {len} bytes"
        );
    }
}

#[test]
fn a_line_of_any_length_ends_at_its_first_line_end() {
    // Bytes that are one bit or one step away from CR and LF.
    let filler = "\u{B}\u{C}\u{E}\t\u{8A}\u{8D}*-".repeat(10);
    for start in ["data: ", "data", "id: ", ":", "x", ""] {
        for (len, _) in filler.char_indices() {
            let (filler, _) = filler.split_at(len);
            for end in ["\n", "\r", "\r\n"] {
                let stream = format!("{start}{filler}{end}data: next{end}{end}");
                let expected = EventSource::read(stream.as_bytes()).seen;
                assert_eq!(read(&[stream.as_bytes()]).0, expected, "{stream:?}");
                let chunks: Vec<_> = stream.as_bytes().chunks(17).collect();
                assert_eq!(read(&chunks).0, expected, "{stream:?}");
            }
        }
    }
}

#[test]
fn cr_ends_its_line_without_waiting_for_lf() {
    let mut decoder = Decoder::new(Limits::default());
    let mut src = BytesMut::from("data: now\r\r");
    let Some(Item::Event(event)) = decoder.decode(&mut src).unwrap() else {
        panic!("the second CR is a blank line")
    };
    assert_eq!(event.data(), "now");
    assert_eq!(decoder.decode(&mut src), Ok(None));

    // The LF after an empty chunk still belongs to that CR, so it is not another blank line.
    src.extend_from_slice(b"");
    assert_eq!(decoder.decode(&mut src), Ok(None));
    src.extend_from_slice(b"\ndata: next\n\n");
    assert_eq!(
        decoder.decode(&mut src),
        Ok(Some(Item::Event(EventRef::new("next"))))
    );
}

#[test]
fn an_item_leaves_the_buffer_with_the_next_call() {
    let mut decoder = Decoder::new(Limits::default());
    let mut src = BytesMut::from("data: a\n\ndata: b\n\ndat");
    assert!(matches!(decoder.decode(&mut src), Ok(Some(Item::Event(_)))));
    assert!(matches!(decoder.decode(&mut src), Ok(Some(Item::Event(_)))));
    assert_eq!(src, "data: b\n\ndat");
    assert_eq!(decoder.decode(&mut src), Ok(None));
    assert_eq!(src, "dat");
}

#[test]
fn bytes_after_an_event_are_not_looked_at_before_it_is_delivered() {
    let mut limits = Limits::default();
    limits.max_line = 8;
    let mut decoder = Decoder::new(limits);
    let mut src = BytesMut::from("data: ok\n\ndata: too long\n");
    assert_eq!(
        decoder.decode(&mut src),
        Ok(Some(Item::Event(EventRef::new("ok"))))
    );
    decoder.decode(&mut src).unwrap_err();
}

/// Bytes that make lines, blank lines and fields likely.
fn streams() -> impl Strategy<Value = Vec<u8>> {
    let pieces = prop::sample::select(vec![
        &b"data"[..],
        b"data:",
        b"data: ",
        b"event: ",
        b"event",
        b"id: ",
        b"id",
        b"retry: ",
        b":",
        b" ",
        b"\n",
        b"\n",
        b"\r",
        b"\r\n",
        b"\n\n",
        b"\0",
        b"7",
        b"000",
        b"18446744073709551616",
        b"x",
        b"\xEF\xBB\xBF",
        b"\xEF\xBB",
        b"\xC3\xA9",
        b"\xC3",
        b"\xF0\x9F\x99\x82",
        b"\xF0\x9F",
        b"\xFF",
        b"\xED\xA0\x80",
        b"dat",
        b"Data: ",
        b"a longer piece of text in between ",
    ]);
    prop::collection::vec(pieces, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn random_streams_in_random_chunks_are_read_as_the_standard_says(
        stream in streams(),
        sizes in prop::collection::vec(0..12_usize, 1..20),
    ) {
        let mut rest = stream.as_slice();
        let mut chunks = Vec::new();
        for size in sizes.into_iter().cycle().take(stream.len()) {
            let (chunk, after) = rest.split_at(size.min(rest.len()));
            chunks.push(chunk);
            rest = after;
        }
        chunks.push(rest);
        let (seen, decoder) = read(&chunks);
        let expected = EventSource::read(&stream);
        prop_assert_eq!(seen, expected.seen);
        prop_assert_eq!(decoder.last_event_id(), expected.last_event_id);
        prop_assert_eq!(decoder.retry(), expected.retry);
    }

    #[test]
    fn limits_trip_at_the_same_item_however_the_stream_is_cut(
        stream in streams(),
        size in 1..12_usize,
        max_line in 0..40_usize,
        max_event in 0..20_usize,
    ) {
        let mut limits = Limits::default();
        limits.max_line = max_line;
        limits.max_event = max_event;
        let decoder = Decoder::new(limits).with_comments();
        let whole = seen::decode(&mut decoder.clone(), &mut BytesMut::new(), &[&stream]);
        let chunks: Vec<_> = stream.chunks(size).collect();
        let cut = seen::decode(&mut decoder.clone(), &mut BytesMut::new(), &chunks);
        prop_assert_eq!(&cut, &whole);
        for seen in whole {
            if let Seen::Event(event) = seen {
                let id = event.id.unwrap_or_default();
                // A malformed byte takes three bytes in the text.
                let size = event.data.len() + event.event.unwrap_or_default().len() + id.len();
                prop_assert!(size <= 3 * max_event);
            }
        }
    }
}
