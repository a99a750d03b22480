//! Blocks that are written by somebody else go out as they are, if the next block can follow.

#[path = "support/seen.rs"]
mod seen;

use bytes::BytesMut;
use proptest::prelude::*;
use sse_codec::{Decoder, EncodeError, EventRef, Limits, Raw};

use seen::Seen;

fn encode(blocks: &str) -> Result<BytesMut, EncodeError> {
    let mut dst = BytesMut::from("before");
    let result = Raw::new(blocks).encode(&mut dst);
    let written = dst.split_off("before".len());
    assert_eq!(dst, "before");
    match result {
        Ok(()) => assert_eq!(written.len(), Raw::new(blocks).encoded_len()),
        Err(_) => assert_eq!(written, ""),
    }
    result.map(|()| written)
}

#[test]
fn whole_blocks_go_out_byte_for_byte() {
    for blocks in [
        "\n",
        "\r",
        "\r\n",
        "data: x\n\n",
        "data: x\r\n\r\n",
        "data: x\r\r",
        "data: x\r\r\n",
        "data: x\n\r",
        "data: x\n\r\n",
        "trace: 7f3a\r\ndata:unknown names and the kinds of line ends stay\r\n\r\n: hi\n\n",
    ] {
        assert_eq!(encode(blocks).unwrap(), blocks);
    }
}

#[test]
fn an_open_block_is_refused() {
    for blocks in [
        "",
        "data",
        "data: x",
        "data: x\n",
        "data: x\r",
        "data: x\r\n",
        "data: x\n\n ",
        "data: x\n\n: an open comment\n",
        "\n\u{85}",
        "\u{2028}\u{2028}",
    ] {
        assert_eq!(
            encode(blocks),
            Err(EncodeError::NoBlankLineAtEnd),
            "{blocks:?}"
        );
    }
}

//= https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
//# The UTF-8 decode algorithm strips one leading UTF-8 Byte Order Mark (BOM), if any.
#[test]
fn a_byte_order_mark_in_front_is_refused_and_elsewhere_is_text() {
    assert_eq!(
        encode("\u{FEFF}data: x\n\n"),
        Err(EncodeError::ByteOrderMark)
    );
    assert_eq!(encode("\u{FEFF}"), Err(EncodeError::ByteOrderMark));
    assert_eq!(encode("data: \u{FEFF}\n\n").unwrap(), "data: \u{FEFF}\n\n");
}

#[test]
fn errors_say_what_is_wrong() {
    let texts = [EncodeError::NoBlankLineAtEnd, EncodeError::ByteOrderMark].map(|e| e.to_string());
    assert_eq!(
        texts,
        [
            "raw blocks do not end with a blank line",
            "raw blocks start with a byte order mark"
        ]
    );
}

proptest! {
    #[test]
    fn an_event_after_raw_blocks_is_read_as_alone(
        blocks in "([\r\n\0: a\u{FEFF}]|data|id|event|retry: 1|\r\n|\n\n){0,12}",
    ) {
        let mut wire = BytesMut::new();
        let event = EventRef::new("after").with_event("x").with_id("1");
        let accepted = Raw::new(&blocks).encode(&mut wire).is_ok();
        event.encode(&mut wire).unwrap();
        let mut decoder = Decoder::new(Limits::default());
        let seen = seen::decode(&mut decoder, &mut BytesMut::new(), &[&wire]);
        let expected = Seen::Event(event.into_owned());
        if accepted {
            prop_assert_eq!(seen.last(), Some(&expected));
        } else {
            prop_assert_eq!(wire, event.to_bytes().unwrap());
        }
    }
}
