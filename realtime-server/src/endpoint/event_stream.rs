use std::{
    fmt,
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use sse_codec::{Control, EncodeError, EventRef};

use crate::{
    clock,
    config::StreamConfig,
    fanout::{
        Audience, Delivery, Member, Outbox, OutboxLimits, Overflow, Payload, Registry, Seat, Sweep,
        Taken, WireForm,
    },
    http::{HeaderValue, Problem, Request, Response, Source, Status},
    id,
    metrics::Metrics,
};

/// The media type of event streams (WHATWG HTML, section 9.2.4).
pub(super) const EVENT_STREAM: &str = "text/event-stream";

type Greeting = dyn Fn(&str) -> Bytes + Send + Sync;

/// A stream of events to many subscribers, each event encoded once.
///
/// A subscriber that does not read loses its oldest events, is told of the gap by a comment, and
/// never slows down anybody else. A clone is the same stream.
#[derive(Clone)]
pub struct EventStream(Arc<Inner>);

struct Inner {
    config: StreamConfig,
    registry: Arc<Registry>,
    metrics: Arc<Metrics>,
    greeting: Option<Box<Greeting>>,
}

impl EventStream {
    /// A stream without subscribers.
    #[must_use]
    pub fn new(config: StreamConfig, metrics: Arc<Metrics>) -> Self {
        Self(Arc::new(Inner {
            config,
            registry: Arc::new(Registry::new()),
            metrics,
            greeting: None,
        }))
    }

    /// A stream that greets every subscriber with an encoded event made of its id, before all others.
    #[must_use]
    pub fn with_greeting(
        config: StreamConfig,
        metrics: Arc<Metrics>,
        greeting: impl Fn(&str) -> Bytes + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(Inner {
            config,
            registry: Arc::new(Registry::new()),
            metrics,
            greeting: Some(Box::new(greeting)),
        }))
    }

    /// Queues `event` for every subscriber and waits for none.
    ///
    /// # Errors
    /// When the event cannot be written, because a field holds what would forge a line.
    pub fn send(&self, event: EventRef<'_>) -> Result<Delivery, EncodeError> {
        let payload = Payload::new(event.to_bytes()?);
        let delivery = self.0.registry.deliver(Audience::All, &payload);
        delivery.count(&self.0.metrics);
        Ok(delivery)
    }

    /// How many subscribers there are.
    #[must_use]
    pub fn connected(&self) -> usize {
        self.0.registry.len()
    }

    /// The answer to a request that subscribes.
    pub fn subscribe(&self, request: &Request) -> Response {
        if !accepts_event_stream(request) {
            return not_acceptable();
        }
        let Inner {
            config,
            registry,
            greeting,
            ..
        } = &*self.0;
        let limits = OutboxLimits {
            messages: config.max_queued_events,
            bytes: config.max_queued_bytes,
        };
        let id = id::hex();
        let member = Member::new(
            id.as_str().into(),
            WireForm::Plain,
            limits,
            Overflow::DropOldest,
        );
        let first = match greeting {
            Some(greeting) => greeting(&id),
            // Any byte will do: it makes the browser's `open` fire and proxies commit.
            None => Bytes::from_static(b":\n\n"),
        };
        member.outbox().push(first);
        let seat = registry.seat(Arc::new(member));
        respond(Box::new(Subscription { seat }))
    }

    /// Sends comments to subscribers to whom nothing else was sent; runs until it is dropped.
    pub async fn keep_alive(&self) {
        let sweep = Sweep {
            keep_alive: Some(self.0.config.keep_alive),
            silence: None,
        };
        sweep
            .run(&self.0.registry, || Payload::new(keep_alive_comment()))
            .await;
    }

    /// The stream's subscribers.
    pub(crate) fn registry(&self) -> &Arc<Registry> {
        &self.0.registry
    }
}

impl fmt::Debug for EventStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventStream")
            .field("config", &self.0.config)
            .finish_non_exhaustive()
    }
}

/// One subscriber's response body; dropping it ends the subscription.
struct Subscription {
    seat: Seat,
}

impl Source for Subscription {
    fn poll_next(&mut self, cx: &mut Context<'_>, out: &mut Vec<Bytes>) -> Poll<bool> {
        poll_events(self.seat.member().outbox(), cx, out)
    }
}

/// Takes the events out of `outbox`, a comment about lost ones first.
pub(super) fn poll_events(
    outbox: &Outbox,
    cx: &mut Context<'_>,
    out: &mut Vec<Bytes>,
) -> Poll<bool> {
    let start = out.len();
    let Taken::Messages { lost } = ready!(outbox.poll_take(cx, out)) else {
        return Poll::Ready(false);
    };
    if lost > 0 {
        out.insert(start, comment(&format!("gap: {lost} events lost")));
    }
    let ended = outbox.ended().is_some();
    if ended {
        // When the server stops, a source is asked once more: this is the last chance of all that
        // was queued before the end.
        while let Poll::Ready(Taken::Messages { .. }) = outbox.poll_take(cx, out) {}
    }
    Poll::Ready(!ended)
}

/// The response around an event stream.
pub(super) fn respond(source: Box<dyn Source>) -> Response {
    Response::stream(EVENT_STREAM, source)
        .header(
            "cache-control",
            const { HeaderValue::from_static("no-cache") },
        )
        .header(
            "x-accel-buffering",
            const { HeaderValue::from_static("no") },
        )
}

pub(super) fn keep_alive_comment() -> Bytes {
    comment(&format!("keep-alive {}", clock::timestamp()))
}

fn comment(text: &str) -> Bytes {
    let control = Control::new().with_comment(text);
    control.to_bytes().expect("a comment takes any text")
}

/// Whether the request leaves room for an event stream: no `Accept`, or a range that holds it.
pub(super) fn accepts_event_stream(request: &Request) -> bool {
    let mut ranges = request.head.headers.all("accept").peekable();
    ranges.peek().is_none()
        || ranges
            .flat_map(|line| line.split(|byte| *byte == b','))
            .any(|range| {
                let essence = range.split(|byte| *byte == b';').next().unwrap_or_default();
                let essence = essence.trim_ascii();
                [EVENT_STREAM, "text/*", "*/*"]
                    .iter()
                    .any(|fitting| essence.eq_ignore_ascii_case(fitting.as_bytes()))
            })
}

pub(super) fn not_acceptable() -> Response {
    Problem::new(Status::NOT_ACCEPTABLE)
        .with_detail("only text/event-stream is offered here")
        .with_field("Accept")
        .into()
}
