//! A connected socket with the two operations that connections need.

mod carrier;
mod metered;

use std::future::poll_fn;
use std::io::{self, ErrorKind};
use std::mem::MaybeUninit;
use std::net::SocketAddr;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::BytesMut;
use socket2::SockRef;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tracing::debug;

use self::carrier::Carrier;
pub(crate) use self::carrier::TlsStream;
pub(crate) use self::metered::Metered;
use super::http2::Tunnel;
use super::{Scheme, SendQueue};

/// Room for the first read, and after a read that left most of it free.
const MIN_ROOM: usize = 4 * 1024;

/// Room for a read after several that were filled.
const MAX_ROOM: usize = 64 * 1024;

/// A connection: TCP, TLS over it, or what a stream of HTTP/2 carries.
#[derive(Debug)]
pub struct Socket {
    carrier: Carrier,
    peer: SocketAddr,
    room: usize,
}

impl Socket {
    /// Takes over a TCP connection. What is written leaves at once (`TCP_NODELAY`): we batch
    /// ourselves.
    pub fn new(stream: TcpStream, peer: SocketAddr) -> Self {
        if let Err(error) = stream.set_nodelay(true) {
            debug!(%peer, %error, "TCP_NODELAY cannot be set");
        }
        Self::over(Carrier::Plain(stream), peer)
    }

    /// Takes over a connection after its TLS handshake.
    pub(crate) fn encrypted(stream: Box<TlsStream>, peer: SocketAddr) -> Self {
        let carrier = Carrier::Tls {
            stream,
            dirty: false,
            written: 0,
        };
        Self::over(carrier, peer)
    }

    /// Takes over a stream of HTTP/2.
    pub(crate) fn tunnel(tunnel: Tunnel, peer: SocketAddr) -> Self {
        Self::over(Carrier::Tunnel(Box::new(tunnel)), peer)
    }

    fn over(carrier: Carrier, peer: SocketAddr) -> Self {
        Self {
            carrier,
            peer,
            room: MIN_ROOM,
        }
    }

    /// Has the kernel give up the connection when what was written is not acknowledged for `time`:
    /// the peer is gone without a word. Without it a write to such a peer seems to succeed for a
    /// quarter of an hour.
    pub fn set_user_timeout(&self, time: Duration) {
        if let Some(stream) = self.carrier.tcp() {
            set_user_timeout(stream, time);
        }
    }

    /// The address at the other end.
    pub fn peer(&self) -> SocketAddr {
        self.peer
    }

    /// Whether what is read and written is encrypted on its way.
    pub fn scheme(&self) -> Scheme {
        match self.carrier {
            Carrier::Plain(_) => Scheme::Http,
            Carrier::Tls { .. } | Carrier::Tunnel(_) => Scheme::Https,
        }
    }

    /// The address at this end, unless the connection is gone or one of several streams of another.
    pub fn local(&self) -> Option<SocketAddr> {
        self.carrier.tcp()?.local_addr().ok()
    }

    /// Appends at most `max` bytes to `buf`; `0` means that the peer has ended its side.
    ///
    /// Room is reserved only once there is something to read: while it waits, an empty `buf`
    /// holds no memory.
    ///
    /// # Errors
    ///
    /// Those of the socket; `ConnectionReset` if the peer is gone.
    pub fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        buf: &mut BytesMut,
        max: usize,
    ) -> Poll<io::Result<usize>> {
        let Poll::Ready(read) = self.carrier.poll_read(cx, buf, self.room, max)? else {
            release(buf);
            return Poll::Pending;
        };
        if read >= self.room {
            self.room = (self.room * 2).min(MAX_ROOM);
        } else if read < self.room / 4 {
            self.room = MIN_ROOM;
        }
        Poll::Ready(Ok(read))
    }

    /// As [`Socket::poll_read`].
    ///
    /// # Errors
    ///
    /// As [`Socket::poll_read`].
    pub async fn read(&mut self, buf: &mut BytesMut, max: usize) -> io::Result<usize> {
        poll_fn(|cx| self.poll_read(cx, buf, max)).await
    }

    /// Whether bytes have come that were not read. It asks the kernel: the runtime's own knowledge
    /// can be one turn old.
    pub(crate) fn has_unread(&self) -> bool {
        let mut byte = [MaybeUninit::uninit()];
        self.carrier.tcp().is_some_and(|stream| {
            SockRef::from(stream)
                .peek(&mut byte)
                .is_ok_and(|unread| unread > 0)
        })
    }

    /// Writes all of `queue`, with as few system calls as it takes.
    ///
    /// # Errors
    ///
    /// Those of the socket; `TimedOut` if no byte moved for the queue's time-out, or too few did.
    /// That timer exists only while the socket is blocked.
    pub fn poll_send(
        &mut self,
        cx: &mut Context<'_>,
        queue: &mut SendQueue,
    ) -> Poll<io::Result<()>> {
        loop {
            let moved = if queue.is_empty() {
                let flushed = self.carrier.poll_flush(cx)?;
                if flushed.is_ready() {
                    queue.calm();
                    return Poll::Ready(Ok(()));
                }
                flushed
            } else {
                self.carrier.poll_write(cx, queue)?
            };
            if moved.is_pending() {
                queue.moved(self.carrier.moved());
                ready!(queue.poll_stalled(cx));
                return Poll::Ready(Err(ErrorKind::TimedOut.into()));
            }
        }
    }

    /// As [`Socket::poll_send`].
    ///
    /// # Errors
    ///
    /// As [`Socket::poll_send`].
    pub async fn send(&mut self, queue: &mut SendQueue) -> io::Result<()> {
        poll_fn(|cx| self.poll_send(cx, queue)).await
    }

    /// Ends our side, then reads and drops what the peer still sends, until it ends its own side,
    /// `time` is over or `max_bytes` have come.
    //= https://www.rfc-editor.org/rfc/rfc9112#section-9.6
    //# To avoid the TCP reset problem, servers typically close a connection in stages.
    pub async fn linger(mut self, time: Duration, max_bytes: usize) {
        let drained = timeout(time, async {
            poll_fn(|cx| self.carrier.poll_shutdown(cx)).await?;
            let mut dropped = BytesMut::new();
            let mut left = max_bytes;
            while left > 0 {
                dropped.reserve(MAX_ROOM);
                match poll_fn(|cx| self.carrier.poll_discard(cx, &mut dropped, left)).await? {
                    0 => break,
                    read => left = left.saturating_sub(read),
                }
                dropped.clear();
            }
            io::Result::Ok(())
        });
        if let Ok(Err(error)) = drained.await {
            debug!(peer = %self.peer, %error, "the connection ended while it was drained");
        }
    }

    /// Ends both sides at a moment when nothing is on its way, within `time`.
    pub(crate) async fn close(mut self, time: Duration) {
        if matches!(self.carrier, Carrier::Plain(_)) {
            return;
        }
        let closed = timeout(time, poll_fn(|cx| self.carrier.poll_shutdown(cx)));
        if let Ok(Err(error)) = closed.await {
            debug!(peer = %self.peer, %error, "the connection ended before it was closed");
        }
    }

    /// Ends the connection with a reset: what the peer did not read is not kept for it.
    pub fn abort(self) {
        // A stream of HTTP/2 is reset when it is dropped before its end.
        if let Some(stream) = self.carrier.tcp() {
            reset(stream, self.peer);
        }
    }
}

/// As [`Socket::set_user_timeout`].
pub(crate) fn set_user_timeout(stream: &TcpStream, time: Duration) {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    if let Err(error) = SockRef::from(stream).set_tcp_user_timeout(Some(time)) {
        debug!(%error, "TCP_USER_TIMEOUT cannot be set");
    }
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let _ = (stream, time);
}

/// Has the kernel reset `stream` when it is dropped.
pub(crate) fn reset(stream: &TcpStream, peer: SocketAddr) {
    if let Err(error) = SockRef::from(stream).set_linger(Some(Duration::ZERO)) {
        debug!(%peer, %error, "the connection cannot be reset");
    }
}

/// Gives the memory of an empty buffer back.
fn release(buf: &mut BytesMut) {
    if buf.is_empty() {
        *buf = BytesMut::new();
    }
}
