use bytes::BytesMut;

use crate::EncodeError;

/// Blocks that are written already: with fields that the standard does not know, or as they came
/// from somebody else.
///
/// They go out byte for byte, so whoever makes them answers for what they say. What is checked is
/// that they leave the stream where the next block can start: the last line is blank, and no byte
/// order mark is in front, since receivers take one off at the start of a stream and nowhere else.
///
/// ```
/// use bytes::BytesMut;
/// use sse_codec::{EncodeError, Raw};
///
/// let mut dst = BytesMut::new();
/// Raw::new("trace: 7f3a\ndata: hello\n\n").encode(&mut dst)?;
/// assert_eq!(dst, "trace: 7f3a\ndata: hello\n\n");
///
/// let open = Raw::new("data: would run into the next block\n");
/// assert_eq!(open.encode(&mut dst), Err(EncodeError::NoBlankLineAtEnd));
/// # Ok::<(), EncodeError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Raw<'a>(&'a str);

impl<'a> Raw<'a> {
    /// One or more whole blocks; [`encode`](Self::encode) checks them.
    #[must_use]
    pub const fn new(blocks: &'a str) -> Self {
        Self(blocks)
    }

    /// Appends the blocks to `dst` as they are.
    ///
    /// # Errors
    /// If the last line is not blank, or a byte order mark is in front; `dst` is then as before.
    pub fn encode(&self, dst: &mut BytesMut) -> Result<(), EncodeError> {
        if self.0.starts_with('\u{FEFF}') {
            return Err(EncodeError::ByteOrderMark);
        }
        if !ends_with_blank_line(self.0.as_bytes()) {
            return Err(EncodeError::NoBlankLineAtEnd);
        }
        dst.extend_from_slice(self.0.as_bytes());
        Ok(())
    }

    /// How many bytes [`encode`](Self::encode) appends.
    #[must_use]
    pub const fn encoded_len(&self) -> usize {
        self.0.len()
    }
}

fn ends_with_blank_line(blocks: &[u8]) -> bool {
    //= https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
    //# with a U+000D CARRIAGE RETURN U+000A LINE FEED (CRLF) character pair, a single U+000A LINE
    //# FEED (LF) character not preceded by a U+000D CARRIAGE RETURN (CR) character, and a single
    //# U+000D CARRIAGE RETURN (CR) character not followed by a U+000A LINE FEED (LF) character
    //# being the ways in which a line can end.
    let before_last_end = blocks
        .strip_suffix(b"\r\n")
        .or_else(|| blocks.strip_suffix(b"\n"))
        .or_else(|| blocks.strip_suffix(b"\r"));
    before_last_end.is_some_and(|lines| matches!(lines, [] | [.., b'\n' | b'\r']))
}
