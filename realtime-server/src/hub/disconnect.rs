use std::fmt;

/// Why a connection of a hub ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Disconnect {
    /// The client closed it in an orderly way.
    Closed,
    /// The client said goodbye with an error of its own.
    ClientError(String),
    /// The socket was lost.
    Lost,
    /// The client was silent for longer than the client time-out.
    Silent,
    /// The client took its messages too slowly.
    Slow,
    /// The client broke the protocol.
    Protocol,
    /// The application ended it.
    Aborted,
    /// The server stops.
    Shutdown,
}

impl fmt::Display for Disconnect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Closed => "closed by the client",
            Self::ClientError(error) => {
                return write!(f, "closed by the client with an error: {error}");
            }
            Self::Lost => "socket lost",
            Self::Silent => "client silent for too long",
            Self::Slow => "client too slow",
            Self::Protocol => "protocol broken by the client",
            Self::Aborted => "aborted by the application",
            Self::Shutdown => "server stopping",
        })
    }
}
