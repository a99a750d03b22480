//! Asking a source for what is sent next.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

use super::Source;

/// A source, asked until it ends or the server stops.
pub(crate) struct Feed {
    source: Box<dyn Source>,
    drained: Pin<Box<WaitForCancellationFutureOwned>>,
    ended: bool,
}

/// A source panicked: nobody may see it in a broken state, and its content is not whole.
pub(crate) struct Panicked;

impl Feed {
    pub(crate) fn new(source: Box<dyn Source>, drain: CancellationToken) -> Self {
        Self {
            source,
            drained: Box::pin(drain.cancelled_owned()),
            ended: false,
        }
    }

    /// Whether nothing more will come.
    pub(crate) fn has_ended(&self) -> bool {
        self.ended
    }

    /// Appends what comes next to `pieces`; that may be nothing when the feed ends.
    pub(crate) fn poll_next(
        &mut self,
        cx: &mut Context<'_>,
        pieces: &mut Vec<Bytes>,
    ) -> Poll<Result<(), Panicked>> {
        let stopping = !self.source.ends_itself() && self.drained.as_mut().poll(cx).is_ready();
        match catch_unwind(AssertUnwindSafe(|| self.source.poll_next(cx, pieces))) {
            Ok(Poll::Ready(more)) => self.ended = !more || stopping,
            Ok(Poll::Pending) if stopping => self.ended = true,
            Ok(Poll::Pending) => return Poll::Pending,
            Err(_panic) => return Poll::Ready(Err(Panicked)),
        }
        Poll::Ready(Ok(()))
    }
}
