use std::{
    collections::VecDeque,
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use sse_codec::Control;

use super::{EventStream, farewell::farewell, stream::Inner};
use crate::{
    fanout::{End, Seat, Taken},
    http::Source,
};

/// The most events of a replay that leave in one go, as from an outbox.
const BATCH_EVENTS: usize = 64;

/// One subscriber's response body; dropping it ends the subscription.
pub(super) struct Subscription {
    stream: Arc<Inner>,
    seat: Seat,
    /// What goes out before what is in the outbox.
    ahead: VecDeque<Bytes>,
}

impl Subscription {
    pub(super) fn new(stream: &EventStream, seat: Seat, ahead: VecDeque<Bytes>) -> Self {
        Self {
            stream: Arc::clone(&stream.0),
            seat,
            ahead,
        }
    }
}

impl Source for Subscription {
    fn poll_next(&mut self, cx: &mut Context<'_>, out: &mut Vec<Bytes>) -> Poll<bool> {
        if self.ahead.is_empty() {
            return poll_events(&self.stream, &self.seat, cx, out);
        }
        if self.seat.member().outbox().ended().is_some() {
            out.extend(self.ahead.drain(..));
            return poll_events(&self.stream, &self.seat, cx, out);
        }
        let batch = self.ahead.len().min(BATCH_EVENTS);
        out.extend(self.ahead.drain(..batch));
        if self.ahead.is_empty() {
            self.ahead = VecDeque::new();
        }
        Poll::Ready(true)
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        count_end(&self.stream, &self.seat);
    }
}

/// Counts who was too slow. Here, because a client that reads nothing any more may be cut off before
/// it could be told.
pub(super) fn count_end(stream: &Inner, seat: &Seat) {
    if seat.member().outbox().ended() == Some(End::Overflow) {
        stream.metrics.stream_slow_clients.incr();
    }
}

/// Takes the events out of the outbox, a comment about lost ones first. Once it has ended, all that
/// is left and the farewell come in one go: when the server stops, a source is asked only once more.
pub(super) fn poll_events(
    stream: &Inner,
    seat: &Seat,
    cx: &mut Context<'_>,
    out: &mut Vec<Bytes>,
) -> Poll<bool> {
    let outbox = seat.member().outbox();
    let ended = outbox.ended().is_some();
    loop {
        let start = out.len();
        match ready!(outbox.poll_take(cx, out)) {
            Taken::Messages { lost } => {
                if lost > 0 {
                    let comment = format!("gap: {lost} events lost");
                    let comment = Control::new().with_comment(&comment).to_bytes();
                    out.insert(start, comment.expect("a comment takes any text"));
                }
                if !ended {
                    return Poll::Ready(true);
                }
            }
            Taken::Ended(end) => {
                out.extend(farewell(end, &stream.config));
                return Poll::Ready(false);
            }
        }
    }
}
