use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use bytes::Bytes;

use super::End;

/// The most messages that leave an outbox in one go: as many slices as one vectored write takes.
const BATCH_MESSAGES: usize = 64;
/// The most bytes that leave an outbox in one go, unless a single message is larger.
const BATCH_BYTES: usize = 256 * 1024;

/// How much may wait for one connection.
#[derive(Clone, Copy, Debug)]
pub struct OutboxLimits {
    /// Messages.
    pub messages: usize,
    /// Bytes, as they go to the socket. One message above it is refused.
    pub bytes: usize,
}

/// What happens when a message finds its outbox full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overflow {
    /// The oldest waiting messages make room; the connection learns how many were lost.
    DropOldest,
    /// A message takes the place of a waiting one with the same key, full or not; otherwise as
    /// [`DropOldest`](Self::DropOldest).
    Conflate,
    /// The member is ended with [`End::Overflow`].
    Disconnect,
}

/// What a message cost when it was queued.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Messages that were lost for want of room, itself included.
    pub lost: u64,
    /// Waiting messages whose place it took.
    pub replaced: u64,
}

/// What a connection took out of its outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// Messages were appended to the batch.
    Messages {
        /// How many older messages were lost just before them.
        lost: u64,
    },
    /// Nothing is left and nothing will come.
    Ended(End),
}

/// The bounded queue between everybody who sends to a connection and the task that owns its socket.
///
/// Pushing never waits; who can wait asks for room before. The lock is held for a push or a take and never across an await.
#[derive(Debug)]
pub struct Outbox {
    limits: OutboxLimits,
    overflow: Overflow,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    queue: VecDeque<Waiting>,
    bytes: usize,
    lost: u64,
    end: Option<End>,
    reader: Option<Waker>,
    /// Who waits for room or for the end: no more than there are invocations and tasks at work.
    writers: Vec<Waker>,
}

#[derive(Debug)]
struct Waiting {
    message: Bytes,
    key: Option<Arc<str>>,
}

impl Outbox {
    /// An empty outbox.
    #[must_use]
    pub fn new(limits: OutboxLimits, overflow: Overflow) -> Self {
        Self {
            limits,
            overflow,
            state: Mutex::default(),
        }
    }

    /// How much may wait in it.
    #[must_use]
    pub fn limits(&self) -> OutboxLimits {
        self.limits
    }

    /// Queues `message`; says how many messages were lost by that, itself included. After the end,
    /// messages are silently of no use and count as none lost.
    pub fn push(&self, message: Bytes) -> u64 {
        self.queue(Waiting { message, key: None }).lost
    }

    /// As [`push`](Self::push), of a message that says anew what waiting messages with the same
    /// key said. Only [`Overflow::Conflate`] makes use of that.
    pub fn push_keyed(&self, message: Bytes, key: Arc<str>) -> Cost {
        let key = Some(key);
        self.queue(Waiting { message, key })
    }

    fn queue(&self, waiting: Waiting) -> Cost {
        let mut state = self.lock();
        if state.end.is_some() {
            return Cost::default();
        }
        let mut cost = Cost::default();
        if self.overflow == Overflow::Conflate {
            cost.replaced = state.remove(waiting.key.as_deref());
        }
        cost.lost = state.admit(waiting, self.limits, self.overflow);
        let reader = state.reader.take();
        // Too much may just have been the end, which writers wait for as well.
        let writers = match state.end {
            Some(_) => std::mem::take(&mut state.writers),
            None => Vec::new(),
        };
        drop(state);
        reader.into_iter().chain(writers).for_each(Waker::wake);
        cost
    }

    /// Moves what waits to the end of `batch`, at most one vectored write of it.
    ///
    /// The end shows after the last message, or at once where the queue is discarded.
    pub fn poll_take(&self, cx: &mut Context<'_>, batch: &mut Vec<Bytes>) -> Poll<Taken> {
        let mut state = self.lock();
        if state.queue.is_empty() {
            if let Some(end) = state.end {
                return Poll::Ready(Taken::Ended(end));
            }
            match &mut state.reader {
                Some(reader) => reader.clone_from(cx.waker()),
                reader => *reader = Some(cx.waker().clone()),
            }
            return Poll::Pending;
        }
        let mut taken = 0;
        for _ in 0..BATCH_MESSAGES {
            let Some(Waiting { message, .. }) = state.queue.front() else {
                break;
            };
            if taken > 0 && taken + message.len() > BATCH_BYTES {
                break;
            }
            taken += message.len();
            batch.extend(state.queue.pop_front().map(|waiting| waiting.message));
        }
        state.bytes -= taken;
        if state.queue.is_empty() && state.queue.capacity() > BATCH_MESSAGES {
            state.queue = VecDeque::new();
        }
        let lost = std::mem::take(&mut state.lost);
        let writers = std::mem::take(&mut state.writers);
        drop(state);
        writers.into_iter().for_each(Waker::wake);
        Poll::Ready(Taken::Messages { lost })
    }

    /// Waits until less than half of the limits is queued, or the outbox has ended.
    ///
    /// For a producer that makes events for this connection alone, and can slow down.
    pub fn poll_room(&self, cx: &mut Context<'_>) -> Poll<()> {
        self.poll_room_for(cx, 0)
    }

    /// As [`poll_room`](Self::poll_room), and until a message of `size` bytes fits as well; one that
    /// can never fit waits until nothing else does.
    pub fn poll_room_for(&self, cx: &mut Context<'_>, size: usize) -> Poll<()> {
        let mut state = self.lock();
        let room = state.queue.len() < self.limits.messages.div_ceil(2)
            && state.bytes < self.limits.bytes.div_ceil(2)
            && state.bytes.saturating_add(size) <= self.limits.bytes;
        if room || state.queue.is_empty() || state.end.is_some() {
            return Poll::Ready(());
        }
        state.wait(cx);
        Poll::Pending
    }

    /// Waits until the outbox has ended, whether or not something is still queued.
    pub fn poll_ended(&self, cx: &mut Context<'_>) -> Poll<End> {
        let mut state = self.lock();
        if let Some(end) = state.end {
            return Poll::Ready(end);
        }
        state.wait(cx);
        Poll::Pending
    }

    /// Why it has ended, if it has.
    #[must_use]
    pub fn ended(&self) -> Option<End> {
        self.lock().end
    }

    /// Whether nothing is queued.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lock().queue.is_empty()
    }

    /// Whether more than half of the limits is queued: time to read no more from this client.
    #[must_use]
    pub fn is_half_full(&self) -> bool {
        let state = self.lock();
        state.queue.len() > self.limits.messages / 2 || state.bytes > self.limits.bytes / 2
    }

    /// Ends the outbox; the first end counts. What is queued is still delivered, except on overflow.
    pub fn end(&self, end: End) {
        let mut state = self.lock();
        state.finish(end);
        let reader = state.reader.take();
        let writers = std::mem::take(&mut state.writers);
        drop(state);
        reader.into_iter().chain(writers).for_each(Waker::wake);
    }

    /// A panic while the lock was held can only come from an allocation; the state is still whole.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn wait(&mut self, cx: &Context<'_>) {
        if !self.writers.iter().any(|waker| waker.will_wake(cx.waker())) {
            self.writers.push(cx.waker().clone());
        }
    }

    /// Queues `message` if the limits and the policy let it; says how many messages were lost.
    fn admit(&mut self, waiting: Waiting, limits: OutboxLimits, overflow: Overflow) -> u64 {
        let size = waiting.message.len();
        if overflow != Overflow::Disconnect && size > limits.bytes {
            // No room that others could make would be enough.
            self.lost += 1;
            return 1;
        }
        let mut lost = 0;
        while self.queue.len() >= limits.messages || self.bytes.saturating_add(size) > limits.bytes
        {
            if overflow == Overflow::Disconnect {
                lost += 1 + self.queue.len() as u64;
                self.finish(End::Overflow);
                return lost;
            }
            lost += 1;
            let Some(oldest) = self.queue.pop_front() else {
                // No messages at all may wait: the message itself is the lost one.
                self.lost += lost;
                return lost;
            };
            self.bytes -= oldest.message.len();
        }
        self.lost += lost;
        self.bytes += size;
        self.queue.push_back(waiting);
        lost
    }

    /// Takes out what waits under `key`; says how many messages that were.
    fn remove(&mut self, key: Option<&str>) -> u64 {
        let Some(key) = key else { return 0 };
        // Each message replaced the one before, so there is at most one.
        let Some(at) = self
            .queue
            .iter()
            .rposition(|waiting| waiting.key.as_deref() == Some(key))
        else {
            return 0;
        };
        let replaced = self.queue.remove(at);
        self.bytes -= replaced.map_or(0, |waiting| waiting.message.len());
        1
    }

    fn finish(&mut self, end: End) {
        if self.end.is_none() {
            self.end = Some(end);
            if end.discards_queue() {
                self.queue = VecDeque::new();
                self.bytes = 0;
            }
        }
    }
}
