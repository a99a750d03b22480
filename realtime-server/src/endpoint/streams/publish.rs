use std::{error::Error, fmt};

use bytes::Bytes;
use sse_codec::{EncodeError, EventRef};

use super::{EventStream, IdError, Outgoing, Target, stream::Inner};
use crate::{
    config::{SlowClient, StreamConfig},
    fanout::{Audience, Delivery, Payload},
};

/// What became of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The id that subscribers get with it, if it has one.
    pub id: Option<String>,
    /// For how many subscribers it was queued, and what that cost.
    pub delivery: Delivery,
}

impl EventStream {
    /// Queues `event` for every subscriber and waits for none.
    ///
    /// # Errors
    /// As [`publish`](Self::publish).
    pub fn send(&self, event: EventRef<'_>) -> Result<Published, PublishError> {
        self.publish(Outgoing::new(event))
    }

    /// Queues an event for those whom it is for, keeps it for those who come back, and waits for
    /// nobody.
    ///
    /// # Errors
    /// When it cannot be written, because a field holds what would forge a line; when it may not
    /// have the id that it has; when it is larger than all that may wait for a subscriber.
    pub fn publish(&self, outgoing: Outgoing<'_>) -> Result<Published, PublishError> {
        let Outgoing { event, target, key } = outgoing;
        let Inner {
            config,
            registry,
            metrics,
            ..
        } = &*self.0;
        let conflates = config.slow_client == SlowClient::Conflate;
        let for_one = matches!(target, Target::Connection(_));
        let mut history = self.history();
        // What is not kept must not move the place of who gets it. Where events conflate, an id
        // that comes again is the point: it is a key there, and no place.
        let ours_only = history.keeps() && (conflates || for_one);
        let own_id = event.id().filter(|_| !ours_only);
        if let Some(id) = own_id {
            history.check(id)?;
        }
        let id = match own_id {
            Some(id) => Some(id.to_owned()),
            None if for_one => None,
            None => history.next_id(),
        };
        let bytes = encode(event, id.as_deref())?;
        if bytes.len() > config.max_queued_bytes {
            return Err(PublishError::TooLarge {
                limit: config.max_queued_bytes,
            });
        }
        let mut payload = Payload::new(bytes.clone());
        if let Some(key) = key.or(event.id()).filter(|_| conflates) {
            payload = payload.with_key(key.into());
        }
        let group = target.group();
        let audience = match (target, &group) {
            (Target::Connection(id), _) => Audience::Member(id),
            (_, Some(group)) => Audience::Group(group),
            (_, None) => Audience::All,
        };
        // Still under the lock: every outbox has the order of the history.
        let delivery = registry.deliver(audience, &payload);
        if !for_one {
            history.keep(bytes, own_id, group);
        }
        drop(history);
        delivery.count(metrics);
        Ok(Published { id, delivery })
    }
}

/// The bytes of `event` with `id` instead of its own.
pub(super) fn encode(event: EventRef<'_>, id: Option<&str>) -> Result<Bytes, EncodeError> {
    let mut written = EventRef::new(event.data());
    if let Some(name) = event.event() {
        written = written.with_event(name);
    }
    if let Some(id) = id {
        written = written.with_id(id);
    }
    if let Some(retry) = event.retry() {
        written = written.with_retry(retry.max(StreamConfig::RETRY_FLOOR));
    }
    written.to_bytes()
}

/// Why an event was not sent to anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PublishError {
    /// It cannot be written.
    Encode(EncodeError),
    /// It cannot have the id that it has.
    Id(IdError),
    /// It is larger than all that may wait for a subscriber.
    TooLarge {
        /// The most bytes.
        limit: usize,
    },
}

impl From<EncodeError> for PublishError {
    fn from(error: EncodeError) -> Self {
        Self::Encode(error)
    }
}

impl From<IdError> for PublishError {
    fn from(error: IdError) -> Self {
        Self::Id(error)
    }
}

impl fmt::Display for PublishError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Encode(error) => error.fmt(f),
            Self::Id(error) => error.fmt(f),
            Self::TooLarge { limit } => write!(f, "the event is larger than {limit} bytes"),
        }
    }
}

impl Error for PublishError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Encode(error) => Some(error),
            Self::Id(error) => Some(error),
            Self::TooLarge { .. } => None,
        }
    }
}
