use std::{
    collections::HashMap,
    fmt,
    sync::{
        Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, atomic::Ordering::Relaxed,
    },
    time::Duration,
};

use tokio::time::Instant;

use super::{End, Member, Payload};
use crate::metrics::Metrics;

/// Whom a delivery is for.
#[derive(Clone, Copy, Debug)]
pub enum Audience<'a> {
    /// Every member.
    All,
    /// Every member but these.
    AllExcept(&'a [&'a str]),
    /// Every member but this one.
    Others(&'a str),
    /// This member, if it is here.
    Member(&'a str),
    /// These members, as far as they are here.
    Members(&'a [&'a str]),
    /// The members of a group.
    Group(&'a str),
    /// The members of these groups; who is in several gets several.
    Groups(&'a [&'a str]),
    /// The members of a group but these.
    GroupExcept(&'a str, &'a [&'a str]),
    /// The members of a group but this one.
    OthersInGroup(&'a str, &'a str),
}

/// The members of one stream or hub, and their groups.
pub struct Registry {
    started: Instant,
    /// The latest reading of the coarse clock, in milliseconds since `started`.
    now: std::sync::atomic::AtomicU64,
    index: RwLock<Index>,
}

#[derive(Default)]
struct Index {
    /// Set once nobody is to stay: who comes later is ended at once.
    closed: Option<End>,
    members: HashMap<Arc<str>, Arc<Member>>,
    groups: HashMap<Arc<str>, HashMap<Arc<str>, Arc<Member>>>,
}

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
            index: RwLock::default(),
        }
    }

    /// Makes `member` known. Its id is unique by construction; a second of the same id replaces the first.
    #[must_use]
    pub fn seat(self: &Arc<Self>, member: Arc<Member>) -> Seat {
        member.told(self.now());
        let mut index = self.write();
        if let Some(end) = index.closed {
            member.outbox().end(end);
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

    /// How many members there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.read().members.len()
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
        let mut tell = |member: &Arc<Member>| {
            delivery.receivers += 1;
            delivery.lost += member.outbox().push(payload.form(member.form()));
            member.told(now);
        };
        let index = self.read();
        match audience {
            Audience::All => index.members.values().for_each(tell),
            Audience::AllExcept(except) => except_these(index.members.values(), except, tell),
            Audience::Others(id) => except_these(index.members.values(), &[id], tell),
            Audience::Member(id) => index.members.get(id).into_iter().for_each(tell),
            Audience::Members(ids) => {
                ids.iter()
                    .filter_map(|id| index.members.get(*id))
                    .for_each(&mut tell);
            }
            Audience::Group(name) => {
                index
                    .groups
                    .get(name)
                    .into_iter()
                    .flat_map(HashMap::values)
                    .for_each(tell);
            }
            Audience::Groups(names) => {
                let groups = names.iter().filter_map(|name| index.groups.get(*name));
                groups.for_each(|group| group.values().for_each(&mut tell));
            }
            Audience::GroupExcept(name, except) => {
                let group = index.groups.get(name).into_iter().flat_map(HashMap::values);
                except_these(group, except, tell);
            }
            Audience::OthersInGroup(name, id) => {
                let group = index.groups.get(name).into_iter().flat_map(HashMap::values);
                except_these(group, &[id], tell);
            }
        }
        delivery
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
        let name: Arc<str> = match index.groups.get_key_value(group) {
            Some((name, _)) => Arc::clone(name),
            None => group.into(),
        };
        joined.insert(Arc::clone(&name));
        drop(joined);
        index
            .groups
            .entry(name)
            .or_default()
            .insert(Arc::clone(member.id()), member);
        Ok(())
    }

    /// Takes the member `id` out of `group`; where it is not in it, nothing happens.
    pub fn leave(&self, id: &str, group: &str) {
        let mut index = self.write();
        if let Some(member) = index.members.get(id) {
            member.groups().remove(group);
        }
        index.forget(group, id);
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

    /// Ends the outbox of one member; says whether it is here.
    pub fn end(&self, id: &str, end: End) -> bool {
        let member = self.read().members.get(id).cloned();
        member.is_some_and(|member| {
            member.outbox().end(end);
            true
        })
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
}

impl Delivery {
    /// Adds it to the counters.
    pub fn count(self, metrics: &Metrics) {
        metrics.messages_queued.add(self.receivers as u64);
        metrics.messages_dropped.add(self.lost);
    }
}

impl Seat {
    /// Who sits here.
    #[must_use]
    pub fn member(&self) -> &Arc<Member> {
        &self.member
    }

    /// Something came from the member: its time of silence starts again, if it had started.
    pub fn heard(&self) {
        if self.member.heard_at.load(Relaxed) != 0 {
            self.member.heard_at.store(self.registry.now(), Relaxed);
        }
    }

    /// The member cannot be heard for now: its silence does not count.
    pub fn forgive(&self) {
        self.member.heard_at.store(0, Relaxed);
    }

    /// From now on the member's silence counts.
    pub fn expect_to_hear(&self) {
        self.member.heard_at.store(self.registry.now(), Relaxed);
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut index = self.registry.write();
        let id = self.member.id();
        for group in self.member.groups().drain() {
            index.forget(&group, id);
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

impl Index {
    fn forget(&mut self, group: &str, id: &str) {
        if let Some(members) = self.groups.get_mut(group) {
            members.remove(id);
            if members.is_empty() {
                self.groups.remove(group);
            }
        }
    }
}

fn except_these<'a>(
    members: impl Iterator<Item = &'a Arc<Member>>,
    except: &[&str],
    tell: impl FnMut(&'a Arc<Member>),
) {
    members
        .filter(|member| !except.contains(&&**member.id()))
        .for_each(tell);
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
