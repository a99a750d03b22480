use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// The groups that belong to users rather than to connections: those that a user was put into, and
/// those that the last connections of a user left behind, for a while.
///
/// The lock is held while the registry is changed, so that a connection that comes meanwhile misses
/// nothing. Whoever holds the registry's lock never takes this one.
#[derive(Debug)]
pub(super) struct UserGroups {
    most: usize,
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    /// Memberships of all users.
    held: usize,
    users: HashMap<Arc<str>, Entry>,
}

#[derive(Debug)]
struct Entry {
    given: HashSet<Arc<str>>,
    left: HashSet<Arc<str>>,
    /// Until when the left ones are remembered.
    until: Instant,
}

/// As many memberships are remembered as may be.
#[derive(Debug)]
pub(super) struct Full;

impl UserGroups {
    /// Remembers at most `most` memberships.
    pub(super) fn new(most: usize) -> Self {
        Self {
            most,
            table: Mutex::default(),
        }
    }

    /// Notes that `user` is in `group`, and lets `apply` make it so for the connections there are.
    pub(super) fn give<E: From<Full>>(
        &self,
        user: &str,
        group: &str,
        apply: impl FnOnce() -> Result<(), E>,
    ) -> Result<(), E> {
        let mut table = self.lock();
        if !table.has_room(1, self.most) {
            return Err(Full.into());
        }
        apply()?;
        table.change(user, |entry| {
            entry.given.insert(group.into());
        });
        Ok(())
    }

    /// Forgets that `user` is in `group`, and lets `apply` make it so.
    pub(super) fn take(&self, user: &str, group: &str, apply: impl FnOnce()) {
        let mut table = self.lock();
        table.change(user, |entry| {
            entry.given.remove(group);
            entry.left.remove(group);
        });
        apply();
    }

    /// Remembers for `lifetime` what a connection of `user` was in; says whether there was room.
    pub(super) fn leave(&self, user: &str, groups: Vec<Arc<str>>, lifetime: Duration) -> bool {
        let mut table = self.lock();
        let has_room = table.has_room(groups.len(), self.most);
        if has_room {
            table.change(user, |entry| {
                entry.left.extend(groups);
                entry.until = Instant::now() + lifetime;
            });
        }
        has_room
    }

    /// Puts a new connection of `user` into its groups, one by one with `join`. What was left
    /// behind goes to the first who comes.
    pub(super) fn enter(&self, user: &str, join: impl FnMut(&str)) {
        let mut table = self.lock();
        let mut groups = HashSet::new();
        table.change(user, |entry| {
            entry.expire(Instant::now());
            groups = std::mem::take(&mut entry.left);
            groups.extend(entry.given.iter().cloned());
        });
        groups.iter().map(|group| &**group).for_each(join);
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    /// Changes what is held of `user` and counts it; what is empty is not kept.
    fn change(&mut self, user: &str, change: impl FnOnce(&mut Entry)) {
        let mut entry = self.users.remove(user).unwrap_or_else(Entry::new);
        self.held -= entry.len();
        change(&mut entry);
        if entry.len() > 0 {
            self.held += entry.len();
            self.users.insert(user.into(), entry);
        }
    }

    /// Whether `more` memberships fit, after forgetting those whose time is over if need be.
    fn has_room(&mut self, more: usize, most: usize) -> bool {
        if self.held.saturating_add(more) > most {
            let now = Instant::now();
            self.users.retain(|_, entry| {
                entry.expire(now);
                entry.len() > 0
            });
            self.held = self.users.values().map(Entry::len).sum();
        }
        self.held.saturating_add(more) <= most
    }
}

impl Entry {
    fn new() -> Self {
        Self {
            given: HashSet::new(),
            left: HashSet::new(),
            until: Instant::now(),
        }
    }

    fn len(&self) -> usize {
        self.given.len() + self.left.len()
    }

    fn expire(&mut self, now: Instant) {
        if self.until <= now {
            self.left = HashSet::new();
        }
    }
}
