//! What is wrong with a MessagePack message.

use core::fmt;

/// A MessagePack message breaks the protocol. The texts are those of ASP.NET Core.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MessagePackError {
    /// Not MessagePack, broken off, or nested deeper than [`MAX_DEPTH`](crate::MAX_DEPTH).
    Malformed,
    /// A value is missing or of another type.
    WrongType {
        /// What the value is for.
        field: &'static str,
        /// The type that it must have.
        expected: &'static str,
    },
    /// What should be an array is none.
    NotAnArray {
        /// What the array is for.
        field: &'static str,
    },
    /// What should be a map is none.
    NotAMap {
        /// What the map is for.
        field: &'static str,
    },
    /// A name or value of a header is not a string.
    HeaderType {
        /// Which header, from 0.
        index: u32,
        /// `Key` or `Value`.
        part: &'static str,
    },
    /// A text that must say something is nil or empty.
    Empty {
        /// What the text is for.
        what: &'static str,
    },
    /// A completion is of a kind that does not exist.
    ResultKind,
}

impl fmt::Display for MessagePackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => f.write_str("Error reading MessagePack."),
            Self::WrongType { field, expected } => {
                write!(f, "Reading '{field}' as {expected} failed.")
            }
            Self::NotAnArray { field } => {
                write!(f, "Reading array length for '{field}' failed.")
            }
            Self::NotAMap { field } => write!(f, "Reading map length for '{field}' failed."),
            Self::HeaderType { index, part } => {
                write!(f, "Reading 'headers[{index}].{part}' as String failed.")
            }
            Self::Empty { what } => write!(f, "Null or empty {what}."),
            Self::ResultKind => f.write_str("Invalid invocation result kind."),
        }
    }
}

impl core::error::Error for MessagePackError {}
