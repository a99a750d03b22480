use std::{error::Error, fmt};

use signalr_protocol::EncodeError;

use super::error::HUB_EXCEPTION;

/// Why a client method gave no result.
#[derive(Debug)]
#[non_exhaustive]
pub enum InvokeError {
    /// There is no such connection.
    NotConnected {
        /// Its id.
        connection: Box<str>,
    },
    /// The connection ended before it answered.
    Disconnected {
        /// Its id.
        connection: Box<str>,
    },
    /// The invocation of the hub method that asked was taken back.
    Canceled,
    /// The client method failed, and said this.
    Client(Box<str>),
    /// The client method answered with neither a result nor an error.
    NoResult,
    /// The result is of another type.
    Unreadable {
        /// The type that was asked for.
        wanted: &'static str,
        /// Why it is not of that type.
        reason: Box<str>,
    },
    /// Nothing can be asked by the hook that takes a connection in: the client is not listened to
    /// before it has ended.
    WhileConnecting,
    /// The connection owes as many answers as it may.
    TooMany {
        /// The most answers.
        limit: usize,
    },
    /// The arguments are no tuple or list, or cannot be written.
    Encode(EncodeError),
}

impl InvokeError {
    /// The exception of ASP.NET Core in its place. Texts of a `HubException` are for the caller.
    pub(super) fn exception(&self) -> &'static str {
        match self {
            Self::NotConnected { .. } | Self::Disconnected { .. } => "IOException",
            Self::WhileConnecting => "InvalidOperationException",
            Self::TooMany { .. } | Self::Encode(_) => "InvokeError",
            Self::Canceled | Self::Client(_) | Self::NoResult | Self::Unreadable { .. } => {
                HUB_EXCEPTION
            }
        }
    }
}

impl fmt::Display for InvokeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotConnected { connection } => {
                write!(f, "Connection '{connection}' does not exist.")
            }
            Self::Disconnected { connection } => {
                write!(f, "Connection '{connection}' disconnected.")
            }
            Self::Canceled => f.write_str("Invocation canceled by the server."),
            Self::Client(error) => f.write_str(error),
            Self::NoResult => f.write_str(
                "Exception of type 'Microsoft.AspNetCore.SignalR.HubException' was thrown.",
            ),
            Self::Unreadable { wanted, reason } => {
                write!(
                    f,
                    "Error trying to deserialize result to {wanted}. {reason}"
                )
            }
            Self::WhileConnecting => {
                f.write_str("Client results inside OnConnectedAsync Hub methods are not allowed.")
            }
            Self::TooMany { limit } => write!(f, "the client owes {limit} answers already"),
            Self::Encode(error) => error.fmt(f),
        }
    }
}

impl Error for InvokeError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Encode(error) => Some(error),
            _ => None,
        }
    }
}

impl From<EncodeError> for InvokeError {
    fn from(error: EncodeError) -> Self {
        Self::Encode(error)
    }
}
