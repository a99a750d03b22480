use std::collections::HashSet;

use bytes::Bytes;
use sse_codec::{EncodeError, EventRef};

use super::{BatchError, EventStream, IdError, Outgoing, PublishError, Target, history::History};
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
        let mut history = self.history();
        let prepared = self.prepare(&history, &outgoing, 0)?;
        Ok(self.commit(&mut history, prepared))
    }

    /// Sends all of these, with no other event between them, or none.
    ///
    /// # Errors
    /// As [`publish`](Self::publish), for the first that cannot be sent.
    pub fn publish_all(&self, all: &[Outgoing<'_>]) -> Result<Vec<Published>, BatchError> {
        let mut history = self.history();
        let mut prepared = Vec::with_capacity(all.len());
        let mut own_ids = HashSet::new();
        let mut before = 0;
        for (outgoing, at) in all.iter().zip(0..) {
            let failed = |error| BatchError { at, error };
            let next = self.prepare(&history, outgoing, before).map_err(failed)?;
            if next.own_id.is_some_and(|id| !own_ids.insert(id)) {
                return Err(failed(IdError::Taken.into()));
            }
            before += u64::from(next.is_kept());
            prepared.push(next);
        }
        let commit = |next| self.commit(&mut history, next);
        Ok(prepared.into_iter().map(commit).collect())
    }

    /// Makes the bytes of an event that comes after so many others that are still to be kept.
    fn prepare<'a>(
        &self,
        history: &History,
        outgoing: &Outgoing<'a>,
        before: u64,
    ) -> Result<Prepared<'a>, PublishError> {
        let Outgoing { event, target, key } = *outgoing;
        let config = &self.0.config;
        let conflates = config.slow_client == SlowClient::Conflate;
        let for_one = matches!(target, Target::Connection(_));
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
            None => history.id_after(before),
        };
        let bytes = encode(event, id.as_deref())?;
        if bytes.len() > config.max_queued_bytes {
            return Err(PublishError::TooLarge {
                limit: config.max_queued_bytes,
            });
        }
        Ok(Prepared {
            bytes,
            id,
            own_id,
            key: key.or(event.id()).filter(|_| conflates),
            target,
        })
    }

    /// Sends an event that was prepared since the lock is held: every outbox has the order of the
    /// history.
    fn commit(&self, history: &mut History, prepared: Prepared<'_>) -> Published {
        let keeps = prepared.is_kept();
        let Prepared {
            bytes,
            id,
            own_id,
            key,
            target,
        } = prepared;
        let mut payload = Payload::new(bytes.clone());
        if let Some(key) = key {
            payload = payload.with_key(key.into());
        }
        let group = target.group();
        let audience = match (target, &group) {
            (Target::Connection(id), _) => Audience::Member(id),
            (_, Some(group)) => Audience::Group(group),
            (_, None) => Audience::All,
        };
        let delivery = self.0.registry.deliver(audience, &payload);
        delivery.count(&self.0.metrics);
        if keeps {
            history.keep(bytes, own_id, group);
        }
        Published { id, delivery }
    }
}

/// An event that can be sent.
struct Prepared<'a> {
    bytes: Bytes,
    id: Option<String>,
    own_id: Option<&'a str>,
    key: Option<&'a str>,
    target: Target<'a>,
}

impl Prepared<'_> {
    /// Whether it is for more than who is here now.
    fn is_kept(&self) -> bool {
        !matches!(self.target, Target::Connection(_))
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
