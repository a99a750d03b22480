use bytes::BytesMut;

use crate::{Control, EncodeError, EventRef, encode};

/// What a [`Decoder`](crate::Decoder) takes out of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Item<'a> {
    /// A block with data.
    Event(EventRef<'a>),
    /// A block with fields but without data: it may set the id and the reconnection time.
    Control(Control<'a>),
    /// What stands after the colon of one comment line, untrimmed, as soon as the line ends; only
    /// after [`Decoder::with_comments`](crate::Decoder::with_comments).
    Comment(&'a str),
}

impl Item<'_> {
    /// Appends the item as a block of its own; a comment exactly as it was received.
    ///
    /// # Errors
    /// If the event type or the id cannot be carried, which no decoded item's is; `dst` is then
    /// as before.
    pub fn encode(&self, dst: &mut BytesMut) -> Result<(), EncodeError> {
        match self {
            Self::Event(event) => event.encode(dst),
            Self::Control(control) => control.encode(dst),
            Self::Comment(text) => {
                dst.reserve(self.encoded_len());
                encode::lines(text.as_bytes()).for_each(|line| encode::put_line(dst, ":", line));
                dst.extend_from_slice(b"\n");
                Ok(())
            }
        }
    }

    /// How many bytes [`encode`](Self::encode) appends.
    #[must_use]
    pub fn encoded_len(&self) -> usize {
        match self {
            Self::Event(event) => event.encoded_len(),
            Self::Control(control) => control.encoded_len(),
            Self::Comment(text) => {
                let lines = encode::lines(text.as_bytes()).map(|line| encode::line_len(":", line));
                lines.sum::<usize>() + 1
            }
        }
    }
}
