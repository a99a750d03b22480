use std::{error::Error, fmt};

use ws_frame::{CloseCode, DecodeError};

/// Why nothing more comes from a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ending {
    /// It sent a close frame, with this code if with any.
    Closed(Option<CloseCode>),
    /// It broke the protocol, or a limit.
    Broken(DecodeError),
    /// Its socket ended or failed without a close frame.
    Lost,
    /// Nothing came for [`WebSocketConfig::idle_timeout`](crate::config::WebSocketConfig::idle_timeout).
    Silent,
    /// It began a message and did not end it within
    /// [`WebSocketConfig::message_timeout`](crate::config::WebSocketConfig::message_timeout).
    Unfinished,
    /// It took nothing for [`WebSocketConfig::write_timeout`](crate::config::WebSocketConfig::write_timeout).
    Stuck,
    /// The token that it was opened with is over.
    Expired,
    /// The server stops.
    Shutdown,
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed(None) => f.write_str("closed by the client"),
            Self::Closed(Some(code)) => write!(f, "closed by the client with code {code}"),
            Self::Broken(error) => error.fmt(f),
            Self::Lost => f.write_str("the socket ended without a close frame"),
            Self::Silent => f.write_str("nothing came from the client for too long"),
            Self::Unfinished => f.write_str("a message did not arrive in time"),
            Self::Stuck => f.write_str("the client took nothing for too long"),
            Self::Expired => f.write_str("the token of the client is over"),
            Self::Shutdown => f.write_str("the server stops"),
        }
    }
}

/// A message was not sent: the connection is closed, or being closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closed;

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection is closed")
    }
}

impl Error for Closed {}
