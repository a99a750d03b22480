use std::{
    any::{Any, TypeId},
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    task::Context,
};

use bytes::Bytes;
use futures_util::task::AtomicWaker;
use signalr_protocol::{Protocol, Transport};
use tokio_util::sync::CancellationToken;

use super::Principal;
use crate::{fanout::Member, http::Head};

/// Where a connection comes from, as of its first transport request.
#[derive(Debug)]
pub(crate) struct Origin {
    pub(crate) head: Head,
    pub(crate) transport: Transport,
    pub(crate) protocol: Protocol,
}

/// One connection as its hub methods share it.
pub(crate) struct Connection {
    pub(crate) member: Arc<Member>,
    pub(crate) origin: Origin,
    pub(crate) principal: Arc<Principal>,
    /// Cancelled when the connection is over.
    pub(crate) ended: CancellationToken,
    /// How many invocations hold one of the slots of the connection.
    slots: AtomicUsize,
    /// Whether its socket is to be cut.
    cut: AtomicBool,
    /// The connection's task, where it waits until a slot or an upload has room, or for a cut.
    reader: AtomicWaker,
    kept: Mutex<HashMap<TypeId, Box<dyn Any + Send>>>,
}

impl Connection {
    pub(crate) fn new(member: Arc<Member>, origin: Origin, principal: Arc<Principal>) -> Self {
        Self {
            member,
            origin,
            principal,
            ended: CancellationToken::new(),
            slots: AtomicUsize::new(0),
            cut: AtomicBool::new(false),
            reader: AtomicWaker::new(),
            kept: Mutex::default(),
        }
    }

    pub(crate) fn id(&self) -> &Arc<str> {
        self.member.id()
    }

    /// Queues one record for this connection alone.
    pub(crate) fn tell(&self, record: Bytes) {
        self.member.outbox().push(self.framed(record));
    }

    /// A record in the form of this connection's transport.
    pub(super) fn framed(&self, record: Bytes) -> Bytes {
        self.member.form().frame(record)
    }

    pub(crate) fn slots_taken(&self) -> usize {
        self.slots.load(Relaxed)
    }

    /// `cx` is woken when a slot, or room in an upload, may be there that was not.
    pub(crate) fn wake_for_room(&self, cx: &Context<'_>) {
        self.reader.register(cx.waker());
    }

    pub(crate) fn take_slot(&self) {
        self.slots.fetch_add(1, Relaxed);
    }

    pub(super) fn give_slot_back(&self) {
        self.slots.fetch_sub(1, Relaxed);
        self.read_on();
    }

    /// Wakes the connection's task, because there may be room again.
    pub(super) fn read_on(&self) {
        self.reader.wake();
    }

    /// Has the connection's task cut the socket.
    pub(super) fn cut(&self) {
        self.cut.store(true, Relaxed);
        self.read_on();
    }

    /// Whether the socket is to be cut; asked once for each time.
    pub(crate) fn take_cut(&self) -> bool {
        self.cut.load(Relaxed) && self.cut.swap(false, Relaxed)
    }

    pub(super) fn keep<T: Send + 'static>(&self, value: T) -> Option<T> {
        let before = self.kept().insert(TypeId::of::<T>(), Box::new(value))?;
        before.downcast().ok().map(|value| *value)
    }

    pub(super) fn kept_value<T: Clone + 'static>(&self) -> Option<T> {
        let kept = self.kept();
        kept.get(&TypeId::of::<T>())?.downcast_ref().cloned()
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, HashMap<TypeId, Box<dyn Any + Send>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection")
            .field("id", self.id())
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}
