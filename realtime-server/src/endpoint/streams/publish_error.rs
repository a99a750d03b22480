use std::{error::Error, fmt};

use sse_codec::EncodeError;

use super::IdError;

/// Why an event was not sent to anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PublishError {
    /// It cannot be written.
    Encode(EncodeError),
    /// It cannot have the id that it has.
    Id(IdError),
    /// It is larger than all that may wait for a subscriber.
    TooLarge {
        /// The most bytes.
        limit: usize,
    },
}

impl From<EncodeError> for PublishError {
    fn from(error: EncodeError) -> Self {
        Self::Encode(error)
    }
}

impl From<IdError> for PublishError {
    fn from(error: IdError) -> Self {
        Self::Id(error)
    }
}

impl fmt::Display for PublishError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Encode(error) => error.fmt(f),
            Self::Id(error) => error.fmt(f),
            Self::TooLarge { limit } => write!(f, "the event is larger than {limit} bytes"),
        }
    }
}

impl Error for PublishError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Encode(error) => Some(error),
            Self::Id(error) => Some(error),
            Self::TooLarge { .. } => None,
        }
    }
}

/// Why none of several events was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchError {
    /// Which of them cannot be sent, counted from 0.
    pub at: usize,
    /// Why not.
    pub error: PublishError,
}

impl fmt::Display for BatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "event {}: {}", self.at, self.error)
    }
}

impl Error for BatchError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.error)
    }
}
