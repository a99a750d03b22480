//! That the work is linear in the bytes.
//!
//! A call searches what is in the buffer beyond `searched`. So if, whenever the decoder asks for more,
//! it has searched all it keeps, then each byte is searched once, however the stream is cut.

use alloc::vec::Vec;

use bytes::BytesMut;

use super::Decoder;
use crate::Limits;

/// Streams that cost a careless decoder quadratic time.
fn hostile_streams() -> [(&'static str, Vec<u8>); 13] {
    let endless = |start: &str, go_on: &str| bytes(start.as_bytes(), go_on.as_bytes());
    [
        ("one endless line of data", endless("data: ", "x")),
        ("one endless comment", endless(":", "x")),
        ("one endless unknown name", endless("d", "d")),
        ("an endless retry", endless("retry: ", "0")),
        ("an event type that is replaced", endless("", "event: x\n")),
        ("data without values", endless("", "data\n")),
        ("an id before endless comments", endless("id: 1\n", ": x\n")),
        ("CRs only", endless("", "\r")),
        ("line ends of two bytes", endless("", "data\r\n\r\n")),
        ("byte order marks only", endless("\n", "\u{FEFF}")),
        ("byte order marks in data", endless("data:", "\u{FEFF}")),
        ("malformed bytes in data", bytes(b"data:", b"\xF0\x9F")),
        (
            "events between malformed lines",
            bytes(b"", b"\xFF\ndata: \xFF\n\n"),
        ),
    ]
}

fn bytes(start: &[u8], go_on: &[u8]) -> Vec<u8> {
    [start, &go_on.repeat(2_000 / go_on.len())].concat()
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
            for chunk in stream.chunks(size) {
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
