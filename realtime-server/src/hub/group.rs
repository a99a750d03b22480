use std::{error::Error, fmt};

use super::user_groups::Full;
use crate::fanout::GroupLimit;

/// Why a connection or a user cannot join a group.
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
    /// As many groups of users are remembered as may be.
    TooManyRemembered,
    /// The person that the connection belongs to may not join it.
    Forbidden,
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
            Self::Forbidden => f.write_str("the caller may not join this group"),
            Self::TooManyRemembered => f.write_str("too many groups of users are remembered"),
        }
    }
}

impl Error for GroupError {}

impl From<GroupLimit> for GroupError {
    fn from(GroupLimit(limit): GroupLimit) -> Self {
        Self::TooManyGroups { limit }
    }
}

impl From<Full> for GroupError {
    fn from(_: Full) -> Self {
        Self::TooManyRemembered
    }
}
