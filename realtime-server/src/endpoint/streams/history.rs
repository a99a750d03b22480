use std::{collections::VecDeque, sync::Arc, time::Duration};

use bytes::Bytes;
use tokio::time::Instant;

use super::event_id::{Epoch, IdError};
use crate::config::StreamConfig;

/// The latest events of a stream, and how far it has come.
///
/// Whoever publishes or subscribes holds its lock meanwhile, so the order here is the order in every
/// outbox, and a subscriber gets each event from here or from its outbox, but not from both.
#[derive(Debug)]
pub(super) struct History {
    most_events: usize,
    most_bytes: usize,
    most_age: Duration,
    epoch: Epoch,
    /// The number of the latest event.
    last: u64,
    kept: VecDeque<Kept>,
    bytes: usize,
}

/// An event that can be sent again.
#[derive(Debug)]
struct Kept {
    at: Instant,
    own_id: Option<Box<str>>,
    /// Who may see it; everybody without one.
    group: Option<Arc<str>>,
    event: Bytes,
}

/// What somebody who comes back gets first.
#[derive(Debug, Default)]
pub(super) struct Replay {
    pub(super) gap: Option<Gap>,
    pub(super) events: VecDeque<Bytes>,
}

/// Events may be missing between the last that a subscriber has seen and the next that it gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    /// The id is none that this stream remembers.
    Unknown,
    /// So many events were dropped from the history meanwhile. Some may have been for others.
    Expired { missed: u64 },
}

impl History {
    pub(super) fn new(config: &StreamConfig) -> Self {
        Self {
            most_events: config.history_events,
            most_bytes: config.history_bytes,
            most_age: config.history_age,
            epoch: Epoch::new(),
            last: 0,
            kept: VecDeque::new(),
            bytes: 0,
        }
    }

    /// Whether there is one at all.
    pub(super) fn keeps(&self) -> bool {
        self.most_events > 0
    }

    /// The id that stands for all that was sent so far; none where nothing is kept.
    pub(super) fn position(&self) -> Option<String> {
        self.keeps().then(|| self.epoch.id(self.last))
    }

    /// The id that stands before the oldest event that is kept.
    pub(super) fn start(&self) -> Option<String> {
        self.keeps().then(|| self.epoch.id(self.forgotten()))
    }

    /// The id of the event after `more` that are still to come; none where nothing is kept.
    pub(super) fn id_after(&self, more: u64) -> Option<String> {
        self.keeps().then(|| self.epoch.id(self.last + more + 1))
    }

    /// Checks the id that a publisher wants for the next event.
    pub(super) fn check(&self, id: &str) -> Result<(), IdError> {
        self.epoch.check(id)?;
        let taken = self
            .kept
            .iter()
            .any(|kept| kept.own_id.as_deref() == Some(id));
        if taken { Err(IdError::Taken) } else { Ok(()) }
    }

    /// Keeps an event as the latest.
    pub(super) fn keep(&mut self, event: Bytes, own_id: Option<&str>, group: Option<Arc<str>>) {
        if !self.keeps() {
            return;
        }
        self.last += 1;
        self.bytes += event.len();
        let at = Instant::now();
        self.kept.push_back(Kept {
            at,
            own_id: own_id.map(Box::from),
            group,
            event,
        });
        self.forget(at);
    }

    /// Drops what is over a limit at `now`.
    pub(super) fn forget(&mut self, now: Instant) {
        while let Some(oldest) = self.kept.front() {
            let over = self.kept.len() > self.most_events
                || self.bytes > self.most_bytes
                || now.duration_since(oldest.at) > self.most_age;
            if !over {
                break;
            }
            self.bytes -= oldest.event.len();
            self.kept.pop_front();
        }
    }

    /// All after the event `id` that somebody for whom `sees` is true may see. Where it is not
    /// known what comes after it, all that is kept, and a gap.
    pub(super) fn since(&self, id: &[u8], sees: impl Fn(&str) -> bool) -> Replay {
        let (skip, gap) = match self.place(id) {
            Ok(skip) => (skip, None),
            Err(gap) => (0, Some(gap)),
        };
        let visible = self
            .kept
            .iter()
            .skip(skip)
            .filter(|kept| kept.group.as_deref().is_none_or(&sees));
        Replay {
            gap,
            events: visible.map(|kept| kept.event.clone()).collect(),
        }
    }

    /// How many of the kept events came up to `id`.
    fn place(&self, id: &[u8]) -> Result<usize, Gap> {
        let Some(number) = self.epoch.number(id).filter(|number| *number <= self.last) else {
            return self
                .kept
                .iter()
                .position(|kept| {
                    kept.own_id
                        .as_deref()
                        .is_some_and(|own| own.as_bytes() == id)
                })
                .map(|at| at + 1)
                .ok_or(Gap::Unknown);
        };
        match number.checked_sub(self.forgotten()) {
            Some(seen) => Ok(usize::try_from(seen).unwrap_or(usize::MAX)),
            None => Err(Gap::Expired {
                missed: self.forgotten() - number,
            }),
        }
    }

    /// The number of the latest event that is no longer kept.
    fn forgotten(&self) -> u64 {
        self.last - self.kept.len() as u64
    }
}
