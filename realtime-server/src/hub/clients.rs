use std::{error::Error, fmt, sync::Arc};

use bytes::BytesMut;
use serde::Serialize;
use signalr_protocol::{EncodeError, Invocation, Protocol, Typed};

use super::Core;
use crate::fanout::{Audience, GroupLimit, Payload};

/// The connections of a hub, to send to from anywhere: hub methods, routes and tasks.
#[derive(Clone, Debug)]
pub struct Clients(Arc<Core>);

/// Some of the connections of a hub.
#[derive(Clone, Copy, Debug)]
#[must_use = "a target sends nothing by itself"]
pub struct Target<'a> {
    core: &'a Core,
    audience: Audience<'a>,
}

impl Clients {
    pub(crate) fn new(core: Arc<Core>) -> Self {
        Self(core)
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
    pub fn connection<'a>(&'a self, id: &'a str) -> Target<'a> {
        self.target(Audience::Member(id))
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
        let config = &self.0.config;
        if group.is_empty() {
            return Err(GroupError::EmptyName);
        }
        if group.len() > config.max_group_name {
            return Err(GroupError::NameTooLong {
                limit: config.max_group_name,
            });
        }
        let joined = self
            .0
            .registry
            .join(id, group, GroupLimit(config.max_groups));
        joined.map_err(|GroupLimit(limit)| GroupError::TooManyGroups { limit })
    }

    /// Takes the connection `id` out of `group`; not being in it is no error.
    #[expect(
        clippy::unused_async,
        reason = "a connection on another node will be waited for"
    )]
    pub async fn remove_from_group(&self, id: &str, group: &str) {
        self.0.registry.leave(id, group);
    }

    /// How many connections there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.registry.len()
    }

    pub(super) fn target<'a>(&'a self, audience: Audience<'a>) -> Target<'a> {
        Target {
            core: &self.0,
            audience,
        }
    }
}

impl Target<'_> {
    /// Calls the client method `method` with a tuple of `arguments` on every connection of this
    /// target. It is queued for each and waits for none; a connection that takes its messages too
    /// slowly is ended. Nobody being there is no error.
    ///
    /// # Errors
    /// When the arguments are no tuple or list, or cannot be written as JSON.
    #[expect(
        clippy::unused_async,
        reason = "a backplane between nodes will be waited for"
    )]
    pub async fn send<A>(&self, method: &str, arguments: A) -> Result<(), EncodeError>
    where
        A: Serialize + Send,
    {
        let mut record = BytesMut::new();
        Invocation::new(method, Typed(&arguments)).encode(Protocol::Json, &mut record)?;
        let payload = Payload::new(record.freeze());
        self.core
            .registry
            .deliver(self.audience, &payload)
            .count(&self.core.metrics);
        Ok(())
    }
}

/// Why a connection cannot join a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GroupError {
    /// A group needs a name.
    EmptyName,
    /// The name has more bytes than the hub allows.
    NameTooLong {
        /// The most bytes.
        limit: usize,
    },
    /// The connection is in as many groups as it may be.
    TooManyGroups {
        /// The most groups.
        limit: usize,
    },
}

impl fmt::Display for GroupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EmptyName => f.write_str("the name of a group must not be empty"),
            Self::NameTooLong { limit } => {
                write!(
                    f,
                    "the name of a group must not be longer than {limit} bytes"
                )
            }
            Self::TooManyGroups { limit } => {
                write!(f, "a connection must not be in more than {limit} groups")
            }
        }
    }
}

impl Error for GroupError {}
