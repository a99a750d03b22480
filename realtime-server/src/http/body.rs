//! Response bodies: none, whole, made while they are sent, or the end of HTTP.

use std::fmt;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use futures_util::future::BoxFuture;
use tokio_util::sync::CancellationToken;

use super::Socket;

/// What follows the head of a response.
pub enum Body {
    /// Nothing.
    Empty,
    /// All of it at once.
    Full(Bytes),
    /// Made while it is sent.
    Stream(Box<dyn Source>),
    /// Another protocol, on the same socket.
    Upgrade(Hook),
}

/// What runs a connection after its protocol has changed.
pub type Hook = Box<dyn FnOnce(Upgraded) -> BoxFuture<'static, ()> + Send>;

/// A response body that is made while it is sent.
///
/// The connection frames it: by its length, in chunks, or for HTTP/1.0 up to the close. Everything that one call
/// appends leaves as one chunk in one system call. While the client does not read, the source is
/// not asked.
///
/// The source is dropped when it ends, when the client is gone, or when the server stops; in the
/// last case it is asked once more before, unless it [ends itself](Source::ends_itself).
pub trait Source: Send {
    /// Appends what is ready to `out`, which is empty.
    ///
    /// `Ready(true)` means that something was appended, `Ready(false)` that the body ends after
    /// what was appended.
    fn poll_next(&mut self, cx: &mut Context<'_>, out: &mut Vec<Bytes>) -> Poll<bool>;

    /// How many bytes it makes in all, where that is known before. It makes so many or panics.
    fn length(&self) -> Option<u64> {
        None
    }

    /// Whether it learns of a stop by itself and ends in its own time, after last words that are
    /// made elsewhere.
    fn ends_itself(&self) -> bool {
        false
    }
}

/// A connection that left HTTP.
pub struct Upgraded {
    /// The socket. The 101 has been written.
    pub socket: Socket,
    /// What had been read after the request's head: the first bytes of the new protocol.
    pub leftover: BytesMut,
    /// Fires when the server stops.
    pub drain: CancellationToken,
}

impl Body {
    /// Drops `guard` with the body.
    pub(super) fn holding(self, guard: impl Send + Sync + 'static) -> Self {
        match self {
            Self::Stream(source) => Self::Stream(Box::new(Holding {
                source,
                _guard: guard,
            })),
            Self::Upgrade(hook) => Self::Upgrade(Box::new(move |upgraded| {
                let running = hook(upgraded);
                Box::pin(async move {
                    running.await;
                    drop(guard);
                })
            })),
            whole => whole,
        }
    }
}

/// A source with something that lives as long.
struct Holding<G> {
    source: Box<dyn Source>,
    _guard: G,
}

impl<G: Send> Source for Holding<G> {
    fn poll_next(&mut self, cx: &mut Context<'_>, out: &mut Vec<Bytes>) -> Poll<bool> {
        self.source.poll_next(cx, out)
    }

    fn length(&self) -> Option<u64> {
        self.source.length()
    }

    fn ends_itself(&self) -> bool {
        self.source.ends_itself()
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "Empty",
            Self::Full(_) => "Full",
            Self::Stream(_) => "Stream",
            Self::Upgrade(_) => "Upgrade",
        })
    }
}
