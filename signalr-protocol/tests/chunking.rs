//! Records are the same however the stream was cut.
#![expect(clippy::unwrap_used, reason = "the streams are well-formed")]

use bytes::BytesMut;
use signalr_protocol::{DecodeError, Decoder, Limits};

const STREAM: &[u8] =
    b"{\"protocol\":\"json\",\"version\":1}\x1e{\"type\":6}\x1e\x1e{\"type\":7}\x1e";

/// Hands the chunks over one by one; what came out, and whether the stream may end there.
fn decode_all(chunks: &[&[u8]]) -> (Vec<Vec<u8>>, Result<(), DecodeError>) {
    let mut decoder = Decoder::new(Limits::default());
    let mut src = BytesMut::new();
    let mut records = Vec::new();
    for chunk in chunks {
        src.extend_from_slice(chunk);
        while let Some(record) = decoder.decode(&mut src).unwrap() {
            records.push(record.as_bytes().to_vec());
        }
    }
    let end = decoder.finish(&src);
    (records, end)
}

fn expected() -> Vec<Vec<u8>> {
    let mut records: Vec<_> = STREAM
        .split(|&byte| byte == 0x1E)
        .map(<[u8]>::to_vec)
        .collect();
    assert_eq!(
        records.pop(),
        Some(Vec::new()),
        "the stream ends with a separator"
    );
    records
}

#[test]
fn every_pair_of_cuts_gives_the_same_records() {
    for first in 0..=STREAM.len() {
        for second in first..=STREAM.len() {
            let (head, rest) = STREAM.split_at(first);
            let (middle, tail) = rest.split_at(second - first);
            assert_eq!(
                decode_all(&[head, middle, tail]),
                (expected(), Ok(())),
                "{first} {second}"
            );
        }
    }
}

#[test]
fn byte_by_byte_gives_the_same_records() {
    let chunks: Vec<_> = STREAM.chunks(1).collect();
    assert_eq!(decode_all(&chunks), (expected(), Ok(())));
}

#[test]
fn a_stream_that_breaks_off_is_truncated() {
    for len in 1..STREAM.len() {
        let head = STREAM.get(..len).unwrap();
        let (records, end) = decode_all(&[head]);
        let complete = head.ends_with(&[0x1E]);
        assert_eq!(
            end,
            if complete {
                Ok(())
            } else {
                Err(DecodeError::Truncated)
            },
            "{len}"
        );
        assert_eq!(records, expected().get(..records.len()).unwrap(), "{len}");
    }
}

#[test]
fn a_record_leaves_the_buffer_at_the_next_call() {
    let mut decoder = Decoder::new(Limits::default());
    let mut src = BytesMut::from("a\u{1e}b\u{1e}c");
    assert_eq!(decoder.decode(&mut src).unwrap().unwrap().as_bytes(), b"a");
    assert_eq!(decoder.decode(&mut src).unwrap().unwrap().as_bytes(), b"b");
    assert_eq!(decoder.decode(&mut src), Ok(None));
    assert_eq!(src, "c");
}

#[test]
fn appending_between_calls_keeps_what_is_there() {
    let mut decoder = Decoder::new(Limits::default());
    let mut src = BytesMut::from("a\u{1e}b");
    assert_eq!(decoder.decode(&mut src).unwrap().unwrap().as_bytes(), b"a");
    src.extend_from_slice(b"c\x1e");
    assert_eq!(decoder.decode(&mut src).unwrap().unwrap().as_bytes(), b"bc");
    assert_eq!(decoder.finish(&src), Ok(()));
}
