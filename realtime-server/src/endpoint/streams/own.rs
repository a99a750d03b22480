use std::{
    error::Error,
    fmt,
    future::{Future, poll_fn},
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use sse_codec::{Control, EncodeError, EventRef};

use super::{
    EventStream,
    admission::Admission,
    publish::encode,
    stream::Inner,
    subscription::{count_end, poll_events},
};
use crate::{
    config::StreamConfig,
    fanout::{End, Member, Overflow, Seat},
    http::{Problem, Request, Response, Source},
    id,
    identity::Identity,
    metrics::Metrics,
};

/// Event streams of one kind that belong to one client each: what is sent comes from a future of
/// its own, not from a publisher for many. All have one set of timers and limits.
#[derive(Clone, Debug)]
pub struct ClientStreams(EventStream);

impl ClientStreams {
    /// No streams yet. Of `config`, the history means nothing here: who resumes is up to the
    /// producer, which sees the request.
    #[must_use]
    pub fn new(mut config: StreamConfig, metrics: Arc<Metrics>) -> Self {
        config.history_events = 0;
        Self(EventStream::new(config, metrics))
    }

    /// Answers `request` with a stream to which `produce` sends; it ends when the future does.
    /// The future is dropped when the client is gone, when the stream's time is over, or when the
    /// server stops.
    pub fn start<F, Fut>(&self, request: &Request, produce: F) -> Response
    where
        F: FnOnce(EventSender) -> Fut,
        Fut: Future<Output = ()> + Send + 'static,
    {
        self.0.respond(request, || {
            let nobody = Identity::default();
            let who = request.head.identity.as_deref().unwrap_or(&nobody);
            self.admit(request, who, produce)
        })
    }

    /// The answer to a client that has had everything and need not come back: 204.
    #[must_use]
    pub fn do_not_come_back() -> Response {
        super::answer::do_not_come_back()
    }

    fn admit<F, Fut>(
        &self,
        request: &Request,
        subscriber: &Identity,
        produce: F,
    ) -> Result<Box<dyn Source>, Problem>
    where
        F: FnOnce(EventSender) -> Fut,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let admission = Admission::new(request, subscriber, &self.0.0.config)?;
        // The producer waits for room, so only an event that is too large overflows.
        let overflow = Overflow::Disconnect;
        // Of two at once, only one may find the last place.
        let history = self.0.history();
        let seat = self.0.seat(id::hex(), &admission, subscriber, overflow)?;
        drop(history);
        let producer = produce(EventSender(Arc::clone(seat.member())));
        Ok(Box::new(ClientStream {
            stream: Arc::clone(&self.0.0),
            seat,
            producer: Some(Box::pin(producer)),
            begun: false,
        }))
    }
}

impl AsRef<EventStream> for ClientStreams {
    fn as_ref(&self) -> &EventStream {
        &self.0
    }
}

/// The producer's end of a client's stream.
#[derive(Debug)]
pub struct EventSender(Arc<Member>);

impl EventSender {
    /// Sends `event`, after waiting until the client has taken enough of what was sent before.
    ///
    /// # Errors
    /// When the event cannot be written, or is larger than all that may wait, or the client is gone.
    pub async fn send(&self, event: EventRef<'_>) -> Result<(), SendError> {
        self.queue(encode(event, event.id()).map_err(SendError::Encode)?)
            .await
    }

    /// Sends a comment, which clients drop unread.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn comment(&self, text: &str) -> Result<(), SendError> {
        let comment = Control::new().with_comment(text).to_bytes();
        self.queue(comment.map_err(SendError::Encode)?).await
    }

    /// Ready when the stream has ended, because the client is gone or the server stops: for a
    /// producer that runs in a task of its own, or waits for something else than the client.
    pub async fn closed(&self) {
        poll_fn(|cx| self.0.outbox().poll_ended(cx)).await;
    }

    async fn queue(&self, block: Bytes) -> Result<(), SendError> {
        let outbox = self.0.outbox();
        poll_fn(|cx| outbox.poll_room_for(cx, block.len())).await;
        if outbox.ended().is_some() {
            return Err(SendError::Closed);
        }
        match outbox.push(block) {
            0 => Ok(()),
            _ => Err(SendError::TooLarge),
        }
    }
}

struct ClientStream {
    stream: Arc<Inner>,
    seat: Seat,
    producer: Option<BoxFuture<'static, ()>>,
    /// Whether anything was sent.
    begun: bool,
}

impl Source for ClientStream {
    fn poll_next(&mut self, cx: &mut Context<'_>, out: &mut Vec<Bytes>) -> Poll<bool> {
        if let Some(producer) = &mut self.producer
            && producer.as_mut().poll(cx).is_ready()
        {
            self.producer = None;
            self.seat.member().outbox().end(End::Finished);
        }
        let polled = poll_events(&self.stream, &self.seat, cx, out);
        if polled == Poll::Ready(true) {
            // What was sent does as well as a heartbeat.
            self.seat.told();
        }
        if polled.is_pending() && !self.begun {
            // Any byte will do: it makes the browser's `open` fire and proxies commit.
            out.push(Bytes::from_static(b":\n\n"));
            self.begun = true;
            return Poll::Ready(true);
        }
        self.begun = true;
        polled
    }
}

impl Drop for ClientStream {
    /// The producer may have handed its end to another task.
    fn drop(&mut self) {
        count_end(&self.stream, &self.seat);
        self.seat.member().outbox().end(End::Left);
    }
}

/// Why an event was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
