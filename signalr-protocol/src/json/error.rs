//! What is wrong with JSON that a peer sent.

use core::{error::Error, fmt};

use super::{LoneSurrogate, Malformed};

/// The JSON of a handshake, a negotiation or a message is not what it must be.
///
/// The texts are those of ASP.NET Core, which tells them to clients when detailed errors are on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum JsonError {
    /// Not well-formed, not UTF-8, or nested deeper than [`MAX_DEPTH`](crate::MAX_DEPTH).
    Syntax,
    /// A string has half of a surrogate pair.
    LoneSurrogate,
    /// Something else than an object.
    NotAnObject {
        /// What it is.
        found: JsonType,
    },
    /// Something else than an array.
    NotAnArray {
        /// What it is.
        found: JsonType,
    },
    /// A property has a value of another type.
    WrongType {
        /// The property.
        property: &'static str,
        /// The type it must have.
        expected: JsonType,
    },
    /// A property is neither `true` nor `false`.
    NotABoolean {
        /// The property.
        property: &'static str,
    },
    /// A number has a fraction or an exponent, or does not fit.
    NotAnInteger {
        /// How many bits it must fit into, with its sign.
        bits: u8,
    },
    /// The answer to a negotiation is that of the older ASP.NET SignalR, whose protocol is another.
    OldServer,
    /// A property is missing.
    Missing {
        /// The property.
        property: &'static str,
    },
}

impl JsonError {
    /// The exception of ASP.NET Core in its place.
    #[must_use]
    pub const fn exception(&self) -> &'static str {
        match self {
            Self::NotAnInteger { .. } => "FormatException",
            Self::LoneSurrogate | Self::OldServer => "InvalidOperationException",
            _ => "InvalidDataException",
        }
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax => f.write_str("Error reading JSON."),
            Self::NotAnObject { found } => {
                write!(
                    f,
                    "Unexpected JSON Token Type '{found}'. Expected a JSON Object."
                )
            }
            Self::NotAnArray { found } => {
                write!(
                    f,
                    "Unexpected JSON Token Type '{found}'. Expected a JSON Array."
                )
            }
            // ASP.NET Core has the name of its token here, and for arrays a friendlier one.
            Self::WrongType {
                property,
                expected: JsonType::Object,
            } => {
                write!(f, "Expected '{property}' to be of type StartObject.")
            }
            Self::WrongType { property, expected } => {
                write!(f, "Expected '{property}' to be of type {expected}.")
            }
            Self::NotABoolean { property } => {
                write!(f, "Expected '{property}' to be true or false.")
            }
            Self::NotAnInteger { bits } => write!(
                f,
                "Either the JSON value is not in a supported format, \
                 or is out of bounds for an Int{bits}."
            ),
            Self::OldServer => f.write_str(
                "Detected a connection attempt to an ASP.NET SignalR Server. \
                 This client only supports connecting to an ASP.NET Core SignalR Server. \
                 See https://aka.ms/signalr-core-differences for details.",
            ),
            Self::Missing { property } => write!(f, "Missing required property '{property}'."),
            Self::LoneSurrogate => f.write_str(
                "Cannot read incomplete UTF-16 JSON text as string with missing low surrogate.",
            ),
        }
    }
}

impl Error for JsonError {}

impl From<LoneSurrogate> for JsonError {
    fn from(LoneSurrogate: LoneSurrogate) -> Self {
        Self::LoneSurrogate
    }
}

impl From<Malformed> for JsonError {
    fn from(Malformed: Malformed) -> Self {
        Self::Syntax
    }
}

/// What a JSON value is, told by its first byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonType {
    /// `{…}`
    Object,
    /// `[…]`
    Array,
    /// `"…"`
    String,
    /// Digits.
    Number,
    /// `true`
    True,
    /// `false`
    False,
    /// `null`
    Null,
}

impl fmt::Display for JsonType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Object => "Object",
            Self::Array => "Array",
            Self::String => "String",
            Self::Number => "Number",
            Self::True => "True",
            Self::False => "False",
            Self::Null => "Null",
        })
    }
}
