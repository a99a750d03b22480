use std::{
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use futures_util::{StreamExt, stream::FuturesUnordered};
use tokio::time;

use super::invocation::{Done, Invocation, Running};
use crate::{
    config::HubConfig,
    hub::{Connection, Work},
};

/// The invocations of one client that are at work: in slots or beside them.
pub(super) struct Invocations {
    connection: Arc<Connection>,
    slots: usize,
    most_beside: usize,
    running: FuturesUnordered<Running>,
    /// How many of those run beside the slots from their beginning.
    beside: usize,
    /// The one that found no free slot: its arguments are read, and nothing more is.
    waiting: Option<Running>,
}

/// What changed.
pub(super) enum Step {
    /// The one that waited has begun.
    Begun,
    Ended(Done),
}

impl Invocations {
    pub(super) fn new(connection: Arc<Connection>, config: &HubConfig) -> Self {
        Self {
            connection,
            slots: config.parallel_invocations,
            most_beside: config.max_streams,
            running: FuturesUnordered::new(),
            beside: 0,
            waiting: None,
        }
    }

    /// Whether one has to wait for a slot.
    pub(super) fn are_waiting(&self) -> bool {
        self.waiting.is_some()
    }

    /// The invocation of this id that has begun, as long as the client has no answer.
    pub(super) fn unanswered(&mut self, id: &str) -> Option<&mut Invocation> {
        let mut running = self.running.iter_mut();
        running.find_map(|running| running.unanswered(id))
    }

    /// Begins `work` beside the slots, or as soon as there is a slot; says whether so many may be at
    /// work.
    pub(super) fn begin(&mut self, invocation: Invocation, work: Work) -> bool {
        if invocation.runs_beside() {
            if self.beside >= self.most_beside {
                return false;
            }
            self.beside += 1;
            self.running.push(Running::new(invocation, work));
            return true;
        }
        // Methods that gave their slot back go on running.
        let most = self.slots.saturating_add(self.most_beside);
        if self.running.len() - self.beside >= most {
            return false;
        }
        let running = Running::new(invocation, work);
        if self.has_slot() {
            self.occupy_slot(running);
        } else {
            self.waiting = Some(running);
        }
        true
    }

    /// Goes on with all of them, until something changes or all have to wait.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Step> {
        if self.waiting.is_some() {
            self.connection.wake_for_room(cx);
            if self.has_slot()
                && let Some(running) = self.waiting.take()
            {
                self.occupy_slot(running);
                return Poll::Ready(Step::Begun);
            }
        }
        match self.running.poll_next_unpin(cx) {
            Poll::Ready(Some(done)) => {
                done.invocation.scope.end();
                self.beside -= usize::from(done.invocation.runs_beside());
                Poll::Ready(Step::Ended(done))
            }
            Poll::Ready(None) | Poll::Pending => Poll::Pending,
        }
    }

    /// Lets those that are at work come to their end, for a time; says whether all did.
    pub(super) async fn finish(self, grace: Duration) -> bool {
        let rest = self.running.for_each(|_| async {});
        time::timeout(grace, rest).await.is_ok()
    }

    fn has_slot(&self) -> bool {
        self.connection.slots_taken() < self.slots
    }

    fn occupy_slot(&mut self, running: Running) {
        running.take_slot();
        self.running.push(running);
    }
}

impl Invocation {
    /// Streams and methods with uploads take no slot.
    fn runs_beside(&self) -> bool {
        self.streams || !self.uploads.is_empty()
    }
}
