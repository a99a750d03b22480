use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use tokio::time::Instant;

use super::{BUFFER, Left, Line, State};

/// What became of a poll.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::signalr) enum Polled {
    /// All that waited.
    Bytes(Vec<Bytes>),
    /// A newer poll has come.
    Superseded,
    /// The connection is over.
    Ended,
}

/// The way from the hub to the client.
impl Line {
    /// Begins a poll and ends an older one; gives its number.
    pub(in crate::signalr) fn begin_poll(&self) -> u64 {
        let mut state = self.lock();
        state.polls += 1;
        state.idle_since = None;
        if let Some(older) = state.receiver.take() {
            older.wake();
        }
        state.polls
    }

    /// The poll of this number is over, whether or not it was answered.
    pub(in crate::signalr) fn end_poll(&self, number: u64) {
        let mut state = self.lock();
        if state.polls == number {
            state.idle_since = Some(Instant::now());
            state.receiver = None;
        }
    }

    /// What the poll of this number is to be answered with.
    pub(in crate::signalr) fn poll_polled(
        &self,
        cx: &mut Context<'_>,
        number: u64,
    ) -> Poll<Polled> {
        let mut state = self.lock();
        if state.polls != number {
            return Poll::Ready(Polled::Superseded);
        }
        if !state.outgoing.is_empty() {
            return Poll::Ready(Polled::Bytes(state.take_outgoing()));
        }
        if state.is_over() {
            return Poll::Ready(Polled::Ended);
        }
        state.receiver = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Moves what is outgoing to the end of `out`; says whether there was any, or false at the end.
    pub(in crate::signalr) fn poll_streamed(
        &self,
        cx: &mut Context<'_>,
        out: &mut Vec<Bytes>,
    ) -> Poll<bool> {
        let mut state = self.lock();
        if !state.outgoing.is_empty() {
            out.append(&mut state.take_outgoing());
            return Poll::Ready(true);
        }
        if state.is_over() {
            return Poll::Ready(false);
        }
        state.receiver = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Moves `pieces` to what is outgoing, once there is room. Where the client is gone, there
    /// never is.
    pub(in crate::signalr) fn poll_outgoing(
        &self,
        cx: &mut Context<'_>,
        pieces: &mut Vec<Bytes>,
    ) -> Poll<Result<(), Left>> {
        let mut state = self.lock();
        if !pieces.is_empty() && state.outgoing_bytes >= BUFFER {
            if let Some(left) = state.left {
                return Poll::Ready(Err(left));
            }
            state.task = Some(cx.waker().clone());
            return Poll::Pending;
        }
        state.put_outgoing(pieces);
        Poll::Ready(Ok(()))
    }

    /// The hub's side is over after `pieces`.
    pub(in crate::signalr) fn end(&self, pieces: &mut Vec<Bytes>) {
        let mut state = self.lock();
        if !state.ended {
            state.put_outgoing(pieces);
            state.ended = true;
            state.incoming = BytesMut::new();
            state.socket = None;
            state.seat = None;
        }
        state.wake_all();
    }
}

impl State {
    fn put_outgoing(&mut self, pieces: &mut Vec<Bytes>) {
        if pieces.is_empty() {
            return;
        }
        self.outgoing_bytes += pieces.iter().map(Bytes::len).sum::<usize>();
        self.outgoing.append(pieces);
        if let Some(receiver) = self.receiver.take() {
            receiver.wake();
        }
    }

    fn take_outgoing(&mut self) -> Vec<Bytes> {
        self.outgoing_bytes = 0;
        if let Some(task) = self.task.take() {
            task.wake();
        }
        std::mem::take(&mut self.outgoing)
    }
}
