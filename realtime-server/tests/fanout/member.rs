//! Members and their ends of an outbox, as a connection holds them.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    task::{Context, Poll, Wake, Waker},
};

use realtime_server::fanout::{
    Member, Outbox, OutboxLimits, Overflow, Registry, Seat, Taken, WireForm,
};

/// Far above what a test queues.
pub(crate) const ROOMY: OutboxLimits = OutboxLimits {
    messages: 1_000,
    bytes: 1_000_000,
};

/// Counts how often a task would have been woken.
#[derive(Default)]
pub(crate) struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Relaxed);
    }
}

impl Wakes {
    pub(crate) fn new() -> (Arc<Self>, Waker) {
        let wakes = Arc::new(Self::default());
        (Arc::clone(&wakes), Waker::from(wakes))
    }

    pub(crate) fn count(&self) -> usize {
        self.0.load(Relaxed)
    }
}

pub(crate) fn seat(registry: &Arc<Registry>, id: &str) -> Seat {
    registry.seat(Arc::new(Member::new(
        id.into(),
        WireForm::Plain,
        ROOMY,
        Overflow::DropOldest,
    )))
}

/// One batch as text, and what came with it; `None` while nothing is there.
pub(crate) fn take(outbox: &Outbox) -> Option<(Vec<String>, Taken)> {
    let mut batch = Vec::new();
    let mut cx = Context::from_waker(Waker::noop());
    match outbox.poll_take(&mut cx, &mut batch) {
        Poll::Ready(taken) => {
            let texts = batch.iter().map(|message| {
                let text = std::str::from_utf8(message).unwrap();
                text.to_owned()
            });
            Some((texts.collect(), taken))
        }
        Poll::Pending => None,
    }
}

/// All that waits for a member.
pub(crate) fn received(seat: &Seat) -> Vec<String> {
    match take(seat.member().outbox()) {
        Some((texts, Taken::Messages { lost: 0 })) => texts,
        None => Vec::new(),
        other => panic!("{other:?}"),
    }
}
