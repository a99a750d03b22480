//! Why a server ends a connection during the handshake.

use core::{error::Error, fmt};

use crate::Protocol;

/// Why a server ends a connection during the handshake. The texts are those of ASP.NET Core;
/// clients show them to their users.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal<'a> {
    /// No protocol has that name.
    UnknownProtocol {
        /// The name as it was sent.
        name: &'a str,
    },
    /// The client asks for a version above [`Protocol::MAX_VERSION`].
    UnsupportedVersion {
        /// The name of the protocol as it was sent.
        name: &'a str,
        /// The version asked for.
        version: i32,
    },
    /// The transport cannot carry the protocol.
    UnsupportedTransport {
        /// The protocol.
        protocol: Protocol,
    },
    /// No handshake came in time, or none within the limit on a record.
    Canceled,
    /// The handshake could not be read.
    Unexpected,
}

impl fmt::Display for Refusal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownProtocol { name } => write!(f, "The protocol '{name}' is not supported."),
            Self::UnsupportedVersion { name, version } => write!(
                f,
                "The server does not support version {version} of the '{name}' protocol."
            ),
            Self::UnsupportedTransport { protocol } => write!(
                f,
                "Cannot use the '{}' protocol on the current transport. \
                 The transport does not support '{}' transfer format.",
                protocol.name(),
                protocol.transfer_format().name()
            ),
            Self::Canceled => f.write_str("Handshake was canceled."),
            Self::Unexpected => {
                f.write_str("An unexpected error occurred during connection handshake.")
            }
        }
    }
}

impl Error for Refusal<'_> {}
