use std::{
    future::poll_fn,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use signalr_protocol::Transport;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::Instant,
};

use super::transport::Attached;

/// Bytes that wait for the hub before a POST waits for it, and bytes that wait for a poll or a
/// stream before the connection takes no more out of its outbox.
const BUFFER: usize = 64 * 1024;
/// Bytes that are taken of a client before its transport has come: a handshake and a bit.
const EARLY: usize = 4 * 1024;

/// A connection as requests find it by its token: which transport it is on, and the bytes that go
/// between requests and its task.
#[derive(Debug)]
pub(super) struct Line {
    /// The public name of the connection.
    pub(super) id: Arc<str>,
    /// The secret that its requests have to show.
    pub(super) token: Box<str>,
    /// Whether its negotiation said that a lost socket can be replaced.
    pub(super) stateful: bool,
    /// One POST after the other.
    turn: Semaphore,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// None as long as it is only negotiated.
    transport: Option<Transport>,
    /// Since when no request has belonged to it, while none does.
    idle_since: Option<Instant>,
    /// Its place among those that hold no socket.
    place: Option<OwnedSemaphorePermit>,
    incoming: BytesMut,
    left: Option<Left>,
    outgoing: Vec<Bytes>,
    outgoing_bytes: usize,
    /// Whether the hub's side is over: nothing follows what is outgoing.
    ended: bool,
    /// Whether another socket may replace the present one.
    resumable: bool,
    /// Whether it has had a socket.
    attached: bool,
    /// The socket that has come.
    socket: Option<Attached>,
    /// The number of the latest poll.
    polls: u64,
    /// The connection's task, where it waits for bytes or for room.
    task: Option<Waker>,
    /// The POST whose turn it is, where it waits for room.
    post: Option<Waker>,
    /// The poll or stream that waits for bytes.
    receiver: Option<Waker>,
}

/// How a client has left that holds no socket of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Left {
    /// It has said so.
    Orderly,
    /// It did not come back in time.
    Lost,
}

/// How a transport request finds its connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arrival {
    /// As the first one: the connection begins.
    First,
    /// As one more of the same transport.
    Again,
}

/// Why a transport request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// The connection is on another transport.
    OtherTransport,
    /// The connection has its stream or socket.
    Active,
    /// The connection is over.
    Over,
    /// As many connections live between requests as there may be.
    Full,
}

/// What became of a poll.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Polled {
    /// All that waited.
    Bytes(Vec<Bytes>),
    /// A newer poll has come.
    Superseded,
    /// The connection is over.
    Ended,
}

/// The connection is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Over;

impl Line {
    pub(super) fn new(
        id: Arc<str>,
        token: Box<str>,
        stateful: bool,
        place: OwnedSemaphorePermit,
    ) -> Self {
        let state = State {
            transport: None,
            idle_since: Some(Instant::now()),
            place: Some(place),
            incoming: BytesMut::new(),
            left: None,
            outgoing: Vec::new(),
            outgoing_bytes: 0,
            ended: false,
            resumable: false,
            attached: false,
            socket: None,
            polls: 0,
            task: None,
            post: None,
            receiver: None,
        };
        Self {
            id,
            token,
            stateful,
            turn: Semaphore::new(1),
            state: Mutex::new(state),
        }
    }

    /// A request of `transport` has come; `places` are those of connections that can live
    /// without a request.
    pub(super) fn arrive(
        &self,
        transport: Transport,
        places: &Arc<Semaphore>,
    ) -> Result<Arrival, Refused> {
        let mut state = self.lock();
        match state.transport {
            None if state.left.is_some() => Err(Refused::Over),
            None => {
                let polls = transport == Transport::LongPolling;
                let resumes = transport == Transport::WebSockets && self.stateful;
                state.place = if polls || resumes {
                    let place = Arc::clone(places).try_acquire_owned();
                    Some(place.map_err(|_full| Refused::Full)?)
                } else {
                    None
                };
                if !polls {
                    state.idle_since = None;
                }
                state.transport = Some(transport);
                if let Some(post) = state.post.take() {
                    post.wake();
                }
                Ok(Arrival::First)
            }
            Some(other) if other != transport => Err(Refused::OtherTransport),
            Some(_) if state.left.is_some() => Err(Refused::Over),
            Some(Transport::LongPolling) => Ok(Arrival::Again),
            Some(Transport::WebSockets) if state.resumable => Ok(Arrival::Again),
            Some(_) => Err(Refused::Active),
        }
    }

    pub(super) fn transport(&self) -> Option<Transport> {
        self.lock().transport
    }

    /// Whether the hub's side is over, and the next request has to be told.
    pub(super) fn owes_an_end(&self) -> bool {
        let state = self.lock();
        state.transport == Some(Transport::LongPolling) && state.left.is_none()
    }

    pub(super) fn has_ended(&self) -> bool {
        self.lock().ended
    }

    /// Whether no request has belonged to it for so long.
    pub(super) fn is_idle_for(&self, unconnected: Duration, polling: Duration) -> bool {
        let state = self.lock();
        let limit = if state.transport.is_none() {
            unconnected
        } else {
            polling
        };
        state
            .idle_since
            .is_some_and(|since| since.elapsed() >= limit)
    }

    /// The client is gone; the first word on how counts.
    pub(super) fn leave(&self, how: Left) {
        let mut state = self.lock();
        state.left.get_or_insert(how);
        state.wake_all();
    }

    /// Hands the body of a POST over and waits until the hub has caught up.
    ///
    /// A body goes over as a whole or not at all, also where the request is given up.
    pub(super) async fn post(&self, body: &[u8]) -> Result<(), Over> {
        let _turn = self.turn.acquire().await.map_err(|_closed| Over)?;
        poll_fn(|cx| self.poll_post_room(cx, body.len())).await?;
        {
            let mut state = self.lock();
            state.incoming.extend_from_slice(body);
            if let Some(task) = state.task.take() {
                task.wake();
            }
        }
        poll_fn(|cx| self.poll_post_room(cx, 0)).await
    }

    fn poll_post_room(&self, cx: &mut Context<'_>, size: usize) -> Poll<Result<(), Over>> {
        let mut state = self.lock();
        if state.is_over() {
            return Poll::Ready(Err(Over));
        }
        let room = match state.transport {
            None => state.incoming.len() + size <= EARLY,
            Some(_) => state.incoming.len() < BUFFER,
        };
        if room {
            return Poll::Ready(Ok(()));
        }
        state.post = Some(cx.waker().clone());
        Poll::Pending
    }

    /// Begins a poll and ends an older one; gives its number.
    pub(super) fn begin_poll(&self) -> u64 {
        let mut state = self.lock();
        state.polls += 1;
        state.idle_since = None;
        if let Some(older) = state.receiver.take() {
            older.wake();
        }
        state.polls
    }

    /// The poll of this number is over, whether or not it was answered.
    pub(super) fn end_poll(&self, number: u64) {
        let mut state = self.lock();
        if state.polls == number {
            state.idle_since = Some(Instant::now());
            state.receiver = None;
        }
    }

    /// What the poll of this number is to be answered with.
    pub(super) fn poll_polled(&self, cx: &mut Context<'_>, number: u64) -> Poll<Polled> {
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
    pub(super) fn poll_streamed(&self, cx: &mut Context<'_>, out: &mut Vec<Bytes>) -> Poll<bool> {
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

    /// Appends at most `max` bytes of what the client has sent to `records`.
    pub(super) fn poll_incoming(
        &self,
        cx: &mut Context<'_>,
        records: &mut BytesMut,
        max: usize,
    ) -> Poll<Result<(), Left>> {
        let mut state = self.lock();
        let size = state.incoming.len().min(max);
        if size == 0 {
            if let Some(left) = state.left {
                return Poll::Ready(Err(left));
            }
            state.task = Some(cx.waker().clone());
            return Poll::Pending;
        }
        records.extend_from_slice(&state.incoming.split_to(size));
        if state.incoming.is_empty() {
            state.incoming = BytesMut::new();
        }
        if state.incoming.len() < BUFFER
            && let Some(post) = state.post.take()
        {
            post.wake();
        }
        Poll::Ready(Ok(()))
    }

    /// Moves `pieces` to what is outgoing, once there is room.
    pub(super) fn poll_outgoing(&self, cx: &mut Context<'_>, pieces: &mut Vec<Bytes>) -> Poll<()> {
        let mut state = self.lock();
        if !pieces.is_empty() && state.outgoing_bytes >= BUFFER {
            state.task = Some(cx.waker().clone());
            return Poll::Pending;
        }
        state.put_outgoing(pieces);
        Poll::Ready(())
    }

    /// Whether another socket may replace the present one.
    pub(super) fn allow_resume(&self, allowed: bool) {
        let mut state = self.lock();
        state.resumable = allowed;
        if !allowed {
            state.socket = None;
        }
    }

    /// Hands the first socket over, or one that replaces it. One that comes too late is dropped.
    pub(super) fn attach(&self, socket: Attached) {
        let mut state = self.lock();
        if !state.ended && (state.resumable || !state.attached) {
            state.attached = true;
            state.socket = Some(socket);
            if let Some(task) = state.task.take() {
                task.wake();
            }
        }
    }

    /// The socket that has come.
    pub(super) fn poll_socket(&self, cx: &mut Context<'_>) -> Poll<Attached> {
        let mut state = self.lock();
        if let Some(socket) = state.socket.take() {
            return Poll::Ready(socket);
        }
        state.task = Some(cx.waker().clone());
        Poll::Pending
    }

    /// The hub's side is over after `pieces`.
    pub(super) fn end(&self, pieces: &mut Vec<Bytes>) {
        let mut state = self.lock();
        if !state.ended {
            state.put_outgoing(pieces);
            state.ended = true;
            state.incoming = BytesMut::new();
            state.socket = None;
        }
        state.wake_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn is_over(&self) -> bool {
        self.ended || self.left.is_some()
    }

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

    fn wake_all(&mut self) {
        let wakers = [self.task.take(), self.post.take(), self.receiver.take()];
        wakers.into_iter().flatten().for_each(Waker::wake);
    }
}
