use std::{
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;

use crate::{
    http::{HeaderValue, Response, Source},
    signalr::line::{Left, Line},
};

/// The answer that carries what the hub sends, as events.
pub(in crate::signalr) fn stream(line: Arc<Line>) -> Response {
    let events = Events {
        line,
        opened: false,
    };
    Response::stream("text/event-stream", Box::new(events))
        .header(
            "cache-control",
            const { HeaderValue::from_static("no-cache,no-store") },
        )
        .header("pragma", const { HeaderValue::from_static("no-cache") })
        .header(
            "content-encoding",
            const { HeaderValue::from_static("identity") },
        )
        .header(
            "x-accel-buffering",
            const { HeaderValue::from_static("no") },
        )
}

/// The body of the stream. When it is dropped, the client is gone: it has no other way to say so.
struct Events {
    line: Arc<Line>,
    opened: bool,
}

impl Source for Events {
    fn poll_next(&mut self, cx: &mut Context<'_>, out: &mut Vec<Bytes>) -> Poll<bool> {
        if !self.opened {
            self.opened = true;
            // Any byte will do: it makes the browser's `open` fire and proxies commit.
            out.push(Bytes::from_static(b":\r\n"));
            return Poll::Ready(true);
        }
        self.line.poll_streamed(cx, out)
    }

    fn ends_itself(&self) -> bool {
        true
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        self.line.leave(Left::Orderly);
    }
}
