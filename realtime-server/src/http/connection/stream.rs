//! Running a response body that is made while it is sent.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;

use super::{Connection, Stop};
use crate::http::Source;
use crate::http::encode::{self, Delimiter};

impl Connection {
    /// Sends what `source` makes, until it ends or the server stops. The client leaving is an
    /// error, so that nothing more is written to it.
    pub(super) async fn stream(
        &mut self,
        mut source: Box<dyn Source>,
        delimiter: Delimiter,
    ) -> Result<(), Stop> {
        let drain = self.drain.clone();
        let mut drained = pin!(drain.cancelled());
        let mut pieces = Vec::new();
        let mut ended = false;
        poll_fn(|cx| {
            loop {
                if let Poll::Ready(stop) = self.poll_left(cx) {
                    return Poll::Ready(Err(stop));
                }
                // Before the source is asked again: what it holds back meanwhile is its policy.
                ready!(self.socket.poll_send(cx, &mut self.out))?;
                if ended {
                    return Poll::Ready(Ok(()));
                }
                let stopping = !source.ends_itself() && drained.as_mut().poll(cx).is_ready();
                // The source is dropped after a panic: nobody sees it in a broken state.
                match catch_unwind(AssertUnwindSafe(|| source.poll_next(cx, &mut pieces))) {
                    Ok(Poll::Ready(more)) => ended = !more || stopping,
                    Ok(Poll::Pending) if stopping => ended = true,
                    Ok(Poll::Pending) => return Poll::Pending,
                    Err(_panic) => return Poll::Ready(Err(Stop::Panicked)),
                }
                self.push_chunk(&mut pieces, delimiter);
                if ended && delimiter == Delimiter::Chunked {
                    self.out.push(Bytes::from_static(b"0\r\n\r\n"));
                }
            }
        })
        .await
    }

    /// Frames what one call of a source has made.
    fn push_chunk(&mut self, pieces: &mut Vec<Bytes>, delimiter: Delimiter) {
        let size = pieces.iter().map(Bytes::len).sum();
        // A chunk without data would be the last one.
        let framed = delimiter == Delimiter::Chunked && size > 0;
        if framed {
            encode::chunk_size(size, self.out.tail());
        }
        for piece in pieces.drain(..) {
            self.out.push(piece);
        }
        if framed {
            self.out.push(Bytes::from_static(b"\r\n"));
        }
    }

    /// Ready when the client has left. What it sends meanwhile is kept, up to the size of a head.
    pub(super) fn poll_left(&mut self, cx: &mut Context<'_>) -> Poll<Stop> {
        loop {
            let room = self.config.max_head.saturating_sub(self.input.len());
            if room == 0 {
                return Poll::Pending;
            }
            match ready!(self.socket.poll_read(cx, &mut self.input, room)) {
                Ok(0) => return Poll::Ready(Stop::Left),
                Ok(_) => {}
                Err(error) => return Poll::Ready(error.into()),
            }
        }
    }
}
