mod incoming;
mod outgoing;

use std::{
    fmt,
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

pub(super) use self::outgoing::Polled;
use super::transport::Attached;
use crate::{hub::Principal, throttle::Place};

/// Bytes that wait for the hub before a POST waits for it, and bytes that wait for a poll or a
/// stream before the connection takes no more out of its outbox.
const BUFFER: usize = 64 * 1024;

/// A connection as requests find it by its token: which transport it is on, and the bytes that go
/// between requests and its task.
pub(super) struct Line {
    /// The public name of the connection.
    pub(super) id: Arc<str>,
    /// The secret that its requests have to show.
    pub(super) token: Box<str>,
    /// Whether its negotiation said that a lost socket can be replaced.
    pub(super) stateful: bool,
    /// Who negotiated it. Its token is nothing to anybody else.
    pub(super) principal: Arc<Principal>,
    /// One POST after the other.
    turn: Semaphore,
    state: Mutex<State>,
}

struct State {
    /// None as long as it is only negotiated.
    transport: Option<Transport>,
    /// Since when no request has belonged to it, while none does.
    idle_since: Option<Instant>,
    /// Its place among those that hold no socket.
    place: Option<OwnedSemaphorePermit>,
    /// Its place among those of its user.
    seat: Option<Place>,
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

/// The connection is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Over;

impl Line {
    pub(super) fn new(
        id: Arc<str>,
        token: Box<str>,
        stateful: bool,
        principal: Principal,
        place: OwnedSemaphorePermit,
        seat: Option<Place>,
    ) -> Self {
        let state = State {
            transport: None,
            idle_since: Some(Instant::now()),
            place: Some(place),
            seat,
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
            principal: Arc::new(principal),
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
                // The first poll is answered at once, and so a sign of life that is over.
                state.idle_since = polls.then(Instant::now);
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

    /// Its place among those of its user, which `change` may change.
    pub(super) fn seat<T>(&self, change: impl FnOnce(&mut Option<Place>) -> T) -> T {
        change(&mut self.lock().seat)
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

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Line {
    /// Without the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Line")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl State {
    fn is_over(&self) -> bool {
        self.ended || self.left.is_some()
    }

    fn wake_all(&mut self) {
        let wakers = [self.task.take(), self.post.take(), self.receiver.take()];
        wakers.into_iter().flatten().for_each(Waker::wake);
    }
}
