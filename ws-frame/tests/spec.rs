//! One test per sentence of RFC 6455 that the framing has to obey; `vectors.rs` has the bytes that
//! are refused, one by one.

mod collect;
mod wire;

use bytes::BytesMut;
use collect::{Item, assemble};
use wire::{KEY, frame};
use ws_frame::{DecodeError, Decoder, EncodeError, Frame, Limits, Message, Opcode, Role};

fn receive(role: Role, wire: &[u8]) -> Vec<Item> {
    assemble(role, Limits::default(), [wire])
}

fn failure(role: Role, wire: &[u8]) -> DecodeError {
    match receive(role, wire).pop() {
        Some(Item::Failed(error)) => error,
        other => panic!("{other:?} is no failure"),
    }
}

//= https://www.rfc-editor.org/rfc/rfc6455#section-5.1
//# The server MUST close the connection upon receiving a
//# frame that is not masked.
#[test]
fn server_refuses_unmasked_frame() {
    let error = failure(Role::Server, &frame(Role::Client, 0x81, b"hi"));
    assert_eq!(error, DecodeError::UnmaskedFrame);
    assert_eq!(error.close_code().as_u16(), 1002);
}

//= https://www.rfc-editor.org/rfc/rfc6455#section-5.1
//# A client MUST close a connection if it detects a masked
//# frame.
#[test]
fn client_refuses_masked_frame() {
    let error = failure(Role::Client, &frame(Role::Server, 0x81, b"hi"));
    assert_eq!(error, DecodeError::MaskedFrame);
}

//= https://www.rfc-editor.org/rfc/rfc6455#section-5.1
//# A server MUST NOT mask any frames that it sends to
//# the client.
#[test]
fn server_sends_unmasked() {
    let mut dst = BytesMut::new();
    Message::text("Hello").encode(&mut dst).unwrap();
    assert_eq!(&dst[..], b"\x81\x05Hello");
}

//= https://www.rfc-editor.org/rfc/rfc6455#section-5.1
//# a client MUST mask all frames that it
//# sends to the server
#[test]
fn client_sends_masked() {
    let mut dst = BytesMut::new();
    Message::text("Hello").encode_masked(KEY, &mut dst).unwrap();
    assert_eq!(&dst[..], b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
}

//= https://www.rfc-editor.org/rfc/rfc6455#section-5.2
//# If a nonzero value is received and none of
//# the negotiated extensions defines the meaning of such a nonzero
//# value, the receiving endpoint MUST _Fail the WebSocket
//# Connection_.
#[test]
fn reserved_bits_need_an_extension() {
    for bits in 1..8_u8 {
        for opcode in [0x1, 0x2, 0x8, 0x9, 0xA] {
            let error = failure(Role::Client, &[0x80 | bits << 4 | opcode]);
            assert_eq!(error, DecodeError::ReservedBits { bits });
        }
    }
}

//= https://www.rfc-editor.org/rfc/rfc7692#section-6
//# An endpoint MUST NOT set the "Per-Message Compressed" bit of control
//# frames and non-first fragments of a data message.  An endpoint
//# receiving such a frame MUST _Fail the WebSocket Connection_.
#[test]
fn negotiated_rsv1_stands_on_first_frames_of_messages_only() {
    let decode = |wire: &[u8]| {
        let mut decoder = Decoder::new(Role::Client, Limits::default()).allow_rsv1();
        let mut src = BytesMut::from(wire);
        let mut seen = Vec::new();
        loop {
            match decoder.decode(&mut src) {
                Ok(Some(frame)) => seen.push((frame.rsv1, frame.opcode)),
                Ok(None) => return (seen, None),
                Err(error) => return (seen, Some(error)),
            }
        }
    };
    let fragmented = [0x41, 1, 0xFF, 0x80, 1, 0xFF];
    let expected = vec![(true, Opcode::Text), (false, Opcode::Continuation)];
    assert_eq!(
        decode(&fragmented),
        (expected, None),
        "compressed bytes are no text yet"
    );
    assert_eq!(decode(&[0xC2, 0]), (vec![(true, Opcode::Binary)], None));

    let rsv1 = Some(DecodeError::ReservedBits { bits: 4 });
    assert_eq!(decode(&[0x41, 0, 0xC0]), (vec![(true, Opcode::Text)], rsv1));
    for control in [0xC8, 0xC9, 0xCA] {
        assert_eq!(decode(&[control]), (vec![], rsv1));
    }
    let rsv2 = Some(DecodeError::ReservedBits { bits: 2 });
    assert_eq!(decode(&[0xA1]), (vec![], rsv2), "only RSV1 was negotiated");
}

//= https://www.rfc-editor.org/rfc/rfc6455#section-5.2
//# If an unknown opcode is received, the receiving endpoint MUST _Fail the
//# WebSocket Connection_.
#[test]
fn unknown_opcodes_are_refused() {
    for opcode in (0x3..=0x7_u8).chain(0xB..=0xF) {
        let error = failure(Role::Server, &[0x80 | opcode]);
        assert_eq!(error, DecodeError::ReservedOpcode { opcode });
    }
}

//= https://www.rfc-editor.org/rfc/rfc6455#section-5.2
//# Note that
//# in all cases, the minimal number of bytes MUST be used to encode
//# the length, for example, the length of a 124-byte-long string
//# can't be encoded as the sequence 126, 0, 124.
#[test]
fn lengths_take_the_fewest_bytes_both_ways() {
    let cases: [(usize, &[u8]); 7] = [
        (0, &[0x82, 0]),
        (125, &[0x82, 125]),
        (126, &[0x82, 126, 0x00, 0x7E]),
        (127, &[0x82, 126, 0x00, 0x7F]),
        (256, &[0x82, 126, 0x01, 0x00]),
        (0xFFFF, &[0x82, 126, 0xFF, 0xFF]),
        (0x1_0000, &[0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
    ];
    for (len, head) in cases {
        let payload = vec![7; len];
        let message = Message::Binary(&payload);
        let mut dst = BytesMut::new();
        message.encode(&mut dst).unwrap();
        assert_eq!(&dst[..head.len()], head);
        assert_eq!(dst.len(), message.encoded_len());
        assert_eq!(receive(Role::Client, &dst), [Item::Binary(payload)]);
    }
    assert_eq!(
        failure(Role::Client, &[0x81, 126, 0, 124]),
        DecodeError::NonMinimalLength
    );
    let long = [0x81, 127, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF];
    assert_eq!(failure(Role::Client, &long), DecodeError::NonMinimalLength);
}

#[test]
fn a_length_in_too_many_bytes_is_refused_although_its_payload_is_there() {
    for role in [Role::Client, Role::Server] {
        let mask = match role {
            Role::Client => 0,
            Role::Server => 0x80,
        };
        for len in [0, 5, 125_u8] {
            let mut wire = vec![0x81, mask | 0x7E, 0, len];
            wire.resize(200, 0);
            assert_eq!(failure(role, &wire), DecodeError::NonMinimalLength);
            let mut wire = vec![0x82, mask | 0x7F, 0, 0, 0, 0, 0, 0, 0, len];
            wire.resize(200, 0);
            assert_eq!(failure(role, &wire), DecodeError::NonMinimalLength);
        }
        let mut wire = vec![0x81, (mask ^ 0x80) | 0x7E, 0, 126];
        wire.resize(200, 0);
        let error = match role {
            Role::Client => DecodeError::MaskedFrame,
            Role::Server => DecodeError::UnmaskedFrame,
        };
        assert_eq!(failure(role, &wire), error);
    }
}

//= https://www.rfc-editor.org/rfc/rfc6455#section-5.2
//# the following 8 bytes interpreted as a 64-bit unsigned integer (the
//# most significant bit MUST be 0) are the payload length.
#[test]
fn top_bit_of_a_length_is_refused() {
    let wire = [0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0];
    assert_eq!(failure(Role::Client, &wire), DecodeError::LengthTopBit);
}

//= https://www.rfc-editor.org/rfc/rfc6455#section-5.4
//# Control frames (see Section 5.5) MAY be injected in the middle of
//# a fragmented message.
#[test]
fn control_frames_come_out_between_fragments() {
    let mut wire = frame(Role::Server, 0x01, b"a");
    wire.extend(frame(Role::Server, 0x89, b"1"));
    wire.extend(frame(Role::Server, 0x00, b"b"));
    wire.extend(frame(Role::Server, 0x8A, b"2"));
    wire.extend(frame(Role::Server, 0x80, b"c"));
    let expected = [
        Item::Ping(b"1".to_vec()),
        Item::Pong(b"2".to_vec()),
        Item::Text("abc".to_owned()),
    ];
    assert_eq!(receive(Role::Server, &wire), expected);
}

//= https://www.rfc-editor.org/rfc/rfc6455#section-5.4
//# The fragments of one message MUST NOT be interleaved between the
//# fragments of another message unless an extension has been
//# negotiated that can interpret the interleaving.
#[test]
fn interleaved_messages_are_refused() {
    assert_eq!(
        failure(Role::Client, &[0x01, 0, 0x02]),
        DecodeError::InterruptedMessage
    );
    assert_eq!(
        failure(Role::Client, &[0x80]),
        DecodeError::UnexpectedContinuation
    );
}

//= https://www.rfc-editor.org/rfc/rfc6455#section-5.4
//# As a consequence of these rules, all fragments of a message are of
//# the same type, as set by the first fragment's opcode.
#[test]
fn first_fragment_sets_the_type() {
    let binary = [0x02, 1, 0xFF, 0x80, 1, 0xFE];
    assert_eq!(
        receive(Role::Client, &binary),
        [Item::Binary(vec![0xFF, 0xFE])]
    );
    let text = [0x01, 1, b'a', 0x80, 1, b'b'];
    assert_eq!(receive(Role::Client, &text), [Item::Text("ab".to_owned())]);
}

//= https://www.rfc-editor.org/rfc/rfc6455#section-5.5
//# All control frames MUST have a payload length of 125 bytes or less
//# and MUST NOT be fragmented.
#[test]
fn control_frames_are_short_and_whole_both_ways() {
    let longest = [b'x'; 125];
    for (first, item) in [
        (0x89, Item::Ping(longest.to_vec())),
        (0x8A, Item::Pong(longest.to_vec())),
    ] {
        assert_eq!(
            receive(Role::Server, &frame(Role::Server, first, &longest)),
            [item]
        );
        let wire = frame(Role::Server, first, &[b'x'; 126]);
        assert_eq!(failure(Role::Server, &wire), DecodeError::ControlTooLong);
    }
    for opcode in [Opcode::Close, Opcode::Ping, Opcode::Pong] {
        let mut dst = BytesMut::from(&b"before"[..]);
        let long = Frame::new(opcode, &[0; 126]);
        assert_eq!(
            long.encode(&mut dst),
            Err(EncodeError::ControlTooLong { len: 126 })
        );
        assert_eq!(
            long.to_bytes(),
            Err(EncodeError::ControlTooLong { len: 126 })
        );
        let fragment = Frame {
            fin: false,
            ..Frame::new(opcode, b"")
        };
        assert_eq!(
            fragment.encode_masked(KEY, &mut dst),
            Err(EncodeError::FragmentedControl)
        );
        assert_eq!(&dst[..], b"before", "nothing is written on an error");
    }
}

//= https://www.rfc-editor.org/rfc/rfc6455#section-5.6
//# Note that a
//# particular text frame might include a partial UTF-8 sequence;
//# however, the whole message MUST contain valid UTF-8.
#[test]
fn characters_may_straddle_frames_but_not_messages() {
    let whole = [0x01, 2, 0xE2, 0x82, 0x80, 1, 0xAC];
    assert_eq!(receive(Role::Client, &whole), [Item::Text("€".to_owned())]);
    let cut = [0x01, 1, 0xE2, 0x80, 1, 0x82];
    assert_eq!(failure(Role::Client, &cut), DecodeError::InvalidUtf8);
}

//= https://www.rfc-editor.org/rfc/rfc6455#section-1.4
//# after receiving a control frame indicating the connection should
//# be closed, a peer discards any further data received.
#[test]
fn what_follows_a_close_frame_is_dropped() {
    let mut decoder = Decoder::new(Role::Client, Limits::default());
    let mut src = BytesMut::from(&[0x88, 0, 0x89, 0, 0xFF, 0xFF][..]);
    let close = decoder.decode(&mut src).unwrap();
    assert_eq!(close, Some(Frame::new(Opcode::Close, b"")));
    assert_eq!(decoder.decode(&mut src), Ok(None));
    assert_eq!(src.len(), 0);
    src.extend_from_slice(&[0xFF; 64]);
    assert_eq!(decoder.finish(&src), Ok(()));
    assert_eq!(decoder.decode(&mut src), Ok(None));
    assert_eq!(src.len(), 0);
}
