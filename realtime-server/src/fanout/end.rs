/// Why no more will be delivered to a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Everything that was to be said is said.
    Finished,
    /// The server stops; the client may come back.
    Shutdown,
    /// The client took less than was sent to it for too long.
    Overflow,
    /// The client was silent for too long.
    Silent,
    /// The client began a message and did not send the rest of it in time.
    Unfinished,
    /// The time that was given to the connection is over; the client may come back.
    Expired,
    /// The client is gone.
    Left,
    /// The application ended the connection; the client is not asked back.
    Aborted,
}

impl End {
    /// What was still queued is worthless to a client that is thrown out.
    pub(super) fn discards_queue(self) -> bool {
        matches!(self, Self::Overflow)
    }
}
