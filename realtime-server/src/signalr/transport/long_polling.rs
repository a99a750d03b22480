use std::{future::poll_fn, time::Duration};

use bytes::{Bytes, BytesMut};
use tokio::time;

use crate::{
    http::{Response, Status},
    signalr::line::{Line, Polled},
};

/// What waits on `line`, or the news that nothing came or will come; and whether that is the end.
pub(in crate::signalr) async fn poll(line: &Line, timeout: Duration) -> (Response, bool) {
    let poll = Poll {
        line,
        number: line.begin_poll(),
    };
    let polled = poll_fn(|cx| line.poll_polled(cx, poll.number));
    match time::timeout(timeout, polled).await {
        Ok(Polled::Bytes(pieces)) => (bytes(pieces), false),
        Ok(Polled::Superseded) => (over(), false),
        Ok(Polled::Ended) => (over(), true),
        Err(_elapsed) => {
            let nothing = Response::bytes(Status::OK, "text/plain", Bytes::new());
            (nothing, false)
        }
    }
}

/// A poll that is being answered. When it is dropped, no request belongs to the connection, unless
/// a newer poll has come.
struct Poll<'a> {
    line: &'a Line,
    number: u64,
}

impl Drop for Poll<'_> {
    fn drop(&mut self) {
        self.line.end_poll(self.number);
    }
}

fn bytes(pieces: Vec<Bytes>) -> Response {
    let body = match <[Bytes; 1]>::try_from(pieces) {
        Ok([only]) => only,
        Err(pieces) => {
            let mut body = BytesMut::with_capacity(pieces.iter().map(Bytes::len).sum());
            for piece in pieces {
                body.extend_from_slice(&piece);
            }
            body.freeze()
        }
    };
    Response::bytes(Status::OK, "application/octet-stream", body)
}

fn over() -> Response {
    Response::bytes(Status::NO_CONTENT, "text/plain", Bytes::new())
}
