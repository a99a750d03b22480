//! A stream of HTTP/2 that carries another protocol, both ways (RFC 8441).

use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes, BytesMut};
use h2::{RecvStream, SendStream};

use super::{Traffic, sending};
use crate::http::SendQueue;

/// The bytes of one stream, as those of a socket.
#[derive(Debug)]
pub(crate) struct Tunnel {
    outgoing: SendStream<Bytes>,
    incoming: RecvStream,
    /// Of a frame that has come.
    unread: Bytes,
    traffic: Arc<Traffic>,
}

impl Tunnel {
    pub(super) fn new(
        outgoing: SendStream<Bytes>,
        incoming: RecvStream,
        traffic: Arc<Traffic>,
    ) -> Self {
        Self {
            outgoing,
            incoming,
            unread: Bytes::new(),
            traffic,
        }
    }

    /// Appends at most `max` bytes to `buf`; `0` means that the peer has ended its side.
    pub(crate) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        buf: &mut BytesMut,
        max: usize,
    ) -> Poll<io::Result<usize>> {
        while self.unread.is_empty() {
            match ready!(self.incoming.poll_data(cx)) {
                Some(data) => self.unread = data.map_err(into_io)?,
                None => return Poll::Ready(Ok(0)),
            }
        }
        let taken = self.unread.get(..max).unwrap_or(&self.unread);
        buf.extend_from_slice(taken);
        let read = taken.len();
        self.unread.advance(read);
        self.traffic.useful(read);
        // What has been taken may be sent again.
        let window = self.incoming.flow_control();
        window.release_capacity(read).map_err(into_io)?;
        Poll::Ready(Ok(read))
    }

    /// Takes some of `queue`, which is not empty.
    pub(crate) fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        queue: &mut SendQueue,
    ) -> Poll<io::Result<()>> {
        let before = queue.len_bytes();
        ready!(sending::poll_write(&mut self.outgoing, cx, queue)).map_err(into_io)?;
        self.traffic.useful(before - queue.len_bytes());
        Poll::Ready(Ok(()))
    }

    /// Ends our side.
    pub(crate) fn end(&mut self) -> io::Result<()> {
        self.outgoing.send_data(Bytes::new(), true).map_err(into_io)
    }
}

fn into_io(error: h2::Error) -> io::Error {
    if error.is_io()
        && let Some(error) = error.into_io()
    {
        return error;
    }
    ErrorKind::ConnectionReset.into()
}
