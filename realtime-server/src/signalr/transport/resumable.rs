use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use tokio::{
    sync::oneshot,
    time::{Sleep, sleep},
};
use tracing::debug;
use ws_frame::CloseCode;

use super::{Gone, WebSocket};
use crate::signalr::line::Line;

/// A WebSocket that can be replaced by another one once the handshake allows it.
#[derive(Debug)]
pub(in crate::signalr) struct Resumable {
    line: Arc<Line>,
    attached: Option<Attached>,
    /// Whether the connection goes on without a socket for a while.
    established: bool,
    /// How long it does.
    patience: Duration,
    /// Runs while there is no socket.
    deadline: Option<Pin<Box<Sleep>>>,
}

/// A socket on loan from the task of its request, which waits until this is dropped.
#[derive(Debug)]
pub(in crate::signalr) struct Attached {
    socket: Box<WebSocket>,
    _released: oneshot::Sender<()>,
}

impl Attached {
    /// Lends `socket`; the other part ends when it is given back.
    pub(in crate::signalr) fn lend(socket: WebSocket) -> (Self, oneshot::Receiver<()>) {
        let (released, returned) = oneshot::channel();
        let attached = Self {
            socket: Box::new(socket),
            _released: released,
        };
        (attached, returned)
    }
}

impl Resumable {
    /// A connection whose first socket comes over `line`.
    pub(in crate::signalr) fn new(line: Arc<Line>, patience: Duration) -> Self {
        Self {
            line,
            attached: None,
            established: false,
            patience,
            deadline: None,
        }
    }

    /// From now on the socket can be replaced.
    pub(super) fn establish(&mut self) {
        self.established = true;
        self.line.allow_resume(true);
    }

    /// From now on it cannot be replaced any more.
    pub(super) fn settle(&mut self) {
        self.established = false;
        self.line.allow_resume(false);
    }

    pub(super) fn is_detached(&self) -> bool {
        self.established && self.attached.is_none()
    }

    /// Takes over a socket that has come.
    pub(super) fn poll_attached(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let new = ready!(self.line.poll_socket(cx));
        if let Some(old) = self.attached.replace(new) {
            old.socket.abort();
        }
        self.deadline = None;
        Poll::Ready(())
    }

    pub(super) fn poll_receive(
        &mut self,
        cx: &mut Context<'_>,
        records: &mut BytesMut,
    ) -> Poll<Result<(), Gone>> {
        if self.attached.is_none() && !self.established {
            ready!(self.poll_attached(cx));
        }
        let Some(attached) = &mut self.attached else {
            return Poll::Pending;
        };
        match ready!(attached.socket.poll_receive(cx, records)) {
            Err(Gone::Lost(error)) if self.established => {
                self.detach(&error);
                Poll::Pending
            }
            received => Poll::Ready(received),
        }
    }

    /// Cuts the socket; says whether the connection goes on without it.
    pub(super) fn cut(&mut self) -> bool {
        if !self.established {
            return false;
        }
        if let Some(attached) = self.attached.take() {
            attached.socket.abort();
            self.detach(&io::ErrorKind::ConnectionAborted.into());
        }
        true
    }

    /// What is pushed while there is no socket is kept elsewhere.
    pub(super) fn push(&mut self, piece: Bytes) {
        if let Some(attached) = &mut self.attached {
            attached.socket.push(piece);
        }
    }

    pub(super) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if let Some(attached) = &mut self.attached {
            match ready!(attached.socket.poll_flush(cx)) {
                Err(error) if self.established => self.detach(&error),
                flushed => return Poll::Ready(flushed),
            }
        }
        if let Some(deadline) = &mut self.deadline
            && deadline.as_mut().poll(cx).is_ready()
        {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        Poll::Ready(Ok(()))
    }

    pub(super) fn is_clogged(&self) -> bool {
        let attached = self.attached.as_ref();
        attached.is_some_and(|attached| attached.socket.is_clogged())
    }

    pub(super) async fn close(self, code: CloseCode) {
        if let Some(Attached { socket, _released }) = self.attached {
            socket.close(code).await;
        }
    }

    pub(super) fn abort(self) {
        if let Some(attached) = self.attached {
            attached.socket.abort();
        }
    }

    fn detach(&mut self, error: &io::Error) {
        debug!(connection = %self.line.id, %error, "the socket was lost; its client may come back");
        self.attached = None;
        self.deadline = Some(Box::pin(sleep(self.patience)));
    }
}
