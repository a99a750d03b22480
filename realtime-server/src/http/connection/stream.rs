//! Running a response body that is made while it is sent.

use std::future::poll_fn;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};

use super::{Connection, Stop};
use crate::http::encode::{self, Delimiter};
use crate::http::feed::{Feed, Panicked};
use crate::http::{Socket, Source};

impl Connection {
    /// Sends what `source` makes, until it ends or the server stops.
    ///
    /// A client that ends its side has left, which is an error: a stream without a known end would
    /// not learn of that in any other way. What has a length is still sent to it.
    //= https://www.rfc-editor.org/rfc/rfc9112#section-9.6
    //# Note that a TCP connection that is half-closed by the client does not delimit a request
    //# message, nor does it imply that the client is no longer interested in a response.
    pub(super) async fn stream(
        &mut self,
        source: Box<dyn Source>,
        delimiter: Delimiter,
    ) -> Result<(), Stop> {
        let mut feed = Feed::new(source, self.serving.drain.clone());
        let mut pieces = Vec::new();
        let room = self.serving.config.max_head;
        let endless = !matches!(delimiter, Delimiter::Length(_));
        poll_fn(|cx| {
            loop {
                if endless
                    && let Poll::Ready(stop) =
                        poll_left(&mut self.socket, &mut self.input, room, cx)
                {
                    return Poll::Ready(Err(stop));
                }
                // Before the source is asked again: what it holds back meanwhile is its policy.
                ready!(self.socket.poll_send(cx, &mut self.out))?;
                if feed.has_ended() {
                    return Poll::Ready(Ok(()));
                }
                if let Err(Panicked) = ready!(feed.poll_next(cx, &mut pieces)) {
                    return Poll::Ready(Err(Stop::Panicked));
                }
                self.push_chunk(&mut pieces, delimiter);
                if feed.has_ended() && delimiter == Delimiter::Chunked {
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
}

/// Ready when the client has left. What it sends meanwhile is kept, up to so many bytes.
pub(super) fn poll_left(
    socket: &mut Socket,
    input: &mut BytesMut,
    room: usize,
    cx: &mut Context<'_>,
) -> Poll<Stop> {
    loop {
        let room = room.saturating_sub(input.len());
        if room == 0 {
            return Poll::Pending;
        }
        match ready!(socket.poll_read(cx, input, room)) {
            Ok(0) => return Poll::Ready(Stop::Left),
            Ok(_) => {}
            Err(error) => return Poll::Ready(error.into()),
        }
    }
}
