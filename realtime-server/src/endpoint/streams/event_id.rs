use std::{error::Error, fmt};

use crate::id;

/// The longest id, in bytes. Browsers ask permission before they send a longer one to another
/// origin.
pub(super) const MOST_BYTES: usize = 128;

/// The name of one life of one stream, which begins all ids that it makes: nobody can guess it, so
/// an id says nothing about another stream, and a restarted server does not take an id of its last
/// life for one of this.
#[derive(Debug)]
pub(super) struct Epoch(Box<str>);

impl Epoch {
    pub(super) fn new() -> Self {
        Self(id::base64url().into())
    }

    /// The id of event `number`, the first of which is 1.
    pub(super) fn id(&self, number: u64) -> String {
        format!("{}.{number}", self.0)
    }

    /// The number in an id that this epoch can have made.
    pub(super) fn number(&self, id: &[u8]) -> Option<u64> {
        let digits = id.strip_prefix(self.0.as_bytes())?.strip_prefix(b".")?;
        let number = str::from_utf8(digits).ok()?.parse().ok()?;
        // Not each text with that value, such as `+7` or `07`, is one that we write.
        (self.id(number).as_bytes() == id).then_some(number)
    }

    /// Checks an id that somebody else made.
    pub(super) fn check(&self, id: &str) -> Result<(), IdError> {
        if id.is_empty() {
            return Err(IdError::Empty);
        }
        if id.len() > MOST_BYTES {
            return Err(IdError::TooLong { limit: MOST_BYTES });
        }
        // Blanks at an end of a header value are lost, and what is no ASCII is a matter of taste.
        if let Some(at) = id.bytes().position(|byte| !byte.is_ascii_graphic()) {
            return Err(IdError::NotVisible { at });
        }
        if id.starts_with(&*self.0) {
            return Err(IdError::Reserved);
        }
        Ok(())
    }
}

/// Why an event cannot have the id that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IdError {
    /// An empty id would make clients forget where they are.
    Empty,
    /// It is too long to be sent back by every client.
    TooLong {
        /// The most bytes.
        limit: usize,
    },
    /// It holds a byte that is no visible ASCII.
    NotVisible {
        /// Where the first one stands.
        at: usize,
    },
    /// It begins like the ids that the stream makes.
    Reserved,
    /// An event that is kept has it already.
    Taken,
}

impl fmt::Display for IdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the id is empty"),
            Self::TooLong { limit } => write!(f, "the id is longer than {limit} bytes"),
            Self::NotVisible { at } => write!(f, "the id has no visible ASCII at byte {at}"),
            Self::Reserved => f.write_str("the id begins like those that the stream makes"),
            Self::Taken => f.write_str("another event that is kept has the id"),
        }
    }
}

impl Error for IdError {}
