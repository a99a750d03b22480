use std::{
    io,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::{Bytes, BytesMut};

use super::Gone;
use crate::signalr::line::{Left, Line};

/// The most that one call takes out of what was posted.
const READ: usize = 16 * 1024;

/// The hub's end of a connection whose bytes go by requests: POSTs one way, polls or a stream the
/// other.
#[derive(Debug)]
pub(in crate::signalr) struct Requests {
    line: Arc<Line>,
    /// Encoded, and not yet where requests find it.
    pushed: Vec<Bytes>,
}

impl Requests {
    pub(in crate::signalr) fn new(line: Arc<Line>) -> Self {
        Self {
            line,
            pushed: Vec::new(),
        }
    }

    pub(super) fn poll_receive(
        &mut self,
        cx: &mut Context<'_>,
        records: &mut BytesMut,
    ) -> Poll<Result<(), Gone>> {
        let arrived = self.line.poll_incoming(cx, records, READ);
        arrived.map_err(|left| match left {
            Left::Orderly => Gone::Closed,
            Left::Lost => Gone::Lost(io::ErrorKind::TimedOut.into()),
        })
    }

    pub(super) fn push(&mut self, piece: Bytes) {
        self.pushed.push(piece);
    }

    pub(super) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let moved = self.line.poll_outgoing(cx, &mut self.pushed);
        moved.map_err(|_left| io::ErrorKind::BrokenPipe.into())
    }

    /// Ends the hub's side: the next request takes what is left, and the end.
    pub(super) fn close(mut self) {
        self.line.end(&mut self.pushed);
    }
}
