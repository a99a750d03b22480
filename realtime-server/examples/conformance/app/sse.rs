use std::{
    future::ready,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use realtime_server::{
    config::StreamConfig,
    endpoint::EventStream,
    http::{HeaderValue, Response, Source},
    server::{ServerBuilder, SetupError},
};

/// The size of an event of the fast stream, with its framing.
const EVENT: usize = 256;
/// Events that leave in one write.
const BATCH: usize = 64;

pub(super) fn install(server: &mut ServerBuilder) -> Result<(), SetupError> {
    let quiet = EventStream::new(StreamConfig::default(), Arc::clone(server.metrics()));
    server.stream("/sse-quiet", &quiet)?;
    let events = Bytes::from(event().repeat(BATCH));
    server.get("/sse-fast", move |_| {
        let response = Response::stream("text/event-stream", Box::new(Fast(events.clone())));
        ready(response.header(
            "cache-control",
            const { HeaderValue::from_static("no-cache") },
        ))
    })?;
    Ok(())
}

fn event() -> String {
    let (start, end) = ("data: ", "\n\n");
    let payload = "x".repeat(EVENT - start.len() - end.len());
    format!("{start}{payload}{end}")
}

/// Always has more: how much is sent is the client's choice.
struct Fast(Bytes);

impl Source for Fast {
    fn poll_next(&mut self, _: &mut Context<'_>, out: &mut Vec<Bytes>) -> Poll<bool> {
        out.push(self.0.clone());
        Poll::Ready(true)
    }
}
