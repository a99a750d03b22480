use std::sync::Arc;

use sse_codec::EventRef;

use super::group;

/// Whom an event is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Target<'a> {
    /// Every subscriber of the stream.
    #[default]
    All,
    /// Those that asked for this topic.
    Topic(&'a str),
    /// All subscriptions of this user.
    User(&'a str),
    /// All subscriptions of all users of this tenant.
    Tenant(&'a str),
    /// The subscription with this id, of which the greeting tells. Such an event is not kept, and
    /// so it has no id.
    Connection(&'a str),
}

impl Target<'_> {
    /// The group in the stream's registry that has exactly these members.
    pub(super) fn group(self) -> Option<Arc<str>> {
        match self {
            Self::All | Self::Connection(_) => None,
            Self::Topic(name) => Some(group::topic(name)),
            Self::User(name) => Some(group::user(name)),
            Self::Tenant(name) => Some(group::tenant(name)),
        }
    }
}

/// An event on its way to a stream.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing<'a> {
    pub(super) event: EventRef<'a>,
    pub(super) target: Target<'a>,
    pub(super) key: Option<&'a str>,
}

impl<'a> Outgoing<'a> {
    /// An event for all subscribers.
    ///
    /// Without an id of its own it gets one. An id of its own is visible ASCII of at most 128
    /// bytes, and no other event that is kept may have it.
    #[must_use]
    pub fn new(event: EventRef<'a>) -> Self {
        Self {
            event,
            target: Target::All,
            key: None,
        }
    }

    /// Sends it to these only.
    #[must_use]
    pub fn to(mut self, target: Target<'a>) -> Self {
        self.target = target;
        self
    }

    /// Names what the event is about. On a stream that
    /// [conflates](crate::config::SlowClient::Conflate) it takes the place of an event about the
    /// same that still waits. Without a key, the event's own id is the key.
    #[must_use]
    pub fn with_key(mut self, key: &'a str) -> Self {
        self.key = Some(key);
        self
    }
}
