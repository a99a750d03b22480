//! Messages.

use bytes::BytesMut;
use ws_frame::{Assembler, CloseCode, DecodeError, Limits, Message, Opcode, Role};

use super::{
    Input, MAX_KEPT,
    frames::{OwnedFrame, frames},
    limits,
};

#[derive(Clone, Debug, PartialEq)]
enum Item {
    Text(Vec<u8>),
    Binary(Vec<u8>),
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    Close(Option<(u16, String)>),
}

impl From<Message<'_>> for Item {
    fn from(message: Message<'_>) -> Self {
        match message {
            Message::Text(text) => Self::Text(text.as_str().into()),
            Message::Binary(bytes) => Self::Binary(bytes.to_vec()),
            Message::Ping(bytes) => Self::Ping(bytes.to_vec()),
            Message::Pong(bytes) => Self::Pong(bytes.to_vec()),
            Message::Close(close) => {
                Self::Close(close.map(|c| (c.code().as_u16(), c.reason().to_owned())))
            }
        }
    }
}

fn messages<'a>(
    role: Role,
    limits: Limits,
    chunks: impl Iterator<Item = &'a [u8]>,
    sent_on: &mut BytesMut,
) -> (Vec<Item>, Option<DecodeError>) {
    let mut assembler = Assembler::new(role, limits);
    let (mut src, mut out) = (BytesMut::new(), Vec::new());
    for chunk in chunks {
        src.extend_from_slice(chunk);
        loop {
            match assembler.decode(&mut src) {
                Ok(Some(message)) => {
                    message
                        .encode(sent_on)
                        .expect("what was decoded can be sent");
                    out.push(Item::from(message));
                }
                Ok(None) => break,
                Err(error) => {
                    assert_eq!(assembler.decode(&mut src), Err(error), "an error repeats");
                    return (out, Some(error));
                }
            }
        }
        assert!(src.len() <= MAX_KEPT, "{} bytes are kept", src.len());
    }
    (out, None)
}

/// What the frames add up to, put together without haste; `Err` at a message that is not one.
fn naive(frames: &[OwnedFrame]) -> Result<Vec<Item>, ()> {
    let (mut out, mut whole, mut is_text) = (Vec::new(), Vec::new(), false);
    for OwnedFrame {
        fin,
        opcode,
        payload,
        ..
    } in frames
    {
        match opcode {
            Opcode::Ping => out.push(Item::Ping(payload.clone())),
            Opcode::Pong => out.push(Item::Pong(payload.clone())),
            Opcode::Close if payload.is_empty() => out.push(Item::Close(None)),
            Opcode::Close => {
                let (code, reason) = payload.split_first_chunk().ok_or(())?;
                let code = CloseCode::new(u16::from_be_bytes(*code)).ok_or(())?;
                let reason = String::from_utf8(reason.to_vec()).map_err(|_| ())?;
                out.push(Item::Close(Some((code.as_u16(), reason))));
            }
            Opcode::Text | Opcode::Binary | Opcode::Continuation => {
                if *opcode != Opcode::Continuation {
                    is_text = *opcode == Opcode::Text;
                }
                whole.extend_from_slice(payload);
                if *fin {
                    let whole = std::mem::take(&mut whole);
                    out.push(if is_text {
                        Item::Text(whole)
                    } else {
                        Item::Binary(whole)
                    });
                }
            }
        }
    }
    Ok(out)
}

/// Messages are the same in any chunks, are what their frames add up to, and survive being sent on.
///
/// # Panics
/// If a promise is broken.
pub fn assemble(data: &[u8]) {
    let Some(input) = Input::new(data) else {
        return;
    };
    let mut sent_on = BytesMut::new();
    let alone = std::iter::once(input.wire);
    let whole = messages(input.role, limits(), alone, &mut sent_on);
    let chunked = messages(input.role, limits(), input.chunks(), &mut BytesMut::new());
    assert_eq!(chunked, whole, "in chunks");

    let (found, error) = frames(input.role, false, std::iter::once(input.wire));
    match naive(&found) {
        Ok(items) => assert_eq!(whole, (items, error), "what the frames add up to"),
        Err(()) => assert!(whole.1.is_some(), "a close frame that says nonsense"),
    }
    // What came in several frames leaves in one, which may be larger than each of them.
    let (again, error) = messages(
        Role::Client,
        Limits::default(),
        std::iter::once(&sent_on[..]),
        &mut BytesMut::new(),
    );
    assert_eq!((again, error), (whole.0, None), "sent on");
}
