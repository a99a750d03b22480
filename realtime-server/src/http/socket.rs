//! A connected socket with the two operations that connections need.

use std::future::poll_fn;
use std::io::{self, ErrorKind, IoSlice};
use std::mem::MaybeUninit;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{BufMut, BytesMut};
use socket2::SockRef;
use tokio::io::AsyncWrite;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_util::io::poll_read_buf;
use tracing::debug;

use super::{Scheme, SendQueue};

/// Room for the first read, and after a read that left most of it free.
const MIN_ROOM: usize = 4 * 1024;

/// Room for a read after several that were filled.
const MAX_ROOM: usize = 64 * 1024;

/// Slices per system call. More are rarely waiting, and the array stands on the stack.
const MAX_SLICES: usize = 64;

/// A TCP connection.
#[derive(Debug)]
pub struct Socket {
    stream: TcpStream,
    peer: SocketAddr,
    room: usize,
}

impl Socket {
    /// Takes over a connection. What is written leaves at once (`TCP_NODELAY`): we batch
    /// ourselves.
    pub fn new(stream: TcpStream, peer: SocketAddr) -> Self {
        if let Err(error) = stream.set_nodelay(true) {
            debug!(%peer, %error, "TCP_NODELAY cannot be set");
        }
        Self {
            stream,
            peer,
            room: MIN_ROOM,
        }
    }

    /// Has the kernel give up the connection when what was written is not acknowledged for `time`:
    /// the peer is gone without a word. Without it a write to such a peer seems to succeed for a
    /// quarter of an hour.
    pub fn set_user_timeout(&self, time: Duration) {
        #[cfg(any(target_os = "linux", target_os = "android"))]
        if let Err(error) = SockRef::from(&self.stream).set_tcp_user_timeout(Some(time)) {
            debug!(peer = %self.peer, %error, "TCP_USER_TIMEOUT cannot be set");
        }
        #[cfg(not(any(target_os = "linux", target_os = "android")))]
        let _ = time;
    }

    /// The address at the other end.
    pub fn peer(&self) -> SocketAddr {
        self.peer
    }

    /// Whether what is read and written is encrypted on its way.
    pub fn scheme(&self) -> Scheme {
        Scheme::Http
    }

    /// The address at this end, unless the connection is gone.
    pub fn local(&self) -> Option<SocketAddr> {
        self.stream.local_addr().ok()
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
        if self.stream.poll_read_ready(cx)?.is_pending() {
            release(buf);
            return Poll::Pending;
        }
        let room = self.room.min(max);
        if buf.capacity() - buf.len() < room {
            buf.reserve(room);
        }
        let stream = Pin::new(&mut self.stream);
        let Poll::Ready(read) = poll_read_buf(stream, cx, &mut buf.limit(max))? else {
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
        SockRef::from(&self.stream)
            .peek(&mut byte)
            .is_ok_and(|unread| unread > 0)
    }

    /// Writes all of `queue`, with as few system calls as it takes.
    ///
    /// # Errors
    ///
    /// Those of the socket; `TimedOut` if no byte moved for the queue's time-out. That timer
    /// exists only while the socket is blocked.
    pub fn poll_send(
        &mut self,
        cx: &mut Context<'_>,
        queue: &mut SendQueue,
    ) -> Poll<io::Result<()>> {
        while !queue.is_empty() {
            match self.poll_write(cx, queue)? {
                Poll::Ready(0) => return Poll::Ready(Err(ErrorKind::WriteZero.into())),
                Poll::Ready(written) => queue.advance(written),
                Poll::Pending => {
                    ready!(queue.poll_stalled(cx));
                    return Poll::Ready(Err(ErrorKind::TimedOut.into()));
                }
            }
        }
        Poll::Ready(Ok(()))
    }

    fn poll_write(&mut self, cx: &mut Context<'_>, queue: &SendQueue) -> Poll<io::Result<usize>> {
        let mut slices = [IoSlice::new(&[]); MAX_SLICES];
        let count = queue.slices(&mut slices);
        let stream = Pin::new(&mut self.stream);
        match slices.get(..count).unwrap_or_default() {
            [only] => stream.poll_write(cx, only),
            several => stream.poll_write_vectored(cx, several),
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
            poll_fn(|cx| Pin::new(&mut self.stream).poll_shutdown(cx)).await?;
            let mut dropped = BytesMut::new();
            let mut left = max_bytes;
            while left > 0 {
                match self.read(&mut dropped, left).await? {
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

    /// Ends the connection with a reset: what the peer did not read is not kept for it.
    pub fn abort(self) {
        if let Err(error) = SockRef::from(&self.stream).set_linger(Some(Duration::ZERO)) {
            debug!(peer = %self.peer, %error, "the connection cannot be reset");
        }
    }
}

/// Gives the memory of an empty buffer back.
fn release(buf: &mut BytesMut) {
    if buf.is_empty() {
        *buf = BytesMut::new();
    }
}
