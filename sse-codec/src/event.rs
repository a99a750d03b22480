use alloc::string::String;
use core::time::Duration;

use bytes::{Bytes, BytesMut};

use crate::{EncodeError, EventWriter, encode};

/// A block with data: what a receiver dispatches as an event.
///
/// Decoded, it borrows from the input or from the decoder. Built with [`new`](Self::new), it is
/// what the encoder takes. An event without data cannot be written down, because no receiver would
/// dispatch it; a block that only sets an id or the reconnection time is a
/// [`Control`](crate::Control).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EventRef<'a> {
    pub(crate) retry: Option<Duration>,
    pub(crate) event: Option<&'a str>,
    pub(crate) data: &'a str,
    pub(crate) last_event_id: &'a str,
    /// Whether `last_event_id` was set by this block.
    pub(crate) sets_id: bool,
}

impl<'a> EventRef<'a> {
    /// An event of type `message` with this data, which may be empty.
    #[must_use]
    pub const fn new(data: &'a str) -> Self {
        Self {
            retry: None,
            event: None,
            data,
            last_event_id: "",
            sets_id: false,
        }
    }

    /// Sets the `event` field: the type under which receivers dispatch the event.
    ///
    /// Encoding fails if it has a CR or LF. The empty string means `message`.
    #[must_use]
    pub const fn with_event(mut self, event: &'a str) -> Self {
        self.event = Some(event);
        self
    }

    /// Sets the `id` field: what a receiver sends back as `Last-Event-ID` to resume after this
    /// event.
    ///
    /// Encoding fails if it has a CR, LF or NUL. The empty string makes receivers forget the id.
    #[must_use]
    pub const fn with_id(mut self, id: &'a str) -> Self {
        self.last_event_id = id;
        self.sets_id = true;
        self
    }

    /// Sets the `retry` field: how long receivers wait before they reconnect, in whole
    /// milliseconds, rounded down.
    #[must_use]
    pub const fn with_retry(mut self, retry: Duration) -> Self {
        self.retry = Some(retry);
        self
    }

    /// The event's type; `message` if the block names none or an empty one.
    #[must_use]
    pub fn event_type(&self) -> &'a str {
        match self.event {
            None | Some("") => "message",
            Some(event) => event,
        }
    }

    /// The values of the `data` lines, with one LF between two of them.
    #[must_use]
    pub const fn data(&self) -> &'a str {
        self.data
    }

    /// The last event ID when the event was dispatched: this block's id or one from before,
    /// empty if there was none.
    #[must_use]
    pub const fn last_event_id(&self) -> &'a str {
        self.last_event_id
    }

    /// The `event` field as the block has it: `None` without one, `Some("")` for an empty one.
    #[must_use]
    pub const fn event(&self) -> Option<&'a str> {
        self.event
    }

    /// The `id` field as the block has it: `None` without one, `Some("")` for an empty one.
    ///
    /// An id with a NUL counts as none, as the standard wants it.
    #[must_use]
    pub fn id(&self) -> Option<&'a str> {
        self.sets_id.then_some(self.last_event_id)
    }

    /// The `retry` field of the block, if it has a valid one.
    #[must_use]
    pub const fn retry(&self) -> Option<Duration> {
        self.retry
    }

    /// Copies the event, so that it outlives the input.
    #[must_use]
    pub fn into_owned(self) -> Event {
        Event {
            retry: self.retry,
            id: self.id().map(String::from),
            event: self.event.map(String::from),
            data: String::from(self.data),
            last_event_id: String::from(self.last_event_id),
        }
    }

    /// Appends the block, blank line included, to `dst`: `retry`, `id`, `event`, then `data`.
    ///
    /// CR LF, CR and LF in the data each become one LF at the receiver.
    ///
    /// # Errors
    /// If the event type or the id cannot be carried; `dst` is then as before.
    pub fn encode(&self, dst: &mut BytesMut) -> Result<(), EncodeError> {
        EventWriter::begin(dst, *self)?.finish();
        Ok(())
    }

    /// How many bytes [`encode`](Self::encode) appends.
    #[must_use]
    pub fn encoded_len(&self) -> usize {
        let data = encode::lines(self.data.as_bytes()).map(|line| encode::line_len("data: ", line));
        encode::retry_len(self.retry)
            + encode::field_len("id: ", self.id())
            + encode::field_len("event: ", self.event)
            + data.sum::<usize>()
            + 1
    }

    /// The encoded block in one buffer that all subscribers can share.
    ///
    /// # Errors
    /// If the event type or the id cannot be carried.
    pub fn to_bytes(&self) -> Result<Bytes, EncodeError> {
        let mut dst = BytesMut::with_capacity(self.encoded_len());
        self.encode(&mut dst)?;
        Ok(dst.freeze())
    }
}

/// An event with its own strings: see [`EventRef::into_owned`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Event {
    /// The `retry` field of the block.
    pub retry: Option<Duration>,
    /// The `id` field of the block.
    pub id: Option<String>,
    /// The `event` field of the block.
    pub event: Option<String>,
    /// The values of the `data` lines, with one LF between two of them.
    pub data: String,
    /// The last event ID when the event was dispatched.
    pub last_event_id: String,
}

impl<'a> From<&'a Event> for EventRef<'a> {
    fn from(event: &'a Event) -> Self {
        Self {
            retry: event.retry,
            event: event.event.as_deref(),
            data: &event.data,
            last_event_id: event.id.as_deref().unwrap_or(&event.last_event_id),
            sets_id: event.id.is_some(),
        }
    }
}
