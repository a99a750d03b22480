//! What moves the bytes of a connection.

use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{BufMut, BytesMut};
use tokio::io::{AsyncBufRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_util::io::poll_read_buf;

use super::Metered;
use crate::http::SendQueue;
use crate::http::http2::Tunnel;

/// TLS over TCP, after its handshake.
pub(crate) type TlsStream = tokio_rustls::server::TlsStream<Metered>;

/// Slices per system call. More are rarely waiting, and the array stands on the stack.
const MAX_SLICES: usize = 64;

#[derive(Debug)]
pub(super) enum Carrier {
    Plain(TcpStream),
    Tls {
        stream: Box<TlsStream>,
        /// Whether TLS has taken what it has not written.
        dirty: bool,
        /// How much it had written the last time that somebody looked.
        written: u64,
    },
    /// A stream of an HTTP/2 connection.
    Tunnel(Box<Tunnel>),
}

impl Carrier {
    /// The TCP connection, if it is ours alone.
    pub(super) fn tcp(&self) -> Option<&TcpStream> {
        match self {
            Self::Plain(stream) => Some(stream),
            Self::Tls { stream, .. } => Some(stream.get_ref().0.stream()),
            Self::Tunnel(_) => None,
        }
    }

    /// Appends at most `max` bytes to `buf`, and prefers to reserve `room` for them.
    pub(super) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        buf: &mut BytesMut,
        room: usize,
        max: usize,
    ) -> Poll<io::Result<usize>> {
        match self {
            Self::Plain(stream) => {
                ready!(stream.poll_read_ready(cx))?;
                let room = room.min(max);
                if buf.capacity() - buf.len() < room {
                    buf.reserve(room);
                }
                poll_read_buf(Pin::new(stream), cx, &mut buf.limit(max))
            }
            Self::Tls { stream, dirty, .. } => {
                let mut stream = Pin::new(&mut **stream);
                let arrived = match stream.as_mut().poll_fill_buf(cx) {
                    Poll::Ready(Ok(arrived)) => arrived,
                    //= https://www.rfc-editor.org/rfc/rfc9112#section-9.8
                    //# Servers SHOULD be prepared to receive an incomplete close from the
                    //# client, since the client can often locate the end of server data.
                    // What was cut off is found by its framing.
                    Poll::Ready(Err(error)) if error.kind() == ErrorKind::UnexpectedEof => {
                        return Poll::Ready(Ok(0));
                    }
                    Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                    Poll::Pending => {
                        // TLS itself may have something to answer, such as a refusal to
                        // renegotiate.
                        *dirty |= stream.get_ref().1.wants_write();
                        let _ = self.poll_flush(cx)?;
                        return Poll::Pending;
                    }
                };
                let taken = arrived.get(..max).unwrap_or(arrived);
                buf.extend_from_slice(taken);
                let read = taken.len();
                stream.consume(read);
                Poll::Ready(Ok(read))
            }
            Self::Tunnel(tunnel) => tunnel.poll_read(cx, buf, max),
        }
    }

    /// Takes some of `queue`, which is not empty.
    pub(super) fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        queue: &mut SendQueue,
    ) -> Poll<io::Result<()>> {
        let written = match self {
            Self::Plain(stream) => {
                let written = ready!(poll_write(Pin::new(stream), cx, queue))?;
                queue.moved(written as u64);
                written
            }
            Self::Tls { stream, dirty, .. } => {
                *dirty = true;
                ready!(poll_write(Pin::new(&mut **stream), cx, queue))?
            }
            Self::Tunnel(tunnel) => return tunnel.poll_write(cx, queue),
        };
        if written == 0 {
            return Poll::Ready(Err(ErrorKind::WriteZero.into()));
        }
        queue.advance(written);
        Poll::Ready(Ok(()))
    }

    /// Ready when nothing is left that was taken and not written.
    pub(super) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if let Self::Tls { stream, dirty, .. } = self
            && *dirty
        {
            ready!(Pin::new(&mut **stream).poll_flush(cx))?;
            *dirty = false;
        }
        Poll::Ready(Ok(()))
    }

    /// How many bytes have moved that no queue was told of, since the last call.
    pub(super) fn moved(&mut self) -> u64 {
        let Self::Tls {
            stream, written, ..
        } = self
        else {
            return 0;
        };
        let now = stream.get_ref().0.written();
        now.saturating_sub(std::mem::replace(written, now))
    }

    /// Ends our side.
    //= https://www.rfc-editor.org/rfc/rfc9112#section-9.8
    //# Servers MUST attempt to initiate an exchange of closure alerts with the client before
    //# closing the connection.
    pub(super) fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Tls { stream, .. } => Pin::new(&mut **stream).poll_shutdown(cx),
            Self::Tunnel(tunnel) => Poll::Ready(tunnel.end()),
        }
    }

    /// Reads what nobody wants, as [`poll_read`](Self::poll_read). Of TLS it is not decrypted.
    pub(super) fn poll_discard(
        &mut self,
        cx: &mut Context<'_>,
        buf: &mut BytesMut,
        max: usize,
    ) -> Poll<io::Result<usize>> {
        let stream = match self {
            Self::Plain(stream) => stream,
            Self::Tls { stream, .. } => stream.get_mut().0.stream_mut(),
            Self::Tunnel(tunnel) => return tunnel.poll_read(cx, buf, max),
        };
        poll_read_buf(Pin::new(stream), cx, &mut buf.limit(max))
    }
}

fn poll_write<W: AsyncWrite>(
    stream: Pin<&mut W>,
    cx: &mut Context<'_>,
    queue: &SendQueue,
) -> Poll<io::Result<usize>> {
    let mut slices = [IoSlice::new(&[]); MAX_SLICES];
    let count = queue.slices(&mut slices);
    match slices.get(..count).unwrap_or_default() {
        [only] => stream.poll_write(cx, only),
        several => stream.poll_write_vectored(cx, several),
    }
}
