//! Why a document cannot be written.

use std::error::Error;
use std::fmt;

/// Why [`Api::build`](crate::Api::build) refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BuildError {
    /// Two things that must differ have one name.
    Duplicate {
        /// What they are.
        part: Part,
        /// Their name.
        name: String,
    },
    /// A name has characters that its place does not allow, or none at all.
    InvalidName {
        /// What has the name.
        part: Part,
        /// The name.
        name: String,
    },
    /// Something is named that nothing declares.
    Unknown {
        /// What is named.
        part: Part,
        /// The name.
        name: String,
    },
    /// A `$ref` points at nothing.
    DanglingReference {
        /// The reference.
        pointer: String,
    },
    /// A path does not start with `/`, has an empty segment, an unmatched brace, or a character
    /// that a path cannot have.
    InvalidPath {
        /// The path.
        path: String,
    },
    /// Two paths differ in nothing but the names of their parameters.
    AmbiguousPath {
        /// The later path.
        path: String,
        /// The earlier path.
        other: String,
    },
    /// A path has a part in braces that the operation does not declare.
    UndeclaredPathParameter {
        /// The path.
        path: String,
        /// The name in braces.
        name: String,
    },
    /// An operation declares a part of the path that is not in its path.
    UnusedPathParameter {
        /// The path.
        path: String,
        /// The name of the parameter.
        name: String,
    },
    /// An operation has no response.
    NoResponses {
        /// The operation's id.
        operation: String,
    },
    /// A status is not between 100 and 599, or a range not between 1 and 5.
    InvalidStatus {
        /// The number.
        status: u16,
    },
    /// A tag is under itself, over any number of steps.
    TagCycle {
        /// The tag.
        name: String,
    },
    /// A method of clients would stream, which only methods of a hub can.
    StreamingClientMethod {
        /// The name of the method.
        name: String,
    },
    /// A keyword of a schema has a value that JSON Schema does not allow there, such as an empty
    /// `oneOf`.
    InvalidKeyword {
        /// The keyword.
        keyword: String,
    },
    /// An address is not a URI, or is relative where that cannot be.
    InvalidUrl {
        /// The address.
        url: String,
    },
    /// The default of a server variable is not among its choices.
    InvalidServerVariable {
        /// The name of the variable.
        name: String,
    },
}

/// What a name in a [`BuildError`] belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Part {
    /// A key in `components`.
    Component,
    /// The type of an event in a stream.
    Event,
    /// A named example.
    Example,
    /// A field that begins with `x-`.
    Extension,
    /// A response header.
    Header,
    /// A hub.
    Hub,
    /// A media type of a request or response.
    MediaType,
    /// A method of a hub or of its clients.
    Method,
    /// A method and a path.
    Operation,
    /// The id of an operation.
    OperationId,
    /// A parameter of an operation.
    Parameter,
    /// The status of a response.
    Response,
    /// A security scheme.
    SecurityScheme,
    /// A variable in the address of a server.
    ServerVariable,
    /// A tag.
    Tag,
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Duplicate { part, name } => write!(f, "two times the {part} {name:?}"),
            Self::InvalidName { part, name } => write!(f, "{name:?} cannot name a {part}"),
            Self::Unknown { part, name } => write!(f, "nothing declares the {part} {name:?}"),
            Self::DanglingReference { pointer } => {
                write!(f, "the reference {pointer:?} points at nothing")
            }
            Self::InvalidPath { path } => write!(f, "{path:?} is not a path"),
            Self::AmbiguousPath { path, other } => {
                write!(f, "the paths {path:?} and {other:?} are the same")
            }
            Self::UndeclaredPathParameter { path, name } => {
                write!(
                    f,
                    "no parameter is declared for {name:?} in the path {path:?}"
                )
            }
            Self::UnusedPathParameter { path, name } => {
                write!(f, "the path {path:?} has no part {name:?}")
            }
            Self::NoResponses { operation } => {
                write!(f, "the operation {operation:?} has no response")
            }
            Self::InvalidStatus { status } => write!(f, "{status} is not a status"),
            Self::TagCycle { name } => write!(f, "the tag {name:?} is under itself"),
            Self::StreamingClientMethod { name } => {
                write!(f, "the client method {name:?} cannot stream")
            }
            Self::InvalidKeyword { keyword } => {
                write!(
                    f,
                    "the keyword {keyword:?} of a schema has a value that it cannot have"
                )
            }
            Self::InvalidUrl { url } => write!(f, "{url:?} is not an address that can stand there"),
            Self::InvalidServerVariable { name } => {
                write!(
                    f,
                    "the default of the server variable {name:?} is not a choice"
                )
            }
        }
    }
}

impl Error for BuildError {}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Component => "component",
            Self::Event => "event",
            Self::Example => "example",
            Self::Extension => "extension",
            Self::Header => "header",
            Self::Hub => "hub",
            Self::MediaType => "media type",
            Self::Method => "method",
            Self::Operation => "operation",
            Self::OperationId => "operation id",
            Self::Parameter => "parameter",
            Self::Response => "response",
            Self::SecurityScheme => "security scheme",
            Self::ServerVariable => "server variable",
            Self::Tag => "tag",
        })
    }
}
