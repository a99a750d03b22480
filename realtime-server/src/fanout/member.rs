use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use super::{Cost, Outbox, OutboxLimits, Overflow, Payload, WireForm};

/// One connection as its senders see it.
#[derive(Debug)]
pub struct Member {
    id: Arc<str>,
    user: Option<Arc<str>>,
    form: WireForm,
    /// Whether a sweep sends it keep-alives.
    pub(super) wants_keep_alive: bool,
    outbox: Outbox,
    groups: Mutex<HashSet<Arc<str>>>,
    /// When something was last queued for it, by the registry's clock.
    pub(super) told_at: AtomicU64,
    /// When it was last heard, by the registry's clock; zero while its silence is no offence.
    pub(super) heard_at: AtomicU64,
    /// When the message began that it has sent in part, by the registry's clock; zero while there is
    /// none, or it is not listened to.
    pub(super) begun_at: AtomicU64,
    /// When its time is over, by the registry's clock; zero for never.
    pub(super) expires_at: AtomicU64,
}

impl Member {
    /// A member that nobody knows yet; [`Registry::seat`](super::Registry::seat) makes it known.
    #[must_use]
    pub fn new(id: Arc<str>, form: WireForm, limits: OutboxLimits, overflow: Overflow) -> Self {
        Self {
            id,
            user: None,
            form,
            wants_keep_alive: true,
            outbox: Outbox::new(limits, overflow),
            groups: Mutex::default(),
            told_at: AtomicU64::new(0),
            heard_at: AtomicU64::new(0),
            begun_at: AtomicU64::new(0),
            expires_at: AtomicU64::new(0),
        }
    }

    /// Makes it one of the members of `user`.
    #[must_use]
    pub fn of_user(mut self, user: Option<Arc<str>>) -> Self {
        self.user = user;
        self
    }

    /// Leaves it out of keep-alives: its transport has no idle line that could be cut.
    #[must_use]
    pub fn without_keep_alive(mut self) -> Self {
        self.wants_keep_alive = false;
        self
    }

    /// The user it belongs to, if it is known.
    #[must_use]
    pub fn user(&self) -> Option<&Arc<str>> {
        self.user.as_ref()
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

    /// The names of the groups it is in.
    #[must_use]
    pub fn group_names(&self) -> Vec<Arc<str>> {
        self.groups().iter().map(Arc::clone).collect()
    }

    /// Queues `payload` in the member's form, if it has that.
    pub(super) fn queue(&self, payload: &Payload) -> Option<Cost> {
        let message = payload.form(self.form)?;
        Some(match payload.key() {
            Some(key) => self.outbox.push_keyed(message, Arc::clone(key)),
            None => Cost {
                lost: self.outbox.push(message),
                replaced: 0,
            },
        })
    }

    /// The groups it is in, for the registry alone: it keeps both sides of a membership equal.
    pub(super) fn groups(&self) -> std::sync::MutexGuard<'_, HashSet<Arc<str>>> {
        self.groups.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn told(&self, now: u64) {
        self.told_at.store(now, Relaxed);
    }
}
