//! The unmasking in words against the byte loop of RFC 6455 section 5.3.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use bytes::BytesMut;
use ws_frame::{Assembler, Decoder, Frame, Limits, Message, Opcode, Role};

const KEYS: [[u8; 4]; 3] = [
    [0, 0, 0, 0],
    [0x80, 0x01, 0xFE, 0x7F],
    [0xDE, 0xAD, 0xBE, 0xEF],
];

//= https://www.rfc-editor.org/rfc/rfc6455#section-5.3
//# Octet i of the transformed data ("transformed-octet-i") is the XOR of
//# octet i of the original data ("original-octet-i") with octet at index
//# i modulo 4 of the masking key ("masking-key-octet-j"):
fn naive(key: [u8; 4], data: &[u8]) -> Vec<u8> {
    data.iter()
        .enumerate()
        .map(|(index, byte)| byte ^ key[index % 4])
        .collect()
}

fn payload(len: usize) -> Vec<u8> {
    (0..len)
        .map(|index| u8::try_from(index * 31 % 251).unwrap())
        .collect()
}

#[test]
fn masking_equals_the_byte_loop_at_every_length() {
    for key in KEYS {
        for len in (0..300).chain([16_383, 16_384, 16_385, 40_001]) {
            let payload = payload(len);
            let frame = Frame::new(Opcode::Binary, &payload);
            let mut dst = BytesMut::from(&b"head"[..]);
            frame.encode_masked(key, &mut dst).unwrap();
            assert_eq!(dst.len(), 4 + frame.encoded_len() + 4);
            assert_eq!(dst[dst.len() - len..], naive(key, &payload), "{len} bytes");
        }
    }
}

#[test]
fn unmasking_equals_the_byte_loop_at_every_length_and_phase() {
    for key in KEYS {
        for len in 0..80 {
            let payload = payload(len);
            let mut wire = vec![0x82, 0x80 | u8::try_from(len).unwrap()];
            wire.extend(key);
            wire.extend(naive(key, &payload));
            for at in 0..=wire.len() {
                let mut decoder = Decoder::new(Role::Server, Limits::default());
                let mut src = BytesMut::from(&wire[..at]);
                if at < wire.len() {
                    assert_eq!(decoder.decode(&mut src), Ok(None));
                    src.extend_from_slice(&wire[at..]);
                }
                let frame = decoder.decode(&mut src).unwrap().unwrap();
                assert_eq!(frame.payload, payload, "{len} bytes split at {at}");
            }
        }
    }
}

#[test]
fn long_payloads_equal_the_byte_loop_wherever_they_are_split() {
    for len in [126, 255, 256, 257, 300, 1023, 16_384] {
        let payload = payload(len);
        let mut wire = vec![0x82, 0xFE];
        wire.extend(u16::try_from(len).unwrap().to_be_bytes());
        wire.extend(KEYS[2]);
        wire.extend(naive(KEYS[2], &payload));
        let middle = wire.len() / 2;
        let splits = (0..20).chain(middle..middle + 9);
        for at in splits.chain([wire.len()]) {
            let mut decoder = Decoder::new(Role::Server, Limits::default());
            let mut src = BytesMut::from(&wire[..at]);
            if at < wire.len() {
                assert_eq!(decoder.decode(&mut src), Ok(None));
                src.extend_from_slice(&wire[at..]);
            }
            let frame = decoder.decode(&mut src).unwrap().unwrap();
            assert_eq!(frame.payload, payload, "{len} bytes split at {at}");
        }
    }
}

#[test]
fn one_high_bit_anywhere_is_noticed_while_unmasking() {
    for len in (1..80).chain([256, 300]) {
        for at in 0..len {
            let mut text = vec![b'a'; len];
            text[at] = 0x80;
            let mut wire = BytesMut::new();
            Frame::new(Opcode::Text, &text)
                .encode_masked(KEYS[2], &mut wire)
                .unwrap();
            let mut assembler = Assembler::new(Role::Server, Limits::default());
            let error = assembler.decode(&mut wire).unwrap_err();
            assert_eq!(error.close_code().as_u16(), 1007, "bad byte {at} of {len}");
        }
    }
}

#[test]
fn high_bits_that_only_the_mask_has_are_no_concern() {
    let text = "plain ascii, longer than one word";
    let mut wire = BytesMut::new();
    Message::text(text)
        .encode_masked([0xFF; 4], &mut wire)
        .unwrap();
    let mut assembler = Assembler::new(Role::Server, Limits::default());
    assert_eq!(assembler.decode(&mut wire), Ok(Some(Message::text(text))));
}
