//! However the bytes arrive, the same comes out, and the buffer holds what the contract says.

#![expect(clippy::indexing_slicing, reason = "a test fails by panicking")]

mod collect;
mod wire;

use bytes::BytesMut;
use collect::{Item, assemble};
use proptest::prelude::*;
use wire::frame;
use ws_frame::{
    Assembler, DecodeError, Decoder, Frame, Head, Limits, Message, Opcode, Part, PartDecoder, Role,
};

/// All kinds of frames, a fragmented text with a control frame inside, all three length forms.
fn conversation(to: Role) -> (Vec<u8>, Vec<Item>) {
    let long = "añ€😀".repeat(13);
    let large = vec![0xA5; 300];
    let mut wire = frame(to, 0x81, b"Hello");
    wire.extend(frame(to, 0x01, &long.as_bytes()[..9]));
    wire.extend(frame(to, 0x89, b"are you there?"));
    wire.extend(frame(to, 0x00, b""));
    wire.extend(frame(to, 0x80, &long.as_bytes()[9..]));
    wire.extend(frame(to, 0x82, &large));
    wire.extend(frame(to, 0x8A, b""));
    wire.extend(frame(to, 0x88, b"\x03\xE8bye"));
    let items = vec![
        Item::Text("Hello".to_owned()),
        Item::Ping(b"are you there?".to_vec()),
        Item::Text(long),
        Item::Binary(large),
        Item::Pong(vec![]),
        Item::Close(Some((1000, "bye".to_owned()))),
    ];
    (wire, items)
}

#[test]
fn messages_are_the_same_however_they_arrive() {
    for role in [Role::Client, Role::Server] {
        let (wire, items) = conversation(role);
        for size in 1..=wire.len() {
            assert_eq!(assemble(role, Limits::default(), wire.chunks(size)), items);
        }
        for at in 0..=wire.len() {
            let (front, back) = wire.split_at(at);
            assert_eq!(assemble(role, Limits::default(), [front, back]), items);
        }
    }
}

#[test]
fn the_longest_head_may_be_split_anywhere() {
    let payload = vec![0xA5; 0x1_0000];
    let wire = frame(Role::Server, 0x82, &payload);
    let expected = [Item::Binary(payload)];
    for at in 0..=15 {
        let (front, back) = wire.split_at(at);
        assert_eq!(
            assemble(Role::Server, Limits::default(), [front, back]),
            expected
        );
    }
    let (head, rest) = wire.split_at(14);
    let pieces = head.chunks(1).chain([rest]);
    assert_eq!(assemble(Role::Server, Limits::default(), pieces), expected);
}

#[test]
fn bytes_behind_a_message_stay_for_the_next() {
    let mut src = BytesMut::from(&b"\x81\x01a\x81\x01b\x81\x05c"[..]);
    let mut assembler = Assembler::new(Role::Client, Limits::default());
    assert_eq!(assembler.decode(&mut src), Ok(Some(Message::text("a"))));
    assert_eq!(src.len(), 9, "a message leaves at the next call");
    assert_eq!(assembler.decode(&mut src), Ok(Some(Message::text("b"))));
    assert_eq!(src.len(), 6);
    assert_eq!(assembler.decode(&mut src), Ok(None));
    assert_eq!(&src[..], b"\x81\x05c");
    src.extend_from_slice(b"defg");
    assert_eq!(assembler.decode(&mut src), Ok(Some(Message::text("cdefg"))));
    assert_eq!(assembler.finish(&src), Ok(()));
    assert_eq!(assembler.decode(&mut src), Ok(None));
    assert_eq!(src.len(), 0);
}

#[test]
fn an_emptied_buffer_has_all_its_room_again() {
    let mut src = BytesMut::with_capacity(100);
    let mut assembler = Assembler::new(Role::Client, Limits::default());
    for _ in 0..3 {
        src.extend_from_slice(&frame(Role::Client, 0x82, &[7; 60]));
        assert_eq!(
            assembler.decode(&mut src),
            Ok(Some(Message::Binary(&[7; 60])))
        );
        assert_eq!(assembler.decode(&mut src), Ok(None));
        assert_eq!((src.len(), src.capacity()), (0, 100));
    }
}

#[test]
fn a_buffer_with_room_for_a_message_and_a_read_never_grows() {
    let read = 1400;
    let wire = frame(Role::Server, 0x82, &[7; 16_000]);
    let stream = wire.repeat(20);
    let mut src = BytesMut::with_capacity(wire.len() + read);
    let room = src.capacity();
    let mut assembler = Assembler::new(Role::Server, Limits::default());
    let mut messages = 0;
    for piece in stream.chunks(read) {
        src.extend_from_slice(piece);
        while assembler.decode(&mut src).unwrap().is_some() {
            messages += 1;
        }
        assert!(src.capacity() <= room, "{} bytes", src.capacity());
    }
    assert_eq!((messages, src.len()), (20, 0));
    assert_eq!(src.capacity(), room);
}

#[test]
fn stream_may_end_between_messages_only() {
    let (wire, _) = conversation(Role::Server);
    let mut ends = Vec::new();
    for at in 0..=wire.len() {
        let mut src = BytesMut::from(&wire[..at]);
        let mut assembler = Assembler::new(Role::Server, Limits::default());
        while assembler.decode(&mut src).unwrap().is_some() {}
        match assembler.finish(&src) {
            Ok(()) => ends.push(at),
            Err(error) => assert_eq!(error, DecodeError::UnexpectedEnd),
        }
    }
    // Nothing, "Hello", the fragmented text, the binary, the pong and the close.
    assert_eq!(ends, [0, 11, 179, 487, 493, 504]);
}

#[test]
fn finish_repeats_the_failure() {
    let mut src = BytesMut::from(&[0x83][..]);
    let mut decoder = Decoder::new(Role::Client, Limits::default());
    let error = DecodeError::ReservedOpcode { opcode: 3 };
    assert_eq!(decoder.decode(&mut src), Err(error));
    assert_eq!(decoder.finish(&src), Err(error));
}

#[test]
fn failed_assembler_stays_failed_after_a_bad_close_frame() {
    let mut src = BytesMut::from(&[0x88, 2, 0x03, 0xED, 0x81, 0][..]);
    let mut assembler = Assembler::new(Role::Client, Limits::default());
    let error = DecodeError::InvalidCloseCode { code: 1005 };
    assert_eq!(assembler.decode(&mut src), Err(error));
    assert_eq!(assembler.decode(&mut src), Err(error));
    assert_eq!(assembler.finish(&src), Err(error));
}

#[test]
fn decoder_hands_out_frames_as_they_are_on_the_wire() {
    let mut wire = frame(Role::Server, 0x01, b"a");
    wire.extend(frame(Role::Server, 0x89, b"p"));
    wire.extend(frame(Role::Server, 0x80, b"b"));
    let mut decoder = Decoder::new(Role::Server, Limits::default());
    let mut src = BytesMut::new();
    let mut seen = 0;
    for byte in wire {
        src.extend_from_slice(&[byte]);
        let Some(frame) = decoder.decode(&mut src).unwrap() else {
            continue;
        };
        let expected = [
            Frame {
                fin: false,
                rsv1: false,
                opcode: Opcode::Text,
                payload: b"a",
            },
            Frame::new(Opcode::Ping, b"p"),
            Frame::new(Opcode::Continuation, b"b"),
        ];
        assert_eq!(frame, expected[seen]);
        seen += 1;
    }
    assert_eq!(seen, 3);
}

#[test]
fn parts_add_up_to_the_frames_however_they_arrive() {
    let (wire, items) = conversation(Role::Server);
    for size in 1..=wire.len() {
        let mut decoder = PartDecoder::new(Role::Server, Limits::default());
        let mut src = BytesMut::new();
        let mut unmasked = BytesMut::new();
        let mut payload = Vec::new();
        for piece in wire.chunks(size) {
            src.extend_from_slice(piece);
            while let Some(Part {
                head,
                payload: part,
                remaining,
            }) = decoder.decode(&mut src).unwrap()
            {
                payload.extend(part);
                assert_eq!(payload.len() + remaining, head.len);
                if remaining == 0 {
                    let Head {
                        fin, rsv1, opcode, ..
                    } = head;
                    let frame = Frame {
                        fin,
                        rsv1,
                        opcode,
                        payload: &payload,
                    };
                    frame.encode(&mut unmasked).unwrap();
                    payload.clear();
                }
            }
            // A head in pieces, or a control frame in pieces, is all that waits.
            assert!(
                src.len() <= size.max(14 + 125),
                "{} bytes are kept",
                src.len()
            );
        }
        assert_eq!(decoder.finish(&src), Ok(()));
        assert_eq!(
            assemble(Role::Client, Limits::default(), [&unmasked[..]]),
            items
        );
    }
}

#[test]
fn parts_leave_the_buffer_while_the_frame_goes_on() {
    let wire = frame(Role::Server, 0x82, &[9; 1000]);
    let mut decoder = PartDecoder::new(Role::Server, Limits::default());
    let mut src = BytesMut::new();
    let mut got = 0;
    for piece in wire.chunks(100) {
        src.extend_from_slice(piece);
        let part = decoder.decode(&mut src).unwrap().unwrap();
        assert!(part.payload.iter().all(|&byte| byte == 9));
        got += part.payload.len();
        assert_eq!(part.remaining, 1000 - got);
        assert_eq!(decoder.finish(&src).is_err(), got < 1000);
        assert_eq!(decoder.decode(&mut src), Ok(None));
        assert_eq!(src.len(), 0);
    }
    assert_eq!(got, 1000);
}

/// Bytes that often are heads.
fn noise() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        any::<u8>(),
        prop::sample::select(vec![
            0x00, 0x01, 0x02, 0x80, 0x81, 0x82, 0x83, 0x88, 0x89, 0x8A, 0xFE
        ]),
    ];
    prop::collection::vec(byte, 0..60)
}

proptest! {
    #[test]
    fn noise_is_judged_the_same_however_it_arrives(
        wire in noise(),
        chunk in 1..20_usize,
        server in any::<bool>(),
    ) {
        let role = if server { Role::Server } else { Role::Client };
        let mut limits = Limits::default();
        limits.max_frame = 40;
        limits.max_message = 50;
        limits.max_fragments = 3;
        let whole = assemble(role, limits, [&*wire]);
        prop_assert_eq!(assemble(role, limits, wire.chunks(chunk)), whole.clone());
        prop_assert_eq!(assemble(role, limits, wire.chunks(1)), whole);
    }
}
