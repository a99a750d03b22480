use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use signalr_protocol::Headers;
use tokio_util::sync::CancellationToken;

use super::Connection;

/// What part of a connection's life code of a hub belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The hook that takes a connection in.
    Connecting,
    /// An invocation.
    Invocation,
    /// The hook that sees a connection off.
    Disconnecting,
}

/// One run of a method or hook, as the handles that it is given share it.
pub(crate) struct Scope {
    pub(crate) connection: Arc<Connection>,
    pub(crate) stage: Stage,
    cancelled: CancellationToken,
    holds_slot: AtomicBool,
    streamed: AtomicBool,
    ended: AtomicBool,
    headers: Box<[(Box<str>, Box<str>)]>,
}

impl Scope {
    pub(crate) fn new(connection: Arc<Connection>, stage: Stage) -> Self {
        Self {
            cancelled: connection.ended.child_token(),
            connection,
            stage,
            holds_slot: AtomicBool::new(false),
            streamed: AtomicBool::new(false),
            ended: AtomicBool::new(false),
            headers: Box::default(),
        }
    }

    pub(crate) fn of_invocation(connection: Arc<Connection>, headers: &Headers<'_>) -> Self {
        let headers = headers.iter();
        Self {
            headers: headers
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
            ..Self::new(connection, Stage::Invocation)
        }
    }

    /// Ends when the client takes the invocation back, and when the connection ends.
    pub(crate) fn cancelled(&self) -> &CancellationToken {
        &self.cancelled
    }

    /// Takes one of the connection's slots, until [`end`](Self::end) or the first question to a client.
    pub(crate) fn take_slot(&self) {
        self.connection.take_slot();
        self.holds_slot.store(true, Relaxed);
    }

    /// Gives the slot back; a second time, or without one, it does nothing.
    pub(super) fn release_slot(&self) {
        if self.holds_slot.swap(false, Relaxed) {
            self.connection.give_slot_back();
        }
    }

    /// The method has returned: the slot is free, and its stream has no more items.
    pub(crate) fn end(&self) {
        self.ended.store(true, Relaxed);
        self.release_slot();
    }

    pub(super) fn has_ended(&self) -> bool {
        self.ended.load(Relaxed)
    }

    /// Notes that the answering stream has begun.
    pub(super) fn note_item(&self) {
        self.streamed.store(true, Relaxed);
    }

    pub(crate) fn has_streamed(&self) -> bool {
        self.streamed.load(Relaxed)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        // The last one counts, as in `Headers`.
        let mut headers = self.headers.iter().rev();
        headers
            .find(|(key, _)| **key == *name)
            .map(|(_, value)| &**value)
    }
}

impl fmt::Debug for Scope {
    /// Without the headers: applications put into them what they like.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope")
            .field("connection", &self.connection)
            .field("stage", &self.stage)
            .finish_non_exhaustive()
    }
}
