use std::sync::Arc;

use super::{Client, Core, GroupError, Scope, Target};
use crate::fanout::{Audience, GroupLimit};

/// The connections of a hub, to send to, ask and manage from anywhere: hub methods, routes and
/// tasks.
#[derive(Clone, Debug)]
pub struct Clients {
    core: Arc<Core>,
    /// The method or hook that the handle was given to.
    scope: Option<Arc<Scope>>,
}

impl Clients {
    pub(crate) fn new(core: Arc<Core>) -> Self {
        Self { core, scope: None }
    }

    pub(super) fn within(core: Arc<Core>, scope: Arc<Scope>) -> Self {
        Self {
            core,
            scope: Some(scope),
        }
    }

    pub(super) fn core(&self) -> &Core {
        &self.core
    }

    /// Every connection.
    pub fn all(&self) -> Target<'_> {
        self.target(Audience::All)
    }

    /// Every connection but those of these ids.
    pub fn all_except<'a>(&'a self, ids: &'a [&'a str]) -> Target<'a> {
        self.target(Audience::AllExcept(ids))
    }

    /// The connection `id`; nobody, when there is none.
    pub fn connection<'a>(&'a self, id: &'a str) -> Client<'a> {
        Client::new(&self.core, id, self.scope.as_deref())
    }

    /// The connections of these ids, as far as there are any.
    pub fn connections<'a>(&'a self, ids: &'a [&'a str]) -> Target<'a> {
        self.target(Audience::Members(ids))
    }

    /// The members of a group. Names of groups are compared with case.
    pub fn group<'a>(&'a self, name: &'a str) -> Target<'a> {
        self.target(Audience::Group(name))
    }

    /// The members of each of these groups; who is in two of them gets the message twice.
    pub fn groups<'a>(&'a self, names: &'a [&'a str]) -> Target<'a> {
        self.target(Audience::Groups(names))
    }

    /// The members of a group but the connections of these ids.
    pub fn group_except<'a>(&'a self, name: &'a str, ids: &'a [&'a str]) -> Target<'a> {
        self.target(Audience::GroupExcept(name, ids))
    }

    /// All connections of a user; see [`Hub::user_id`](super::Hub::user_id). Names of users are
    /// compared with case.
    pub fn user<'a>(&'a self, name: &'a str) -> Target<'a> {
        self.target(Audience::User(name))
    }

    /// All connections of these users.
    pub fn users<'a>(&'a self, names: &'a [&'a str]) -> Target<'a> {
        self.target(Audience::Users(names))
    }

    /// Puts the connection `id` into `group` until it leaves or ends. An unknown connection and a
    /// second time are no errors.
    ///
    /// # Errors
    /// When the name is empty or longer than the hub allows, or the connection is in as many groups
    /// as it may be.
    #[expect(
        clippy::unused_async,
        reason = "a connection on another node will be waited for"
    )]
    pub async fn add_to_group(&self, id: &str, group: &str) -> Result<(), GroupError> {
        self.check_name(group)?;
        Ok(self.core.registry.join(id, group, self.group_limit())?)
    }

    /// Takes the connection `id` out of `group`; not being in it is no error.
    #[expect(
        clippy::unused_async,
        reason = "a connection on another node will be waited for"
    )]
    pub async fn remove_from_group(&self, id: &str, group: &str) {
        self.core.registry.leave(id, group);
    }

    /// Puts all connections of `user` into `group`, those that there are and those that will come,
    /// until [`remove_user_from_group`](Self::remove_user_from_group).
    ///
    /// # Errors
    /// As [`add_to_group`](Self::add_to_group); then connections of the user that had room are in
    /// the group, but none that will come. And when as many groups of users are remembered as may
    /// be.
    #[expect(
        clippy::unused_async,
        reason = "connections on other nodes will be waited for"
    )]
    pub async fn add_user_to_group(&self, user: &str, group: &str) -> Result<(), GroupError> {
        self.check_name(group)?;
        let registry = &self.core.registry;
        self.core.user_groups.give(user, group, || {
            for member in registry.members(Audience::User(user)) {
                registry.join(member.id(), group, self.group_limit())?;
            }
            Ok(())
        })
    }

    /// Takes all connections of `user` out of `group`, and does not put them into it any more.
    #[expect(
        clippy::unused_async,
        reason = "connections on other nodes will be waited for"
    )]
    pub async fn remove_user_from_group(&self, user: &str, group: &str) {
        let registry = &self.core.registry;
        self.core.user_groups.take(user, group, || {
            for member in registry.members(Audience::User(user)) {
                registry.leave(member.id(), group);
            }
        });
    }

    /// How many connections there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.core.registry.len()
    }

    /// The names of the groups that have members, in no order.
    #[must_use]
    pub fn group_names(&self) -> Vec<Arc<str>> {
        self.core.registry.group_names()
    }

    pub(super) fn target<'a>(&'a self, audience: Audience<'a>) -> Target<'a> {
        Target::new(&self.core, audience)
    }

    fn check_name(&self, group: &str) -> Result<(), GroupError> {
        let limit = self.core.config.max_group_name;
        if group.is_empty() {
            return Err(GroupError::EmptyName);
        }
        if group.len() > limit {
            return Err(GroupError::NameTooLong { limit });
        }
        Ok(())
    }

    fn group_limit(&self) -> GroupLimit {
        GroupLimit(self.core.config.max_groups)
    }
}
