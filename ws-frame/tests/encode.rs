//! What the encoders write, beyond what `spec.rs` asks of single sentences.

mod wire;

use bytes::BytesMut;
use wire::{KEY, frame};
use ws_frame::{Close, CloseCode, EncodeError, Frame, Head, Message, Opcode, Role};

fn samples() -> Vec<(Message<'static>, u8, &'static [u8])> {
    vec![
        (Message::text(""), 0x81, b""),
        (Message::text("grüezi"), 0x81, "grüezi".as_bytes()),
        (Message::Binary(&[0xFF; 200]), 0x82, &[0xFF; 200]),
        (Message::Ping(b"now?"), 0x89, b"now?"),
        (Message::Pong(b"now."), 0x8A, b"now."),
        (Message::Close(None), 0x88, b""),
        (
            Message::Close(Some(Close::new(CloseCode::NORMAL, "done"))),
            0x88,
            b"\x03\xE8done",
        ),
    ]
}

#[test]
fn messages_are_written_behind_what_is_there() {
    for (message, first, payload) in samples() {
        let plain = frame(Role::Client, first, payload);
        let mut dst = BytesMut::from(&b"before"[..]);
        message.encode(&mut dst).unwrap();
        assert_eq!(dst[..], [b"before", &plain[..]].concat());
        assert_eq!(message.encoded_len(), plain.len());

        let masked = frame(Role::Server, first, payload);
        let mut dst = BytesMut::from(&b"before"[..]);
        message.encode_masked(KEY, &mut dst).unwrap();
        assert_eq!(dst[..], [b"before", &masked[..]].concat());
        assert_eq!(message.encoded_len() + 4, masked.len());
    }
}

#[test]
fn a_broadcast_is_encoded_once_and_shared() {
    for (message, first, payload) in samples() {
        let once = message.to_bytes().unwrap();
        assert_eq!(once, frame(Role::Client, first, payload));
        let shared = once.clone();
        assert_eq!(shared.as_ptr(), once.as_ptr(), "no copy");
    }
}

#[test]
fn fragments_are_written_with_their_bits() {
    let mut dst = BytesMut::new();
    for frame in [
        Frame {
            fin: false,
            rsv1: true,
            opcode: Opcode::Text,
            payload: b"a",
        },
        Frame {
            fin: false,
            rsv1: false,
            opcode: Opcode::Continuation,
            payload: b"b",
        },
        Frame::new(Opcode::Continuation, b"c"),
    ] {
        frame.encode(&mut dst).unwrap();
    }
    assert_eq!(&dst[..], b"\x41\x01a\x00\x01b\x80\x01c");
}

#[test]
fn a_head_alone_leaves_the_payload_where_it_is() {
    let payload = vec![7; 100_000];
    let frame = Frame::new(Opcode::Binary, &payload);
    let mut head = BytesMut::new();
    frame.head().encode(&mut head).unwrap();
    assert_eq!(head.len(), frame.head().encoded_len());
    assert_eq!([&head[..], &payload].concat(), frame.to_bytes().unwrap());
}

#[test]
fn heads_the_protocol_has_no_form_for_are_refused() {
    let head = |fin, rsv1, opcode, len| Head {
        fin,
        rsv1,
        opcode,
        len,
    };
    let cases = [
        (
            head(true, false, Opcode::Ping, 126),
            EncodeError::ControlTooLong { len: 126 },
        ),
        (
            head(false, false, Opcode::Close, 2),
            EncodeError::FragmentedControl,
        ),
        (head(true, true, Opcode::Pong, 0), EncodeError::ReservedBit),
        (
            head(true, true, Opcode::Continuation, 0),
            EncodeError::ReservedBit,
        ),
        (
            head(true, false, Opcode::Binary, usize::MAX),
            EncodeError::LengthTopBit,
        ),
    ];
    for (head, error) in cases {
        let mut dst = BytesMut::from(&b"before"[..]);
        assert_eq!(head.encode(&mut dst), Err(error));
        assert_eq!(&dst[..], b"before");
    }
}

#[test]
fn close_frames_the_protocol_has_no_form_for_are_refused() {
    let close = |code: u16, reason: &[u8]| [&code.to_be_bytes()[..], reason].concat();
    let invalid = |code| (close(code, b""), EncodeError::InvalidCloseCode { code });
    let mut cases = vec![
        (vec![3], EncodeError::ClosePayloadTooShort),
        (close(1000, b"\xFF"), EncodeError::InvalidCloseReason),
        (close(1000, b"\xC3"), EncodeError::InvalidCloseReason),
        (vec![3; 126], EncodeError::ControlTooLong { len: 126 }),
    ];
    cases.extend([0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535].map(invalid));
    for (payload, error) in cases {
        let frame = Frame::new(Opcode::Close, &payload);
        let mut dst = BytesMut::from(&b"before"[..]);
        assert_eq!(frame.encode(&mut dst), Err(error), "{payload:02x?}");
        assert_eq!(frame.encode_masked([1; 4], &mut dst), Err(error));
        assert_eq!(frame.to_bytes(), Err(error));
        assert_eq!(&dst[..], b"before");
    }
    let mut dst = BytesMut::new();
    for payload in [vec![], close(1000, b""), close(4999, "é".as_bytes())] {
        let frame = Frame::new(Opcode::Close, &payload);
        assert_eq!(frame.encode(&mut dst), Ok(()), "{payload:02x?}");
    }
    let head = Head {
        fin: true,
        rsv1: false,
        opcode: Opcode::Close,
        len: 1,
    };
    assert_eq!(
        head.encode(&mut dst),
        Err(EncodeError::ClosePayloadTooShort)
    );
}
