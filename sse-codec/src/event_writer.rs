use core::fmt;

use bytes::BytesMut;
#[cfg(feature = "serde")]
use memchr::memchr2;

use crate::{EncodeError, EventRef, encode};

/// Writes an event whose data comes in pieces, as from a formatter.
///
/// The pieces may be cut anywhere: a CR at the end of one and an LF at the start of the next are
/// one line break. Dropped before [`finish`](Self::finish), it takes back what it wrote, so that
/// half an event never reaches a receiver.
///
/// ```
/// use core::fmt::Write;
///
/// use bytes::BytesMut;
/// use sse_codec::{EventRef, EventWriter};
///
/// let mut dst = BytesMut::new();
/// let mut event = EventWriter::begin(&mut dst, EventRef::new("").with_event("sum"))?;
/// write!(event, "{}\n{}", 1 + 1, 2 + 2).expect("a BytesMut takes everything");
/// event.finish();
/// assert_eq!(dst, "event: sum\ndata: 2\ndata: 4\n\n");
/// # Ok::<(), sse_codec::EncodeError>(())
/// ```
#[derive(Debug)]
#[must_use = "an event that is not finished is taken back"]
pub struct EventWriter<'d> {
    dst: &'d mut BytesMut,
    /// How long `dst` is without this event.
    start: usize,
    line_is_open: bool,
    ends_with_cr: bool,
}

impl<'d> EventWriter<'d> {
    /// Writes the fields of `event` and its data as the first piece.
    ///
    /// # Errors
    /// If the event type or the id cannot be carried; `dst` is then as before.
    pub fn begin(dst: &'d mut BytesMut, event: EventRef<'_>) -> Result<Self, EncodeError> {
        let (event_type, id) = (event.event(), event.id());
        event_type.map_or(Ok(()), encode::check_event)?;
        id.map_or(Ok(()), encode::check_id)?;
        let start = dst.len();
        encode::put_retry(dst, event.retry());
        encode::put_field(dst, "id: ", id);
        encode::put_field(dst, "event: ", event_type);
        let mut writer = Self {
            dst,
            start,
            line_is_open: false,
            ends_with_cr: false,
        };
        writer.push(event.data());
        Ok(writer)
    }

    /// Appends to the data.
    pub fn push(&mut self, piece: &str) {
        self.push_bytes(piece.as_bytes());
    }

    /// Appends the text that `write` leaves at the end of the buffer.
    #[cfg(feature = "serde")]
    pub(crate) fn push_written<E>(
        &mut self,
        write: impl FnOnce(&mut BytesMut) -> Result<(), E>,
    ) -> Result<(), E> {
        let opened = !self.line_is_open;
        if opened {
            self.dst.extend_from_slice(b"data: ");
            self.line_is_open = true;
        }
        let start = self.dst.len();
        let result = write(self.dst);
        let written = self.dst.get(start..).unwrap_or_default();
        if result.is_err() || written.is_empty() || memchr2(b'\n', b'\r', written).is_some() {
            let written = self.dst.split_off(start);
            if opened {
                self.dst.truncate(start - b"data: ".len());
                self.line_is_open = false;
            }
            result?;
            // Only a line break needs the rules for pieces, and JSON has none as a rule.
            self.push_bytes(&written);
        } else {
            self.ends_with_cr = false;
        }
        Ok(())
    }

    fn push_bytes(&mut self, piece: &[u8]) {
        if piece.is_empty() {
            return;
        }
        let piece = match piece.strip_prefix(b"\n") {
            Some(rest) if self.ends_with_cr => rest,
            _ => piece,
        };
        self.ends_with_cr = piece.ends_with(b"\r");
        let mut lines = encode::lines(piece);
        self.put(lines.next().unwrap_or_default());
        for line in lines {
            self.end_line();
            self.put(line);
        }
    }

    /// Ends the event with its blank line.
    pub fn finish(mut self) {
        self.end_line();
        self.dst.extend_from_slice(b"\n");
        self.start = self.dst.len();
    }

    fn put(&mut self, part: &[u8]) {
        if part.is_empty() {
            return;
        }
        if !self.line_is_open {
            self.dst.extend_from_slice(b"data: ");
            self.line_is_open = true;
        }
        self.dst.extend_from_slice(part);
    }

    fn end_line(&mut self) {
        let end: &[u8] = if self.line_is_open { b"\n" } else { b"data:\n" };
        self.dst.extend_from_slice(end);
        self.line_is_open = false;
    }
}

impl fmt::Write for EventWriter<'_> {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        self.push(piece);
        Ok(())
    }
}

impl Drop for EventWriter<'_> {
    fn drop(&mut self) {
        self.dst.truncate(self.start);
    }
}
