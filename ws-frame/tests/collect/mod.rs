//! Messages in owned form, as they come out of an assembler that is fed in pieces.

use bytes::BytesMut;
use ws_frame::{Assembler, DecodeError, Limits, Message, Role};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    Text(String),
    Binary(Vec<u8>),
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    Close(Option<(u16, String)>),
    Failed(DecodeError),
}

impl From<Message<'_>> for Item {
    fn from(message: Message<'_>) -> Self {
        match message {
            Message::Text(text) => Self::Text(text.as_str().to_owned()),
            Message::Binary(bytes) => Self::Binary(bytes.to_vec()),
            Message::Ping(bytes) => Self::Ping(bytes.to_vec()),
            Message::Pong(bytes) => Self::Pong(bytes.to_vec()),
            Message::Close(close) => {
                Self::Close(close.map(|close| (close.code().as_u16(), close.reason().to_owned())))
            }
        }
    }
}

/// Everything that comes out of `pieces`, a failure last.
pub(crate) fn assemble<'a>(
    role: Role,
    limits: Limits,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> Vec<Item> {
    items(Assembler::new(role, limits), pieces)
}

/// Everything that `assembler` makes of `pieces`, a failure last.
pub(crate) fn items<'a>(
    mut assembler: Assembler,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> Vec<Item> {
    let mut src = BytesMut::new();
    let mut items = Vec::new();
    for piece in pieces {
        src.extend_from_slice(piece);
        loop {
            match assembler.decode(&mut src) {
                Ok(Some(message)) => items.push(Item::from(message)),
                Ok(None) => break,
                Err(error) => {
                    assert_eq!(assembler.decode(&mut src), Err(error), "an error repeats");
                    items.push(Item::Failed(error));
                    return items;
                }
            }
        }
    }
    items
}
