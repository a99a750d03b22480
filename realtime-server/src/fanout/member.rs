use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use super::{Outbox, OutboxLimits, Overflow, WireForm};

/// One connection as its senders see it.
#[derive(Debug)]
pub struct Member {
    id: Arc<str>,
    form: WireForm,
    outbox: Outbox,
    groups: Mutex<HashSet<Arc<str>>>,
    /// When something was last queued for it, by the registry's clock.
    pub(super) told_at: AtomicU64,
    /// When it was last heard, by the registry's clock; zero while its silence is no offence.
    pub(super) heard_at: AtomicU64,
}

impl Member {
    /// A member that nobody knows yet; [`Registry::seat`](super::Registry::seat) makes it known.
    #[must_use]
    pub fn new(id: Arc<str>, form: WireForm, limits: OutboxLimits, overflow: Overflow) -> Self {
        Self {
            id,
            form,
            outbox: Outbox::new(limits, overflow),
            groups: Mutex::default(),
            told_at: AtomicU64::new(0),
            heard_at: AtomicU64::new(0),
        }
    }

    /// The name under which it is addressed.
    #[must_use]
    pub fn id(&self) -> &Arc<str> {
        &self.id
    }

    /// The form in which it takes its messages.
    #[must_use]
    pub fn form(&self) -> WireForm {
        self.form
    }

    /// What waits for it.
    #[must_use]
    pub fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// The groups it is in, for the registry alone: it keeps both sides of a membership equal.
    pub(super) fn groups(&self) -> std::sync::MutexGuard<'_, HashSet<Arc<str>>> {
        self.groups.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn told(&self, now: u64) {
        self.told_at.store(now, Relaxed);
    }
}
