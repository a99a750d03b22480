//! Why a value and its type do not fit.

use alloc::{boxed::Box, string::ToString};
use core::fmt;

use serde::{de, ser};

/// A MessagePack value is not of the type asked for, or a value cannot be MessagePack.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValueError {
    /// The bytes break off or are not MessagePack.
    Malformed,
    /// An array or map has more or fewer elements than the type, or than was announced.
    Length,
    /// What the type itself has to say.
    Custom(Box<str>),
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => f.write_str("malformed MessagePack"),
            Self::Length => f.write_str("more or fewer elements than expected"),
            Self::Custom(text) => f.write_str(text),
        }
    }
}

impl core::error::Error for ValueError {}

impl de::Error for ValueError {
    fn custom<T: fmt::Display>(text: T) -> Self {
        Self::Custom(text.to_string().into())
    }
}

impl ser::Error for ValueError {
    fn custom<T: fmt::Display>(text: T) -> Self {
        Self::Custom(text.to_string().into())
    }
}
