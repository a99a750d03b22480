use std::{
    future::poll_fn,
    io,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use tokio::time;
use tracing::debug;
use ws_frame::{Close, CloseCode, CloseState, Limits, Message, Opcode, PartDecoder, Role};

use super::Gone;
use crate::{
    config::HubConfig,
    http::{SendQueue, Socket},
};

/// The most that one read takes.
const READ: usize = 16 * 1024;
/// Above so many bytes in the queue, only the latest ping is answered (RFC 6455 section 5.5.3), and
/// nothing more is read.
const HIGH_WATER: usize = 64 * 1024;
/// How much a client may send after we said goodbye.
const LAST_BYTES: usize = 1024 * 1024;

/// A WebSocket as SignalR uses it: a stream of bytes, whatever its messages are, answered in text
/// frames.
#[derive(Debug)]
pub(in crate::signalr) struct WebSocket {
    socket: Socket,
    incoming: BytesMut,
    decoder: PartDecoder,
    outgoing: SendQueue,
    state: CloseState,
    /// The pong that is due once the queue is shorter.
    pong: Option<Bytes>,
    /// Why nothing more comes, once what came before is worked off.
    gone: Option<Gone>,
    close_timeout: Duration,
}

impl WebSocket {
    pub(in crate::signalr) fn new(socket: Socket, leftover: BytesMut, config: &HubConfig) -> Self {
        Self {
            socket,
            incoming: leftover,
            decoder: PartDecoder::new(Role::Server, limits()),
            outgoing: SendQueue::new(config.send_timeout),
            state: CloseState::default(),
            pong: None,
            gone: None,
            close_timeout: config.close_timeout,
        }
    }

    /// Appends what has arrived of data frames to `records`; answers pings.
    pub(in crate::signalr) fn poll_receive(
        &mut self,
        cx: &mut Context<'_>,
        records: &mut BytesMut,
    ) -> Poll<Result<(), Gone>> {
        loop {
            if self.take_frames(records)? {
                return Poll::Ready(Ok(()));
            }
            match ready!(self.socket.poll_read(cx, &mut self.incoming, READ)) {
                Ok(0) => return Poll::Ready(Err(Gone::Lost(io::ErrorKind::UnexpectedEof.into()))),
                Ok(_) => {}
                Err(error) => return Poll::Ready(Err(Gone::Lost(error))),
            }
        }
    }

    /// Queues a frame that is encoded already.
    pub(in crate::signalr) fn push(&mut self, frame: Bytes) {
        if self.state.may_send() {
            self.outgoing.push(frame);
        }
    }

    /// Writes what is queued.
    pub(in crate::signalr) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            ready!(self.socket.poll_send(cx, &mut self.outgoing))?;
            match self.pong.take() {
                Some(pong) => self.push(pong),
                None => return Poll::Ready(Ok(())),
            }
        }
    }

    /// Whether so much is queued that the client should not be listened to.
    pub(in crate::signalr) fn is_clogged(&self) -> bool {
        self.outgoing.len_bytes() > HIGH_WATER
    }

    /// Sends what is queued and a close frame, waits for the client's, and ends the socket; all
    /// within the close time-out.
    pub(in crate::signalr) async fn close(mut self, code: CloseCode) {
        let peer = self.socket.peer();
        let timeout = self.close_timeout;
        let closing = time::timeout(timeout, async {
            if self.state.close() {
                self.outgoing
                    .push(encode(Message::Close(Some(Close::new(code, "")))));
            }
            self.socket.send(&mut self.outgoing).await?;
            let mut discarded = BytesMut::new();
            let mut left = LAST_BYTES;
            while self.state != CloseState::Closed && left > 0 {
                discarded.clear();
                match poll_fn(|cx| self.poll_receive(cx, &mut discarded)).await {
                    Ok(()) => left = left.saturating_sub(discarded.len()),
                    Err(Gone::Closed | Gone::Broken(_)) => break,
                    Err(Gone::Lost(error)) => return Err(error),
                }
            }
            io::Result::Ok(self.socket)
        });
        match closing.await {
            // RFC 6455 section 7.1.1: the server closes the TCP connection first.
            Ok(Ok(socket)) => socket.linger(timeout, LAST_BYTES).await,
            Ok(Err(error)) => debug!(%peer, %error, "lost while closing"),
            Err(_) => debug!(%peer, "did not answer the close frame in time"),
        }
    }

    /// Cuts the connection: what the client did not read is not kept for it.
    pub(in crate::signalr) fn abort(self) {
        self.socket.abort();
    }

    /// Takes all frames out of what has arrived; says whether that gave any bytes.
    fn take_frames(&mut self, records: &mut BytesMut) -> Result<bool, Gone> {
        if let Some(gone) = self.gone.take() {
            return Err(gone);
        }
        let before = records.len();
        let taken = self.take_each_frame(records);
        let any = records.len() > before;
        match taken {
            Err(gone) if any => self.gone = Some(gone),
            taken => taken?,
        }
        Ok(any)
    }

    fn take_each_frame(&mut self, records: &mut BytesMut) -> Result<(), Gone> {
        while let Some(part) = self
            .decoder
            .decode(&mut self.incoming)
            .map_err(Gone::Broken)?
        {
            match part.head.opcode {
                Opcode::Text | Opcode::Binary | Opcode::Continuation => {
                    records.extend_from_slice(part.payload);
                }
                Opcode::Ping => {
                    let pong = encode(Message::Pong(part.payload));
                    if self.outgoing.len_bytes() > HIGH_WATER {
                        self.pong = Some(pong);
                    } else if self.state.may_send() {
                        self.outgoing.push(pong);
                    }
                }
                Opcode::Pong => {}
                Opcode::Close => {
                    let close = Close::parse(part.payload).map_err(Gone::Broken)?;
                    // The answer is always 1000, as ASP.NET Core's, and follows in `close`.
                    self.state.receive(close);
                    return Err(Gone::Closed);
                }
            }
        }
        Ok(())
    }
}

/// Only the hub's own limit counts: what is not a whole record yet is bounded, frames are not.
fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_frame = usize::MAX;
    limits.max_message = usize::MAX;
    limits
}

fn encode(message: Message<'_>) -> Bytes {
    message
        .to_bytes()
        .expect("a control frame holds no more than it was read with")
}
