//! What all WebSockets of the server do alike, whatever is said over them: they answer pings and say
//! goodbye.

use std::{
    future::poll_fn,
    io,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use tokio::time;
use tracing::debug;
use ws_frame::{Close, CloseState, Message};

use crate::http::{SendQueue, Socket};

/// Above so many bytes in the queue, a client is not listened to.
pub(crate) const HIGH_WATER: usize = 64 * 1024;
/// How much a client may send after we said goodbye.
const LAST_BYTES: usize = 1024 * 1024;

/// What is to be written to a WebSocket, and how far its closing handshake is.
#[derive(Debug)]
pub(crate) struct Outgoing {
    pub(crate) queue: SendQueue,
    /// Above so many bytes in the queue, only the latest ping is answered.
    high_water: usize,
    /// What the pong holds that is due once the queue has been written.
    pong: Option<Bytes>,
    state: CloseState,
}

impl Outgoing {
    pub(crate) fn new(write_timeout: Duration, high_water: usize) -> Self {
        Self {
            queue: SendQueue::new(write_timeout),
            high_water,
            pong: None,
            state: CloseState::default(),
        }
    }

    /// Whether so much is queued that the client should not be listened to.
    pub(crate) fn is_clogged(&self) -> bool {
        self.queue.len_bytes() > self.high_water
    }

    /// How far the closing handshake is.
    pub(crate) fn state(&self) -> CloseState {
        self.state
    }

    /// Whether we have not said goodbye. A client that has may still be told what it asked for
    /// before.
    pub(crate) fn may_send(&self) -> bool {
        matches!(self.state, CloseState::Open | CloseState::Received)
    }

    /// Answers a ping, now or when the queue has been written.
    //= https://www.rfc-editor.org/rfc/rfc6455#section-5.5.3
    //# If an endpoint receives a Ping frame and has not yet sent Pong
    //# frame(s) in response to previous Ping frame(s), the endpoint MAY
    //# elect to send a Pong frame for only the most recently processed Ping
    //# frame.
    pub(crate) fn answer_ping(&mut self, payload: &[u8]) {
        self.pong = None;
        if self.is_clogged() {
            self.pong = Some(Bytes::copy_from_slice(payload));
        } else if self.may_send() {
            self.write(Message::Pong(payload));
        }
    }

    /// Notes the client's close frame.
    pub(crate) fn receive_close(&mut self, close: Option<Close<'_>>) {
        self.state.receive(close);
    }

    /// Queues our close frame, unless that was done before.
    pub(crate) fn close(&mut self, close: Option<Close<'_>>) {
        if self.state.close() {
            self.write(Message::Close(close));
        }
    }

    /// Writes what is queued, and the pong that was held back.
    pub(crate) fn poll_write(
        &mut self,
        socket: &mut Socket,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            ready!(socket.poll_send(cx, &mut self.queue))?;
            match self.pong.take() {
                Some(pong) if self.may_send() => self.write(Message::Pong(&pong)),
                _ => return Poll::Ready(Ok(())),
            }
        }
    }

    fn write(&mut self, message: Message<'_>) {
        let encoded = message.encode(self.queue.tail());
        encoded.expect("it holds no more than it was read with, or is a close frame");
    }
}

/// One side of a WebSocket that parts with the other.
pub(crate) trait Parting {
    /// Works with what is to be written, and with what was read and not looked at.
    fn turn<R>(&mut self, work: impl FnOnce(&mut Outgoing, &mut BytesMut) -> R) -> R;

    /// Drops what was read; says whether the client has said goodbye, or nothing it says will be
    /// understood.
    fn heard_last(&mut self) -> bool;
}

/// Sends what is queued, our close frame at its end, waits for the client's, and ends the socket; all
/// within `timeout`.
pub(crate) async fn part(mut socket: Socket, timeout: Duration, mut side: impl Parting) {
    let peer = socket.peer();
    let closing = time::timeout(timeout, async {
        poll_fn(|cx| side.turn(|outgoing, _| outgoing.poll_write(&mut socket, cx))).await?;
        let mut left = LAST_BYTES;
        while !side.heard_last() && left > 0 {
            let read =
                poll_fn(|cx| side.turn(|_, input| socket.poll_read(cx, input, left))).await?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            left = left.saturating_sub(read);
        }
        io::Result::Ok(socket)
    });
    match closing.await {
        //= https://www.rfc-editor.org/rfc/rfc6455#section-7.1.1
        //# in most normal cases, the server SHOULD close the TCP connection first
        Ok(Ok(socket)) => socket.linger(timeout, LAST_BYTES).await,
        Ok(Err(error)) => debug!(%peer, %error, "lost while closing"),
        Err(_) => debug!(%peer, "did not answer the close frame in time"),
    }
}

#[cfg(test)]
mod tests {
    use ws_frame::CloseCode;

    use super::*;

    fn outgoing(high_water: usize) -> Outgoing {
        Outgoing::new(Duration::from_secs(1), high_water)
    }

    fn queued(outgoing: &mut Outgoing) -> Vec<u8> {
        outgoing.queue.tail().to_vec()
    }

    #[test]
    fn pings_after_our_goodbye_are_not_answered() {
        let mut outgoing = outgoing(100);
        outgoing.answer_ping(b"1");
        outgoing.close(Some(Close::new(CloseCode::NORMAL, "")));
        outgoing.answer_ping(b"2");
        assert_eq!(queued(&mut outgoing), b"\x8a\x011\x88\x02\x03\xe8");
        outgoing.close(None);
        assert_eq!(queued(&mut outgoing).len(), 7, "one goodbye is enough");
    }

    #[test]
    fn of_pings_that_find_the_queue_full_the_latest_is_kept() {
        let mut outgoing = outgoing(3);
        for ping in [b"1", b"2", b"3", b"4"] {
            outgoing.answer_ping(ping);
        }
        assert_eq!(queued(&mut outgoing), b"\x8a\x011\x8a\x012");
        assert_eq!(outgoing.pong.as_deref(), Some(&b"4"[..]));
        // An answer to a later one is an answer to this one, too.
        outgoing.queue = SendQueue::new(Duration::from_secs(1));
        outgoing.answer_ping(b"5");
        assert_eq!(outgoing.pong, None);
    }
}
