use core::time::Duration;

use bytes::{Bytes, BytesMut};

use crate::{EncodeError, encode};

/// A block without data: it changes what the receiver does when it reconnects, or only keeps the
/// connection alive, but dispatches no event.
///
/// ```
/// use sse_codec::Control;
///
/// let heartbeat = Control::new().with_comment("keep-alive").to_bytes()?;
/// assert_eq!(heartbeat, ": keep-alive\n\n");
/// # Ok::<(), sse_codec::EncodeError>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Control<'a> {
    pub(crate) retry: Option<Duration>,
    pub(crate) id: Option<&'a str>,
    pub(crate) event: Option<&'a str>,
    pub(crate) comment: Option<&'a str>,
}

impl<'a> Control<'a> {
    /// A block with nothing in it yet; encoded as it is, it is a blank line.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            retry: None,
            id: None,
            event: None,
            comment: None,
        }
    }

    /// Sets how long receivers wait before they reconnect, in whole milliseconds, rounded down.
    #[must_use]
    pub const fn with_retry(mut self, retry: Duration) -> Self {
        self.retry = Some(retry);
        self
    }

    /// Sets what receivers send back as `Last-Event-ID`.
    ///
    /// Encoding fails if it has a CR, LF or NUL. The empty string makes receivers forget the id.
    #[must_use]
    pub const fn with_id(mut self, id: &'a str) -> Self {
        self.id = Some(id);
        self
    }

    /// Puts a comment first, one comment line for each of its lines.
    #[must_use]
    pub const fn with_comment(mut self, comment: &'a str) -> Self {
        self.comment = Some(comment);
        self
    }

    /// The reconnection time that the block sets.
    #[must_use]
    pub const fn retry(&self) -> Option<Duration> {
        self.retry
    }

    /// The last event ID that the block sets.
    #[must_use]
    pub const fn id(&self) -> Option<&'a str> {
        self.id
    }

    /// The event type that the block names for no event, if it was decoded. Receivers ignore it; it
    /// is kept so that a proxy passes on what it got.
    #[must_use]
    pub const fn event(&self) -> Option<&'a str> {
        self.event
    }

    /// The comment to write. Never set by the decoder, which reports comments one by one as
    /// [`Item::Comment`](crate::Item::Comment).
    #[must_use]
    pub const fn comment(&self) -> Option<&'a str> {
        self.comment
    }

    /// Appends the block, blank line included, to `dst`: comment, `retry`, `id`, then `event`.
    ///
    /// # Errors
    /// If the id cannot be carried; `dst` is then as before.
    pub fn encode(&self, dst: &mut BytesMut) -> Result<(), EncodeError> {
        self.id.map_or(Ok(()), encode::check_id)?;
        self.event.map_or(Ok(()), encode::check_event)?;
        dst.reserve(self.encoded_len());
        for line in self.comment_lines() {
            encode::put_line(dst, ": ", line);
        }
        encode::put_retry(dst, self.retry);
        encode::put_field(dst, "id: ", self.id);
        encode::put_field(dst, "event: ", self.event);
        dst.extend_from_slice(b"\n");
        Ok(())
    }

    /// How many bytes [`encode`](Self::encode) appends.
    #[must_use]
    pub fn encoded_len(&self) -> usize {
        let comment_len: usize = self
            .comment_lines()
            .map(|line| encode::line_len(": ", line))
            .sum();
        comment_len
            + encode::retry_len(self.retry)
            + encode::field_len("id: ", self.id)
            + encode::field_len("event: ", self.event)
            + 1
    }

    /// The encoded block in one buffer that all subscribers can share.
    ///
    /// # Errors
    /// If the id cannot be carried.
    pub fn to_bytes(&self) -> Result<Bytes, EncodeError> {
        let mut dst = BytesMut::with_capacity(self.encoded_len());
        self.encode(&mut dst)?;
        Ok(dst.freeze())
    }

    fn comment_lines(&self) -> impl Iterator<Item = &'a [u8]> {
        let comment = self.comment.map(str::as_bytes);
        comment.into_iter().flat_map(encode::lines)
    }
}
