use std::{
    error::Error,
    fmt,
    future::{Future, poll_fn},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use sse_codec::{EncodeError, EventRef};
use tokio::time::{self, Instant, Sleep};

use super::event_stream::{
    accepts_event_stream, keep_alive_comment, not_acceptable, poll_events, respond,
};
use crate::{
    config::StreamConfig,
    fanout::{End, Outbox, OutboxLimits, Overflow},
    http::{Request, Response, Source},
};

/// Answers `request` with an event stream of its own: `produce` makes the events, and the stream
/// ends when it does. It is dropped when the client is gone or the server stops.
pub fn private_stream<F, Fut>(config: StreamConfig, request: &Request, produce: F) -> Response
where
    F: FnOnce(EventSender) -> Fut,
    Fut: Future<Output = ()> + Send + 'static,
{
    if !accepts_event_stream(request) {
        return not_acceptable();
    }
    let limits = OutboxLimits {
        messages: config.max_queued_events,
        bytes: config.max_queued_bytes,
    };
    let outbox = Arc::new(Outbox::new(limits, Overflow::Disconnect));
    let producer = produce(EventSender(Arc::clone(&outbox)));
    respond(Box::new(PrivateStream {
        outbox,
        producer: Some(Box::pin(producer)),
        config,
        heartbeat: Box::pin(time::sleep(config.keep_alive)),
    }))
}

/// The producer's end of a private stream.
#[derive(Debug)]
pub struct EventSender(Arc<Outbox>);

impl EventSender {
    /// Sends `event`, after waiting until the client has taken enough of what was sent before.
    ///
    /// # Errors
    /// When the event cannot be written, or is larger than all that may wait, or the client is gone.
    pub async fn send(&self, event: EventRef<'_>) -> Result<(), SendError> {
        let event = event.to_bytes().map_err(SendError::Encode)?;
        poll_fn(|cx| self.0.poll_room_for(cx, event.len())).await;
        if self.0.ended().is_some() {
            return Err(SendError::Closed);
        }
        match self.0.push(event) {
            0 => Ok(()),
            _ => Err(SendError::TooLarge),
        }
    }
}

struct PrivateStream {
    outbox: Arc<Outbox>,
    producer: Option<BoxFuture<'static, ()>>,
    config: StreamConfig,
    heartbeat: Pin<Box<Sleep>>,
}

impl Source for PrivateStream {
    fn poll_next(&mut self, cx: &mut Context<'_>, out: &mut Vec<Bytes>) -> Poll<bool> {
        if let Some(producer) = &mut self.producer
            && producer.as_mut().poll(cx).is_ready()
        {
            self.producer = None;
            self.outbox.end(End::Finished);
        }
        let more = match poll_events(&self.outbox, cx, out) {
            Poll::Ready(more) => more,
            Poll::Pending => {
                ready!(self.heartbeat.as_mut().poll(cx));
                out.push(keep_alive_comment());
                true
            }
        };
        self.heartbeat
            .as_mut()
            .reset(Instant::now() + self.config.keep_alive);
        Poll::Ready(more)
    }
}

impl Drop for PrivateStream {
    /// The producer may have handed its end to another task.
    fn drop(&mut self) {
        self.outbox.end(End::Aborted);
    }
}

/// Why an event was not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SendError {
    /// It cannot be written.
    Encode(EncodeError),
    /// It is larger than all that may wait for the client; the stream ends.
    TooLarge,
    /// The stream has ended.
    Closed,
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Encode(error) => error.fmt(f),
            Self::TooLarge => f.write_str("the event is larger than the queue of the stream"),
            Self::Closed => f.write_str("the stream has ended"),
        }
    }
}

impl Error for SendError {}
