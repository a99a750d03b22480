use std::{error::Error, fmt, future::poll_fn, marker::PhantomData, sync::Arc};

use bytes::BytesMut;
use serde::Serialize;
use signalr_protocol::{EncodeError, StreamItem, Typed};

use super::Scope;

/// The items of a stream that a hub method sends to its caller; see
/// [`Hub::stream`](super::Hub::stream).
#[derive(Debug)]
pub struct Items<T> {
    id: Arc<str>,
    scope: Arc<Scope>,
    item: PhantomData<fn(T)>,
}

impl<T: Serialize> Items<T> {
    pub(super) fn new(id: Arc<str>, scope: Arc<Scope>) -> Self {
        Self {
            id,
            scope,
            item: PhantomData,
        }
    }

    /// Sends the next item, after waiting until the client has taken enough of what was sent
    /// before.
    ///
    /// # Errors
    /// [`ItemError::Cancelled`] once the client wants no more, or is gone: the method had better
    /// return; and once the method has returned. [`ItemError::Encode`] when the item cannot be written. [`ItemError::TooLarge`] when it
    /// is larger than half of all that may wait for the client.
    pub async fn send(&self, item: T) -> Result<(), ItemError> {
        let connection = &self.scope.connection;
        let mut record = BytesMut::new();
        StreamItem::new(&*self.id, Typed(&item))
            .encode(connection.origin.protocol, &mut record)
            .map_err(ItemError::Encode)?;
        let frame = connection.framed(record.freeze());
        let outbox = connection.member.outbox();
        // Half of the room is left to what is not sent piece by piece, the end of the stream too.
        let limit = outbox.limits().bytes / 2;
        if frame.len() > limit {
            return Err(ItemError::TooLarge { limit });
        }
        let room = poll_fn(|cx| outbox.poll_room_for(cx, 2 * frame.len()));
        let cancelled = self.scope.cancelled();
        let room = cancelled.run_until_cancelled(room).await;
        if room.is_none() || cancelled.is_cancelled() || self.scope.has_ended() {
            return Err(ItemError::Cancelled);
        }
        self.scope.note_item();
        outbox.push(frame);
        Ok(())
    }

    /// Says that the stream has begun, as its first item does: an error from here on is one of the
    /// stream, and not of the call.
    pub fn begin(&self) {
        self.scope.note_item();
    }

    /// Waits until the client wants no more, or is gone.
    pub async fn cancelled(&self) {
        self.scope.cancelled().cancelled().await;
    }
}

/// Why an item of a stream was not sent.
#[derive(Debug)]
#[non_exhaustive]
pub enum ItemError {
    /// The client has taken its invocation back, or is gone; or the method has returned.
    Cancelled,
    /// The item cannot be written.
    Encode(EncodeError),
    /// The item is larger than half of all that may wait for the client.
    TooLarge {
        /// The most bytes.
        limit: usize,
    },
}

impl fmt::Display for ItemError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cancelled => f.write_str("the client wants no more items"),
            Self::Encode(error) => error.fmt(f),
            Self::TooLarge { limit } => write!(f, "the item is larger than {limit} bytes"),
        }
    }
}

impl Error for ItemError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Encode(error) => Some(error),
            Self::Cancelled | Self::TooLarge { .. } => None,
        }
    }
}
