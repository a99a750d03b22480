//! Each limit at, below and above, and before the payload is there.

#![expect(clippy::indexing_slicing, reason = "a test fails by panicking")]

mod collect;
mod wire;

use bytes::BytesMut;
use collect::{Item, assemble};
use wire::frame;
use ws_frame::{Assembler, DecodeError, Limits, PartDecoder, Role};

fn limits(max_frame: usize, max_message: usize, max_fragments: usize) -> Limits {
    let mut limits = Limits::default();
    limits.max_frame = max_frame;
    limits.max_message = max_message;
    limits.max_fragments = max_fragments;
    limits
}

/// The head of `wire` without its payload.
fn head(wire: &[u8], len: usize) -> &[u8] {
    &wire[..wire.len() - len]
}

#[test]
fn defaults_are_those_of_the_docs() {
    let limits = Limits::default();
    assert_eq!(limits.max_frame, 16 * 1024 * 1024);
    assert_eq!(limits.max_message, 64 * 1024 * 1024);
    assert_eq!(limits.max_fragments, 131_072);
}

#[test]
fn frame_limit_is_held_against_the_head() {
    // One limit per form of the length.
    for limit in [100_usize, 1000, 70_000] {
        for role in [Role::Client, Role::Server] {
            for len in [limit - 1, limit] {
                let items = assemble(
                    role,
                    limits(limit, usize::MAX, 1),
                    [&*frame(role, 0x82, &vec![1; len])],
                );
                assert_eq!(items, [Item::Binary(vec![1; len])]);
            }
            let wire = frame(role, 0x82, &vec![1; limit + 1]);
            let items = assemble(role, limits(limit, usize::MAX, 1), [head(&wire, limit + 1)]);
            assert_eq!(items, [Item::Failed(DecodeError::FrameTooLarge { limit })]);
        }
    }
}

#[test]
fn message_limit_is_held_against_the_sum_of_the_heads() {
    let limit = 10;
    let first = frame(Role::Client, 0x01, b"abcd");
    let limits = limits(100, limit, 9);
    let at = frame(Role::Client, 0x80, b"efghij");
    let items = assemble(Role::Client, limits, [&*first, &*at]);
    assert_eq!(items, [Item::Text("abcdefghij".to_owned())]);

    let above = frame(Role::Client, 0x00, b"efghijk");
    let items = assemble(Role::Client, limits, [&*first, head(&above, 7)]);
    assert_eq!(
        items,
        [Item::Failed(DecodeError::MessageTooLarge { limit })]
    );

    let whole = frame(Role::Client, 0x82, &[0; 11]);
    let items = assemble(Role::Client, limits, [head(&whole, 11)]);
    assert_eq!(
        items,
        [Item::Failed(DecodeError::MessageTooLarge { limit })]
    );
}

#[test]
fn message_limit_remembers_all_fragments() {
    let limits = limits(100, 10, 9);
    let mut wire = frame(Role::Client, 0x02, &[1; 4]);
    wire.extend(frame(Role::Client, 0x00, &[2; 3]));
    let mut at = wire.clone();
    at.extend(frame(Role::Client, 0x80, &[3; 3]));
    let message = [&[1; 4][..], &[2; 3], &[3; 3]].concat();
    assert_eq!(
        assemble(Role::Client, limits, [&*at]),
        [Item::Binary(message)]
    );

    wire.extend([0x80, 4]);
    let items = assemble(Role::Client, limits, [&*wire]);
    assert_eq!(
        items,
        [Item::Failed(DecodeError::MessageTooLarge { limit: 10 })]
    );
}

#[test]
fn the_limit_that_is_named_does_not_depend_on_where_a_length_is_cut() {
    let start = frame(Role::Client, 0x02, &[0; 290]);
    for (length, error) in [
        (300, DecodeError::MessageTooLarge { limit: 500 }),
        (301, DecodeError::FrameTooLarge { limit: 300 }),
        (512, DecodeError::FrameTooLarge { limit: 300 }),
    ] {
        let [high, low] = u16::to_be_bytes(length);
        let wire = [&*start, &[0x80, 126, high, low]].concat();
        for cut in 0..=wire.len() {
            let (one, two) = wire.split_at(cut);
            let items = assemble(Role::Client, limits(300, 500, 9), [one, two]);
            assert_eq!(items, [Item::Failed(error)], "{length}, cut at {cut}");
        }
    }
}

#[test]
fn message_limit_starts_anew_with_each_message() {
    let mut wire = frame(Role::Client, 0x02, &[1; 6]);
    wire.extend(frame(Role::Client, 0x80, &[2; 4]));
    let twice = wire.repeat(2);
    let items = assemble(Role::Client, limits(10, 10, 2), [&*twice]);
    let message = Item::Binary([[1; 6].as_slice(), &[2; 4]].concat());
    assert_eq!(items, [message.clone(), message]);
}

#[test]
fn a_sum_of_lengths_cannot_overflow() {
    let mut src = BytesMut::from(&[0x02, 1, 0, 0x80, 127, 0x7F][..]);
    src.extend_from_slice(&[0xFF; 7]);
    let mut assembler = Assembler::new(Role::Client, limits(usize::MAX, usize::MAX, 2));
    assert_eq!(assembler.decode(&mut src), Ok(None));
    assert_eq!(src.len(), 10, "the head waits for its payload");

    let mut assembler = Assembler::new(Role::Client, limits(usize::MAX, 1 << 40, 2));
    let mut src = BytesMut::from(&[0x02, 1, 0, 0x80, 127, 0x7F, 0xFF][..]);
    let error = DecodeError::MessageTooLarge { limit: 1 << 40 };
    assert_eq!(assembler.decode(&mut src), Err(error));
}

#[test]
fn fragments_are_counted_with_the_empty_ones() {
    let limit = 3;
    let limits = limits(9, 9, limit);
    let at = [0x01, 0, 0x00, 0, 0x80, 0];
    assert_eq!(
        assemble(Role::Client, limits, [&at[..]]),
        [Item::Text(String::new())]
    );

    let above = [0x01, 0, 0x00, 0, 0x00, 0, 0x80];
    let items = assemble(Role::Client, limits, [&above[..]]);
    let error = DecodeError::TooManyFragments { limit };
    assert_eq!(items, [Item::Failed(error)]);
    assert_eq!(error.close_code().as_u16(), 1008);
}

#[test]
fn limits_of_zero_leave_only_what_has_no_length() {
    let none = limits(0, 0, 1);
    for first in [0x81, 0x82] {
        let empty = frame(Role::Server, first, b"");
        assert_eq!(assemble(Role::Server, none, [&*empty]).len(), 1);
        let one = frame(Role::Server, first, b"x");
        let items = assemble(Role::Server, none, [&*one]);
        assert_eq!(
            items,
            [Item::Failed(DecodeError::FrameTooLarge { limit: 0 })]
        );
        let items = assemble(Role::Server, limits(9, 9, 0), [&*empty]);
        assert_eq!(
            items,
            [Item::Failed(DecodeError::TooManyFragments { limit: 0 })]
        );
    }
}

#[test]
fn control_frames_count_against_no_limit() {
    let ping = frame(Role::Server, 0x89, &[b'x'; 125]);
    let mut wire = frame(Role::Server, 0x01, b"a");
    for _ in 0..9 {
        wire.extend(&ping);
    }
    wire.extend(frame(Role::Server, 0x80, b"b"));
    let items = assemble(Role::Server, limits(2, 2, 2), [&*wire]);
    assert_eq!(items.len(), 10);
    assert_eq!(items[9], Item::Text("ab".to_owned()));
}

#[test]
fn default_limits_take_the_most_fragments_of_the_autobahn_suite() {
    let mut wire = vec![0x02, 1, 7];
    for _ in 0..65_534 {
        wire.extend([0x00, 1, 7]);
    }
    wire.extend([0x80, 1, 7]);
    let items = assemble(Role::Client, Limits::default(), wire.chunks(1400));
    assert_eq!(items, [Item::Binary(vec![7; 65_536])]);
}

#[test]
fn declared_lengths_reserve_nothing() {
    let mut wire = vec![0x82, 127];
    wire.extend((16_u64 << 20).to_be_bytes());
    wire.extend([0; 4]);
    let mut src = BytesMut::from(&wire[..]);
    let before = src.capacity();
    let mut assembler = Assembler::new(Role::Client, Limits::default());
    assert_eq!(assembler.decode(&mut src), Ok(None));
    assert_eq!(src.capacity(), before);
}

#[test]
fn part_decoder_holds_the_same_limits() {
    let mut decoder = PartDecoder::new(Role::Client, limits(100, 150, 9));
    let mut src = BytesMut::from(&frame(Role::Client, 0x02, &[0; 100])[..]);
    assert_eq!(decoder.decode(&mut src).unwrap().unwrap().remaining, 0);
    src.extend_from_slice(&[0x80, 51]);
    let error = DecodeError::MessageTooLarge { limit: 150 };
    assert_eq!(decoder.decode(&mut src), Err(error));
    assert_eq!(error.close_code().as_u16(), 1009);
}

#[test]
fn an_idle_assembler_is_small() {
    let size = size_of::<Assembler>();
    assert!(size <= 256, "{size} bytes");
}
