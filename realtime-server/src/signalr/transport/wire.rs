use std::{
    future::poll_fn,
    io,
    task::{Context, Poll},
};

use bytes::{Bytes, BytesMut};
use signalr_protocol::{Protocol, TransferFormat, Transport};
use ws_frame::{CloseCode, DecodeError};

use super::{Requests, Resumable, WebSocket};
use crate::fanout::WireForm;

/// What carries the bytes of a connection: a stream of them each way, whatever its parts are.
#[derive(Debug)]
pub(in crate::signalr) enum Wire {
    WebSocket(Box<WebSocket>),
    Resumable(Resumable),
    ServerSentEvents(Requests),
    LongPolling(Requests),
}

/// Why nothing more comes from a client.
#[derive(Debug)]
pub(in crate::signalr) enum Gone {
    /// It has closed in an orderly way.
    Closed,
    /// The socket ended or failed, or the client did not come back in time.
    Lost(io::Error),
    /// It broke the framing of WebSockets.
    Broken(DecodeError),
}

impl Wire {
    pub(in crate::signalr) fn transport(&self) -> Transport {
        match self {
            Self::WebSocket(_) | Self::Resumable(_) => Transport::WebSockets,
            Self::ServerSentEvents(_) => Transport::ServerSentEvents,
            Self::LongPolling(_) => Transport::LongPolling,
        }
    }

    /// The form in which records of `protocol` are pushed. The answer to a handshake has it, too,
    /// although it is JSON in every protocol.
    pub(in crate::signalr) fn form(&self, protocol: Protocol) -> WireForm {
        match (self, protocol.transfer_format()) {
            (Self::WebSocket(_) | Self::Resumable(_), TransferFormat::Text) => WireForm::TextFrame,
            (Self::WebSocket(_) | Self::Resumable(_), TransferFormat::Binary) => {
                WireForm::BinaryFrame
            }
            // No binary protocol passes a handshake there.
            (Self::ServerSentEvents(_), _) => WireForm::Event,
            (Self::LongPolling(_), TransferFormat::Text) => WireForm::Plain,
            (Self::LongPolling(_), TransferFormat::Binary) => WireForm::Binary,
        }
    }

    /// Whether the client can take the connection up again after losing its socket.
    pub(in crate::signalr) fn establish(&mut self) -> bool {
        let Self::Resumable(socket) = self else {
            return false;
        };
        socket.establish();
        true
    }

    /// The connection ends: it cannot be taken up any more.
    pub(in crate::signalr) fn settle(&mut self) {
        if let Self::Resumable(socket) = self {
            socket.settle();
        }
    }

    /// Ready when the client has come back on a new socket. What was sent on the old one may be
    /// lost, and so may what is not worked off of what came on it.
    pub(in crate::signalr) fn poll_resumed(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        match self {
            Self::Resumable(socket) => socket.poll_attached(cx),
            _ => Poll::Pending,
        }
    }

    /// Whether the client may come back and has not.
    pub(in crate::signalr) fn is_detached(&self) -> bool {
        matches!(self, Self::Resumable(socket) if socket.is_detached())
    }

    /// Appends what has arrived to `records`, which is at least one byte.
    pub(in crate::signalr) fn poll_receive(
        &mut self,
        cx: &mut Context<'_>,
        records: &mut BytesMut,
    ) -> Poll<Result<(), Gone>> {
        match self {
            Self::WebSocket(socket) => socket.poll_receive(cx, records),
            Self::Resumable(socket) => socket.poll_receive(cx, records),
            Self::ServerSentEvents(requests) | Self::LongPolling(requests) => {
                requests.poll_receive(cx, records)
            }
        }
    }

    /// Waits for more bytes, as [`poll_receive`](Self::poll_receive), and writes meanwhile.
    pub(in crate::signalr) async fn receive(&mut self, records: &mut BytesMut) -> Result<(), Gone> {
        poll_fn(|cx| {
            if let Poll::Ready(Err(error)) = self.poll_flush(cx) {
                return Poll::Ready(Err(Gone::Lost(error)));
            }
            self.poll_receive(cx, records)
        })
        .await
    }

    /// Queues what is encoded in a [`form`](Self::form) of this wire.
    pub(in crate::signalr) fn push(&mut self, piece: Bytes) {
        match self {
            Self::WebSocket(socket) => socket.push(piece),
            Self::Resumable(socket) => socket.push(piece),
            Self::ServerSentEvents(requests) | Self::LongPolling(requests) => requests.push(piece),
        }
    }

    /// Sends what is queued, or hands it to where requests find it.
    pub(in crate::signalr) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::WebSocket(socket) => socket.poll_flush(cx),
            Self::Resumable(socket) => socket.poll_flush(cx),
            Self::ServerSentEvents(requests) | Self::LongPolling(requests) => {
                requests.poll_flush(cx)
            }
        }
    }

    /// Whether so much is queued that the client should not be listened to.
    pub(in crate::signalr) fn is_clogged(&self) -> bool {
        match self {
            Self::WebSocket(socket) => socket.is_clogged(),
            Self::Resumable(socket) => socket.is_clogged(),
            // What was sent to them waits in the outbox, which says so itself.
            Self::ServerSentEvents(_) | Self::LongPolling(_) => false,
        }
    }

    /// Sends what is queued and says goodbye as the transport does it. Boxed, so that no connection
    /// keeps room for its end.
    pub(in crate::signalr) async fn close(self, code: CloseCode) {
        match self {
            Self::WebSocket(socket) => Box::pin(socket.close(code)).await,
            Self::Resumable(socket) => Box::pin(socket.close(code)).await,
            Self::ServerSentEvents(requests) | Self::LongPolling(requests) => requests.close(),
        }
    }

    /// Cuts the socket; says whether the connection goes on until its client has another one.
    pub(in crate::signalr) fn cut(&mut self) -> bool {
        match self {
            Self::Resumable(socket) => socket.cut(),
            _ => false,
        }
    }

    /// Cuts the connection: what the client did not take is not kept for it.
    pub(in crate::signalr) fn abort(self) {
        match self {
            Self::WebSocket(socket) => socket.abort(),
            Self::Resumable(socket) => socket.abort(),
            // Its requests learn of the end when it leaves the table.
            Self::ServerSentEvents(_) | Self::LongPolling(_) => {}
        }
    }
}
