use core::{error, fmt};

/// The stream went over one of the [`Limits`](crate::Limits).
///
/// Nothing else is an error: the standard gives every byte sequence a meaning. The decoder stays
/// usable and goes on after the next blank line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DecodeError {
    /// A line is longer than [`Limits::max_line`](crate::Limits::max_line).
    LineTooLong {
        /// The limit in bytes.
        limit: usize,
    },
    /// An event is larger than [`Limits::max_event`](crate::Limits::max_event).
    EventTooLarge {
        /// The limit in bytes.
        limit: usize,
    },
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LineTooLong { limit } => write!(f, "line is longer than {limit} bytes"),
            Self::EventTooLarge { limit } => write!(f, "event is larger than {limit} bytes"),
        }
    }
}

impl error::Error for DecodeError {}

/// The caller asked for a block that the format cannot carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EncodeError {
    /// The event type has a CR or LF, which would end its line and start a field of its own.
    LineBreakInEvent {
        /// Byte offset of the first one.
        at: usize,
    },
    /// The id has a CR or LF, which would end its line and start a field of its own.
    LineBreakInId {
        /// Byte offset of the first one.
        at: usize,
    },
    /// The id has a NUL, for which receivers ignore it silently, so that resuming breaks.
    NulInId {
        /// Byte offset of the first one.
        at: usize,
    },
    /// Raw blocks do not end with a blank line, so that the next block would run into them.
    NoBlankLineAtEnd,
    /// Raw blocks start with a byte order mark, which means something else at the start of a stream
    /// than after it.
    ByteOrderMark,
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LineBreakInEvent { at } => write!(f, "event type has a line break at byte {at}"),
            Self::LineBreakInId { at } => write!(f, "id has a line break at byte {at}"),
            Self::NulInId { at } => write!(f, "id has a NUL at byte {at}"),
            Self::NoBlankLineAtEnd => f.write_str("raw blocks do not end with a blank line"),
            Self::ByteOrderMark => f.write_str("raw blocks start with a byte order mark"),
        }
    }
}

impl error::Error for EncodeError {}
