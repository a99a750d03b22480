//! That the work is linear in the bytes.
//!
//! A call searches what is in the buffer beyond `searched`. So if, whenever the decoder asks for more,
//! it has searched all it keeps, then each byte is searched once, however the stream is cut.

use alloc::{string::String, vec::Vec};

use bytes::BytesMut;

use super::Decoder;
use crate::Limits;

/// Streams that cost a careless decoder quadratic time.
fn hostile_streams() -> Vec<(&'static str, String)> {
    Vec::from([
        (
            "one endless line of data",
            String::from("data: ") + &"x".repeat(2_000),
        ),
        ("one endless comment", ":".repeat(2_000)),
        ("one endless unknown name", "d".repeat(2_000)),
        ("an event type that is replaced", "event: x\n".repeat(200)),
        ("data without values", "data\n".repeat(400)),
        (
            "an id in front of comments",
            String::from("id: 1\n") + &": x\n".repeat(400),
        ),
        ("CRs only", "\r".repeat(2_000)),
        ("CR LF CR LF", "data\r\n\r\n".repeat(300)),
        (
            "retry that never ends",
            String::from("retry: ") + &"0".repeat(2_000),
        ),
    ])
}

#[test]
fn what_is_kept_between_calls_is_not_searched_again() {
    for (name, stream) in hostile_streams() {
        for size in [1, 2, 3, 17, 100, 5_000] {
            let limits = Limits {
                max_line: 1_000,
                max_event: 500,
            };
            let mut decoder = Decoder::new(limits);
            let mut src = BytesMut::new();
            for chunk in stream.as_bytes().chunks(size) {
                src.extend_from_slice(chunk);
                while !matches!(decoder.decode(&mut src), Ok(None)) {}
                assert_eq!(decoder.covered, 0, "{name}: bytes that are done with stay");
                assert_eq!(
                    decoder.searched,
                    src.len(),
                    "{name}: kept bytes are searched again"
                );
            }
            assert!(src.len() <= limits.max_line, "{name}");
        }
    }
}
