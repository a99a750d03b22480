//! The bytes below HTTP/2: with a time-out for writing, and an end in stages.

use std::future::Future;
use std::io::{self, ErrorKind, IoSlice};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

use super::Traffic;
use crate::config::HttpConfig;
use crate::http::socket::{TlsStream, reset};

/// What is read at once of what nobody wants.
const DISCARD: usize = 4 * 1024;

pub(super) struct Wire {
    stream: Box<TlsStream>,
    peer: SocketAddr,
    traffic: Arc<Traffic>,
    write_timeout: Duration,
    /// Runs only while the socket takes nothing.
    stall: Option<Pin<Box<Sleep>>>,
    /// How much was written when it was last looked at.
    written: u64,
    linger_timeout: Duration,
    linger_bytes: usize,
    end: End,
}

/// How far the end has come.
enum End {
    Open,
    /// Our side has ended. What comes is dropped, so that no reset takes our last words away.
    Lingering(Pin<Box<Sleep>>),
    Done,
}

impl Wire {
    pub(super) fn new(
        stream: Box<TlsStream>,
        peer: SocketAddr,
        config: &HttpConfig,
        traffic: Arc<Traffic>,
    ) -> Self {
        Self {
            stream,
            peer,
            traffic,
            write_timeout: config.write_timeout,
            stall: None,
            written: 0,
            linger_timeout: config.linger_timeout,
            linger_bytes: config.linger_bytes,
            end: End::Open,
        }
    }

    fn stream(&mut self) -> Pin<&mut TlsStream> {
        Pin::new(&mut self.stream)
    }

    /// Turns a write that waits for too long into an error.
    fn limit<T>(
        &mut self,
        cx: &mut Context<'_>,
        result: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        let written = self.stream.get_ref().0.written();
        let moved = std::mem::replace(&mut self.written, written) != written;
        if moved || result.is_ready() {
            self.stall = None;
        }
        if result.is_ready() {
            return result;
        }
        let timeout = self.write_timeout;
        let stall = self.stall.get_or_insert_with(|| Box::pin(sleep(timeout)));
        ready!(stall.as_mut().poll(cx));
        Poll::Ready(Err(ErrorKind::TimedOut.into()))
    }

    fn poll_discard(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.linger_bytes > 0 {
            let mut dropped = [0; DISCARD];
            let mut dropped = ReadBuf::new(&mut dropped);
            let stream = self.stream.get_mut().0.stream_mut();
            ready!(Pin::new(stream).poll_read(cx, &mut dropped))?;
            if dropped.filled().is_empty() {
                break;
            }
            self.linger_bytes = self.linger_bytes.saturating_sub(dropped.filled().len());
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = self.stream().poll_read(cx, buf);
        self.traffic.received(self.stream.get_ref().0.read());
        match read {
            // A client that ends without a word of TLS has ended all the same.
            Poll::Ready(Err(error)) if error.kind() == ErrorKind::UnexpectedEof => {
                Poll::Ready(Ok(()))
            }
            read => read,
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = self.stream().poll_write(cx, bytes);
        self.limit(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = self.stream().poll_write_vectored(cx, slices);
        self.limit(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = self.stream().poll_flush(cx);
        self.limit(cx, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            match &mut self.end {
                End::Open => {
                    let shut = self.stream().poll_shutdown(cx);
                    ready!(self.limit(cx, shut))?;
                    self.end = End::Lingering(Box::pin(sleep(self.linger_timeout)));
                }
                End::Lingering(over) => {
                    let over = over.as_mut().poll(cx).is_ready();
                    if !over {
                        // It ends here in either case.
                        let _ = ready!(self.poll_discard(cx));
                    }
                    self.end = End::Done;
                }
                End::Done => return Poll::Ready(Ok(())),
            }
        }
    }
}

impl Drop for Wire {
    /// What did not end in order is reset: nothing is kept for a client that does not read.
    fn drop(&mut self) {
        if matches!(self.end, End::Open) {
            reset(self.stream.get_ref().0.stream(), self.peer);
        }
    }
}
