use std::{cell::OnceCell, sync::Arc};

use bytes::{BufMut, Bytes, BytesMut};
use ws_frame::{Frame, Opcode};

/// In which form a member's connection sends what it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WireForm {
    /// The bytes as they are: an event of an event stream, or text in the body of a response.
    Plain,
    /// An unmasked WebSocket text frame around the bytes.
    TextFrame,
    /// An event of an event stream around the bytes, as the SignalR transport of that name has it.
    Event,
    /// The bytes of the binary encoding as they are.
    Binary,
    /// An unmasked WebSocket binary frame around the bytes of the binary encoding.
    BinaryFrame,
}

impl WireForm {
    /// Whether it carries the binary encoding of a message instead of the one in text.
    #[must_use]
    pub fn is_binary(self) -> bool {
        matches!(self, Self::Binary | Self::BinaryFrame)
    }

    /// What a message for one member alone looks like on its wire.
    #[must_use]
    pub fn frame(self, message: Bytes) -> Bytes {
        match self {
            Self::Plain | Self::Binary => message,
            Self::TextFrame => data_frame(Opcode::Text, &message),
            Self::BinaryFrame => data_frame(Opcode::Binary, &message),
            Self::Event => event(&message),
        }
    }
}

/// One message on its way to many members: each wire form is made when the first member needs it,
/// and shared by all others. Members take it in text or in binary, as far as it has both.
#[derive(Debug)]
pub struct Payload {
    plain: Bytes,
    key: Option<Arc<str>>,
    text_frame: OnceCell<Bytes>,
    event: OnceCell<Bytes>,
    binary: Option<Bytes>,
    binary_frame: OnceCell<Bytes>,
}

impl Payload {
    /// A message of which `plain` are the bare bytes, in text.
    #[must_use]
    pub fn new(plain: Bytes) -> Self {
        Self {
            plain,
            key: None,
            text_frame: OnceCell::new(),
            event: OnceCell::new(),
            binary: None,
            binary_frame: OnceCell::new(),
        }
    }

    /// The same message with `binary` for the members that take no text.
    #[must_use]
    pub fn with_binary(mut self, binary: Bytes) -> Self {
        self.binary = Some(binary);
        self
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

    /// The message in the form of `form`, without copying it after the first time; nothing if the
    /// form is binary and the message is not.
    pub fn form(&self, form: WireForm) -> Option<Bytes> {
        let message = if form.is_binary() {
            self.binary.as_ref()?
        } else {
            &self.plain
        };
        let shared = match form {
            WireForm::Plain | WireForm::Binary => return Some(message.clone()),
            WireForm::TextFrame => &self.text_frame,
            WireForm::Event => &self.event,
            WireForm::BinaryFrame => &self.binary_frame,
        };
        Some(shared.get_or_init(|| form.frame(message.clone())).clone())
    }
}

fn data_frame(opcode: Opcode, message: &[u8]) -> Bytes {
    // A data frame of our own is refused only for a length of more than 63 bits.
    Frame::new(opcode, message)
        .to_bytes()
        .expect("a message fits into memory")
}

/// ASP.NET Core ends lines with CR LF, and its oldest clients want nothing else. Lines are split at
/// every kind of line end, because every kind would end one at the other side.
fn event(plain: &[u8]) -> Bytes {
    const PREFIX: &[u8] = b"data: ";
    const LINE_END: &[u8] = b"\r\n";
    let mut event = BytesMut::with_capacity(PREFIX.len() + plain.len() + 2 * LINE_END.len());
    if !plain.is_empty() {
        let mut rest = plain;
        loop {
            let end = memchr::memchr2(b'\r', b'\n', rest);
            let (line, ended) = rest.split_at(end.unwrap_or(rest.len()));
            event.put_slice(PREFIX);
            event.put_slice(line);
            event.put_slice(LINE_END);
            rest = match ended {
                [b'\r', b'\n', rest @ ..] | [_, rest @ ..] => rest,
                [] => break,
            };
        }
    }
    event.put_slice(LINE_END);
    event.freeze()
}
