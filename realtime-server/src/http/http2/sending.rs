//! Handing bytes to a stream, no more than there is room for.

use std::task::{Context, Poll, ready};

use bytes::Bytes;
use h2::{Reason, SendStream};

use crate::http::SendQueue;

/// Takes some of `queue`, which is not empty: as much as the window of the client and the buffer of
/// the stream allow. So an answer that is not read waits with us, and its source is not asked for
/// more.
pub(super) fn poll_write(
    stream: &mut SendStream<Bytes>,
    cx: &mut Context<'_>,
    queue: &mut SendQueue,
) -> Poll<Result<(), h2::Error>> {
    while stream.capacity() == 0 {
        stream.reserve_capacity(queue.len_bytes());
        if stream.capacity() > 0 {
            break;
        }
        match ready!(stream.poll_capacity(cx)) {
            Some(granted) => granted?,
            None => return Poll::Ready(Err(Reason::STREAM_CLOSED.into())),
        };
    }
    let piece = queue.take(stream.capacity());
    Poll::Ready(stream.send_data(piece, false))
}
