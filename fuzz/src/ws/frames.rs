//! Frames and parts of frames.

use bytes::BytesMut;
use ws_frame::{Close, DecodeError, Decoder, Frame, Opcode, PartDecoder, Role};

use super::{Input, MAX_KEPT, limits, naive};

#[derive(Clone, Debug, PartialEq)]
pub(super) struct OwnedFrame {
    pub(super) fin: bool,
    pub(super) rsv1: bool,
    pub(super) opcode: Opcode,
    pub(super) payload: Vec<u8>,
}

impl OwnedFrame {
    fn borrow(&self) -> Frame<'_> {
        let Self {
            fin,
            rsv1,
            opcode,
            payload,
        } = self;
        Frame {
            fin: *fin,
            rsv1: *rsv1,
            opcode: *opcode,
            payload,
        }
    }
}

pub(super) type Frames = (Vec<OwnedFrame>, Option<DecodeError>);

pub(super) fn frames<'a>(role: Role, rsv1: bool, chunks: impl Iterator<Item = &'a [u8]>) -> Frames {
    let decoder = Decoder::new(role, limits());
    let mut decoder = if rsv1 { decoder.allow_rsv1() } else { decoder };
    let (mut src, mut out) = (BytesMut::new(), Vec::new());
    for chunk in chunks {
        src.extend_from_slice(chunk);
        loop {
            match decoder.decode(&mut src) {
                Ok(Some(Frame {
                    fin,
                    rsv1,
                    opcode,
                    payload,
                })) => {
                    out.push(OwnedFrame {
                        fin,
                        rsv1,
                        opcode,
                        payload: payload.to_vec(),
                    });
                }
                Ok(None) => break,
                Err(error) => return (out, Some(error)),
            }
        }
        assert!(src.len() <= MAX_KEPT, "{} bytes are kept", src.len());
    }
    (out, None)
}

fn frames_of_parts(input: &Input<'_>) -> Frames {
    let decoder = PartDecoder::new(input.role, limits());
    let mut decoder = if input.rsv1 {
        decoder.allow_rsv1()
    } else {
        decoder
    };
    let (mut src, mut out, mut payload) = (BytesMut::new(), Vec::new(), Vec::new());
    for chunk in input.chunks() {
        src.extend_from_slice(chunk);
        loop {
            match decoder.decode(&mut src) {
                Ok(Some(part)) => {
                    payload.extend_from_slice(part.payload);
                    assert_eq!(payload.len() + part.remaining, part.head.len);
                    if part.remaining == 0 {
                        let (fin, rsv1, opcode) = (part.head.fin, part.head.rsv1, part.head.opcode);
                        let payload = std::mem::take(&mut payload);
                        out.push(OwnedFrame {
                            fin,
                            rsv1,
                            opcode,
                            payload,
                        });
                    }
                }
                Ok(None) => break,
                Err(error) => return (out, Some(error)),
            }
        }
    }
    (out, None)
}

/// What a naive reading of the rules makes of the wire. A head that is cut off it judges only after
/// some bytes were added to it, and then whatever the rest might have been.
fn check_against_naive(input: &Input<'_>, found: &Frames) {
    let naive = |wire: &[u8]| naive::frames(input.role, input.rsv1, limits(), wire);
    let expected = naive(input.wire);
    if expected.1.is_some() || found.1.is_none() {
        assert_eq!(*found, expected, "by the rules");
        return;
    }
    assert_eq!(found.0, expected.0, "by the rules");
    for rest in [[0x00; 14], [0xFF; 14]] {
        let wire = [input.wire, &rest].concat();
        assert!(naive(&wire).1.is_some(), "{:?} came too early", found.1);
    }
}

/// Frames and parts are what the rules say, the same in any chunks, and survive being sent on.
///
/// # Panics
/// If a promise is broken.
pub fn decode(data: &[u8]) {
    let Some(input) = Input::new(data) else {
        return;
    };
    let (found, error) = frames(input.role, input.rsv1, std::iter::once(input.wire));
    check_against_naive(&input, &(found.clone(), error));
    let chunked = frames(input.role, input.rsv1, input.chunks());
    assert_eq!(chunked, (found.clone(), error), "in chunks");
    assert_eq!(frames_of_parts(&input), (found.clone(), error), "in parts");

    let (mut len, mut fragments) = (0, 0);
    let (mut plain, mut masked) = (BytesMut::new(), BytesMut::new());
    let mut sendable = Vec::new();
    for frame in &found {
        // What the peer may not say, nobody repeats.
        if frame.opcode == Opcode::Close && Close::parse(&frame.payload).is_err() {
            assert!(frame.borrow().encode(&mut plain).is_err());
            assert!(frame.borrow().encode_masked([0; 4], &mut masked).is_err());
            continue;
        }
        sendable.push(frame.clone());
        let before = plain.len();
        frame
            .borrow()
            .encode(&mut plain)
            .expect("what was decoded can be sent");
        assert_eq!(plain.len() - before, frame.borrow().encoded_len());
        frame
            .borrow()
            .encode_masked([0x9A, 0x3C, 0xF0, 0x0F], &mut masked)
            .expect("as well");
        if frame.opcode.is_control() {
            assert!(frame.fin && frame.payload.len() <= 125);
            continue;
        }
        (len, fragments) = (len + frame.payload.len(), fragments + 1);
        assert!(frame.payload.len() <= 300 && len <= 500 && fragments <= 5);
        if frame.fin {
            (len, fragments) = (0, 0);
        }
    }
    if input.role == Role::Client && sendable.len() == found.len() {
        assert!(
            input.wire.starts_with(&plain),
            "minimal lengths leave one way to write a frame"
        );
    }
    let again = (sendable, None);
    assert_eq!(
        frames(Role::Client, input.rsv1, std::iter::once(&plain[..])),
        again
    );
    assert_eq!(
        frames(Role::Server, input.rsv1, std::iter::once(&masked[..])),
        again
    );
}
