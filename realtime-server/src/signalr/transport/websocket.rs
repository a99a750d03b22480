use std::{
    io,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use ws_frame::{Close, CloseCode, CloseState, Limits, Opcode, PartDecoder, Role};

use super::Gone;
use crate::{
    config::HubConfig,
    http::Socket,
    websocket::{self, HIGH_WATER, Outgoing},
};

/// The most that one read takes.
const READ: usize = 16 * 1024;

/// A WebSocket as SignalR uses it: a stream of bytes, whatever its messages are, answered in text
/// frames.
#[derive(Debug)]
pub(in crate::signalr) struct WebSocket {
    socket: Socket,
    frames: Frames,
    close_timeout: Duration,
}

/// All of a WebSocket but its socket.
#[derive(Debug)]
struct Frames {
    incoming: BytesMut,
    decoder: PartDecoder,
    outgoing: Outgoing,
    /// Why nothing more comes, once what came before is worked off.
    gone: Option<Gone>,
}

impl WebSocket {
    pub(in crate::signalr) fn new(socket: Socket, leftover: BytesMut, config: &HubConfig) -> Self {
        let frames = Frames {
            incoming: leftover,
            decoder: PartDecoder::new(Role::Server, limits()),
            outgoing: Outgoing::new(config.send_timeout, HIGH_WATER),
            gone: None,
        };
        Self {
            socket,
            frames,
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
            if self.frames.take(records)? {
                return Poll::Ready(Ok(()));
            }
            match ready!(self.socket.poll_read(cx, &mut self.frames.incoming, READ)) {
                Ok(0) => return Poll::Ready(Err(Gone::Lost(io::ErrorKind::UnexpectedEof.into()))),
                Ok(_) => {}
                Err(error) => return Poll::Ready(Err(Gone::Lost(error))),
            }
        }
    }

    /// Queues a frame that is encoded already.
    pub(in crate::signalr) fn push(&mut self, frame: Bytes) {
        if self.frames.outgoing.state().may_send() {
            self.frames.outgoing.queue.push(frame);
        }
    }

    /// Writes what is queued.
    pub(in crate::signalr) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.frames.outgoing.poll_write(&mut self.socket, cx)
    }

    /// Whether so much is queued that the client should not be listened to.
    pub(in crate::signalr) fn is_clogged(&self) -> bool {
        self.frames.outgoing.is_clogged()
    }

    /// Sends what is queued and a close frame, waits for the client's, and ends the socket; all
    /// within the close time-out.
    pub(in crate::signalr) async fn close(mut self, code: CloseCode) {
        // The answer to a client's close frame is always 1000, as ASP.NET Core's.
        self.frames.outgoing.close(Some(Close::new(code, "")));
        websocket::part(self.socket, self.close_timeout, self.frames).await;
    }

    /// Cuts the connection: what the client did not read is not kept for it.
    pub(in crate::signalr) fn abort(self) {
        self.socket.abort();
    }
}

impl Frames {
    /// Takes all frames out of what has arrived; says whether that gave any bytes.
    fn take(&mut self, records: &mut BytesMut) -> Result<bool, Gone> {
        if let Some(gone) = self.gone.take() {
            return Err(gone);
        }
        let before = records.len();
        let taken = self.take_each(|payload| records.extend_from_slice(payload));
        let any = records.len() > before;
        match taken {
            Err(gone) if any => self.gone = Some(gone),
            taken => taken?,
        }
        Ok(any)
    }

    fn take_each(&mut self, mut take: impl FnMut(&[u8])) -> Result<(), Gone> {
        while let Some(part) = self
            .decoder
            .decode(&mut self.incoming)
            .map_err(Gone::Broken)?
        {
            match part.head.opcode {
                Opcode::Text | Opcode::Binary | Opcode::Continuation => take(part.payload),
                Opcode::Ping => self.outgoing.answer_ping(part.payload),
                Opcode::Pong => {}
                Opcode::Close => {
                    let close = Close::parse(part.payload).map_err(Gone::Broken)?;
                    self.outgoing.receive_close(close);
                    return Err(Gone::Closed);
                }
            }
        }
        Ok(())
    }
}

impl websocket::Parting for Frames {
    fn turn<R>(&mut self, work: impl FnOnce(&mut Outgoing, &mut BytesMut) -> R) -> R {
        work(&mut self.outgoing, &mut self.incoming)
    }

    fn heard_last(&mut self) -> bool {
        self.outgoing.state() == CloseState::Closed || self.take_each(|_| ()).is_err()
    }
}

/// Only the hub's own limit counts: what is not a whole record yet is bounded, frames are not.
fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_frame = usize::MAX;
    limits.max_message = usize::MAX;
    limits
}
