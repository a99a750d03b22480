use std::{
    collections::HashMap,
    fmt,
    sync::{
        Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, atomic::Ordering::Relaxed,
    },
    time::Duration,
};

use bytes::Bytes;
use tokio::time::Instant;

use super::{Audience, End, Member, Payload};
use crate::metrics::Metrics;

/// The members of one stream or hub, and their groups.
pub struct Registry {
    started: Instant,
    /// The latest reading of the coarse clock, in milliseconds since `started`.
    now: std::sync::atomic::AtomicU64,
    /// How many members take messages in binary.
    binary: std::sync::atomic::AtomicUsize,
    index: RwLock<Index>,
}

#[derive(Default)]
pub(super) struct Index {
    /// Set once nobody is to stay: who comes later is ended at once.
    closed: Option<End>,
    pub(super) members: HashMap<Arc<str>, Arc<Member>>,
    pub(super) groups: Crowds,
    pub(super) users: Crowds,
}

/// Members by the name of what they have in common, and by their ids.
pub(super) type Crowds = HashMap<Arc<str>, HashMap<Arc<str>, Arc<Member>>>;

/// A member's place in a registry: it is addressed as long as this lives.
#[derive(Debug)]
pub struct Seat {
    registry: Arc<Registry>,
    member: Arc<Member>,
}

/// A member may not be in more groups than this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupLimit(pub usize);

impl Registry {
    /// A registry without members.
    #[must_use]
    pub fn new() -> Self {
        Self {
            started: Instant::now(),
            now: std::sync::atomic::AtomicU64::new(1),
            binary: std::sync::atomic::AtomicUsize::new(0),
            index: RwLock::default(),
        }
    }

    /// Makes `member` known. Its id is unique by construction; a second of the same id replaces the first.
    #[must_use]
    pub fn seat(self: &Arc<Self>, member: Arc<Member>) -> Seat {
        member.told(self.now());
        if member.form().is_binary() {
            self.binary.fetch_add(1, Relaxed);
        }
        let mut index = self.write();
        if let Some(end) = index.closed {
            member.outbox().end(end);
        }
        if let Some(user) = member.user() {
            admit(&mut index.users, user, &member);
        }
        index
            .members
            .insert(Arc::clone(member.id()), Arc::clone(&member));
        drop(index);
        Seat {
            registry: Arc::clone(self),
            member,
        }
    }

    /// Whether any member takes messages in binary.
    #[must_use]
    pub fn takes_binary(&self) -> bool {
        self.binary.load(Relaxed) > 0
    }

    /// How many members there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.read().members.len()
    }

    /// How many members the group `name` has.
    #[must_use]
    pub fn group_len(&self, name: &str) -> usize {
        self.read().groups.get(name).map_or(0, HashMap::len)
    }

    /// Whether nobody is here.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Queues `payload` for everybody in `audience` and waits for nobody; says whom it reached and
    /// what it cost.
    pub fn deliver(&self, audience: Audience<'_>, payload: &Payload) -> Delivery {
        let now = self.now();
        let mut delivery = Delivery::default();
        self.visit(audience, |member| {
            let Some(cost) = member.queue(payload) else {
                return;
            };
            delivery.receivers += 1;
            delivery.lost += cost.lost;
            delivery.replaced += cost.replaced;
            member.told(now);
        });
        delivery
    }

    /// Queues `message` for `member` alone, in its form.
    pub fn tell(&self, member: &Member, message: Bytes) -> Delivery {
        let lost = member.outbox().push(member.form().frame(message));
        member.told(self.now());
        Delivery {
            receivers: 1,
            lost,
            replaced: 0,
        }
    }

    /// Ends the outbox of everybody in `audience`; says how many they are.
    pub fn end_all(&self, audience: Audience<'_>, end: End) -> usize {
        let mut ended = 0;
        self.visit(audience, |member| {
            member.outbox().end(end);
            ended += 1;
        });
        ended
    }

    /// Ends the outbox of one member; says whether it is here.
    pub fn end(&self, id: &str, end: End) -> bool {
        self.end_all(Audience::Member(id), end) > 0
    }

    /// How many are in `audience`, as of now.
    #[must_use]
    pub fn count(&self, audience: Audience<'_>) -> usize {
        let mut count = 0;
        self.visit(audience, |_| count += 1);
        count
    }

    /// Everybody in `audience`, as of now.
    #[must_use]
    pub fn members(&self, audience: Audience<'_>) -> Vec<Arc<Member>> {
        let mut members = Vec::new();
        self.visit(audience, |member| members.push(Arc::clone(member)));
        members
    }

    /// The member `id`, if it is here.
    #[must_use]
    pub fn member(&self, id: &str) -> Option<Arc<Member>> {
        self.read().members.get(id).cloned()
    }

    /// The names of the groups that have members, in no order.
    #[must_use]
    pub fn group_names(&self) -> Vec<Arc<str>> {
        self.read().groups.keys().cloned().collect()
    }

    fn visit(&self, audience: Audience<'_>, visit: impl FnMut(&Arc<Member>)) {
        audience.visit(&self.read(), visit);
    }

    /// Puts the member `id` into `group`; an unknown member and a second time are no errors.
    ///
    /// # Errors
    /// When it is in `limit` groups already.
    pub fn join(&self, id: &str, group: &str, limit: GroupLimit) -> Result<(), GroupLimit> {
        let mut index = self.write();
        let Some(member) = index.members.get(id).cloned() else {
            return Ok(());
        };
        let mut joined = member.groups();
        if joined.contains(group) {
            return Ok(());
        }
        if joined.len() >= limit.0 {
            return Err(limit);
        }
        joined.insert(admit(&mut index.groups, group, &member));
        Ok(())
    }

    /// Takes the member `id` out of `group`; where it is not in it, nothing happens.
    pub fn leave(&self, id: &str, group: &str) {
        let mut index = self.write();
        if let Some(member) = index.members.get(id) {
            member.groups().remove(group);
        }
        forget(&mut index.groups, group, id);
    }

    /// Ends the outbox of everybody who is here and of everybody who comes.
    pub fn close(&self, end: End) {
        let mut index = self.write();
        index.closed = Some(end);
        index
            .members
            .values()
            .for_each(|member| member.outbox().end(end));
    }

    /// Ends the outbox of everybody who comes from now on; gives those who are here.
    pub fn bar(&self, end: End) -> Vec<Arc<Member>> {
        let mut index = self.write();
        index.closed = Some(end);
        index.members.values().map(Arc::clone).collect()
    }

    /// `member` is ended with [`End::Expired`] by the first [`Sweep`](super::Sweep) after `time`; the
    /// latest call counts.
    pub fn expire_after(&self, member: &Member, time: Duration) {
        let until = self.read_clock().saturating_add(millis(time));
        member.expires_at.store(until, Relaxed);
    }

    /// The coarse clock: milliseconds since the registry was made, as of the last sweep; never zero.
    pub(super) fn now(&self) -> u64 {
        self.now.load(Relaxed)
    }

    /// Reads the real clock for all that follows until the next reading.
    pub(super) fn read_clock(&self) -> u64 {
        let now = millis(self.started.elapsed()).max(1);
        self.now.store(now, Relaxed);
        now
    }

    pub(super) fn each(&self, visit: impl FnMut(&Arc<Member>)) {
        self.read().members.values().for_each(visit);
    }

    fn read(&self) -> RwLockReadGuard<'_, Index> {
        self.index.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Index> {
        self.index.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Registry {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry")
            .field("members", &self.len())
            .finish_non_exhaustive()
    }
}

/// What became of one delivery.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delivery {
    /// How many members it was queued for.
    pub receivers: usize,
    /// How many messages were lost because an outbox was full.
    pub lost: u64,
    /// How many waiting messages it took the place of.
    pub replaced: u64,
}

impl Delivery {
    /// Adds it to the counters.
    pub fn count(self, metrics: &Metrics) {
        metrics.messages_queued.add(self.receivers as u64);
        metrics.messages_dropped.add(self.lost);
        metrics.messages_conflated.add(self.replaced);
    }
}

impl Seat {
    /// Who sits here.
    #[must_use]
    pub fn member(&self) -> &Arc<Member> {
        &self.member
    }

    /// Something was sent to the member: its next keep-alive can wait.
    pub fn told(&self) {
        self.member.told(self.registry.now());
    }

    /// The member cannot be heard for now: its silence does not count.
    pub fn forgive(&self) {
        self.member.heard_at.store(0, Relaxed);
    }

    /// The member is ended with [`End::Expired`] by the first [`Sweep`](super::Sweep) after `time`.
    pub fn expire_after(&self, time: Duration) {
        self.registry.expire_after(&self.member, time);
    }

    /// The member has sent the beginning of a message, for the rest of which we have been waiting for
    /// `spent`. Nothing changes if that was known.
    pub fn expect_rest(&self, spent: Duration) {
        let begun_at = &self.member.begun_at;
        if begun_at.load(Relaxed) == 0 {
            let began = self.registry.now().saturating_sub(millis(spent));
            begun_at.store(began.max(1), Relaxed);
        }
    }

    /// How long we have been waiting for the rest of a message.
    #[must_use]
    pub fn waited(&self) -> Duration {
        let now = self.registry.now();
        let began = self.member.begun_at.load(Relaxed);
        Duration::from_millis(if began == 0 {
            0
        } else {
            now.saturating_sub(began)
        })
    }

    /// Nothing is missing of a message, or the member cannot be heard for now.
    pub fn forgive_rest(&self) {
        self.member.begun_at.store(0, Relaxed);
    }

    /// From now on the member's silence counts.
    pub fn expect_to_hear(&self) {
        self.member.heard_at.store(self.registry.now(), Relaxed);
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if self.member.form().is_binary() {
            self.registry.binary.fetch_sub(1, Relaxed);
        }
        let mut index = self.registry.write();
        let id = self.member.id();
        for group in self.member.groups().drain() {
            forget(&mut index.groups, &group, id);
        }
        if let Some(user) = self.member.user() {
            forget(&mut index.users, user, id);
        }
        if index
            .members
            .get(id)
            .is_some_and(|member| Arc::ptr_eq(member, &self.member))
        {
            index.members.remove(id);
        }
    }
}

/// Puts `member` into the crowd of `name`; gives the name as it is shared.
fn admit(crowds: &mut Crowds, name: &str, member: &Arc<Member>) -> Arc<str> {
    let shared = match crowds.get_key_value(name) {
        Some((shared, _)) => Arc::clone(shared),
        None => name.into(),
    };
    crowds
        .entry(Arc::clone(&shared))
        .or_default()
        .insert(Arc::clone(member.id()), Arc::clone(member));
    shared
}

fn forget(crowds: &mut Crowds, name: &str, id: &str) {
    if let Some(members) = crowds.get_mut(name) {
        members.remove(id);
        if members.is_empty() {
            crowds.remove(name);
        }
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
