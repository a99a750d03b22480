use std::{cell::OnceCell, sync::Arc};

use bytes::Bytes;
use ws_frame::{Frame, Opcode};

/// In which form a member's connection sends what it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WireForm {
    /// The bytes as they are: an event of an event stream.
    Plain,
    /// An unmasked WebSocket text frame around the bytes.
    TextFrame,
}

/// One message on its way to many members: each wire form is made when the first member needs it,
/// and shared by all others.
#[derive(Debug)]
pub struct Payload {
    plain: Bytes,
    key: Option<Arc<str>>,
    text_frame: OnceCell<Bytes>,
}

impl Payload {
    /// A message of which `plain` are the bare bytes.
    #[must_use]
    pub fn new(plain: Bytes) -> Self {
        Self {
            plain,
            key: None,
            text_frame: OnceCell::new(),
        }
    }

    /// A message that says anew what others with the same key said before it.
    #[must_use]
    pub fn with_key(mut self, key: Arc<str>) -> Self {
        self.key = Some(key);
        self
    }

    /// What others before it have the same of.
    pub(super) fn key(&self) -> Option<&Arc<str>> {
        self.key.as_ref()
    }

    /// The message in the form of `form`, without copying it after the first time.
    pub fn form(&self, form: WireForm) -> Bytes {
        match form {
            WireForm::Plain => self.plain.clone(),
            WireForm::TextFrame => self
                .text_frame
                .get_or_init(|| text_frame(&self.plain))
                .clone(),
        }
    }
}

fn text_frame(plain: &[u8]) -> Bytes {
    // A data frame of our own is refused only for a length of more than 63 bits.
    Frame::new(Opcode::Text, plain)
        .to_bytes()
        .expect("a message fits into memory")
}
