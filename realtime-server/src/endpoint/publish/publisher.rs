use std::{fmt, sync::Arc};

use schemars::JsonSchema;
use serde::Serialize;
use sse_codec::EncodeError;
use tracing::debug;

use super::publication::{Body, Publication};
use crate::{
    endpoint::{Access, BatchError, EventStream, IdError, PublishError, Published},
    http::{Problem, Request, Response, Status},
    metrics::Metrics,
};

/// Streams by name, to which whoever may sends events over HTTP.
///
/// The path parameter `stream` of the route names the stream. The body is one event
/// `{"event"?, "data", "id"?, "key"?, "topic"?, "user"?, "tenant"?,
/// "connection"?}`, an array of them, or text, which is the data. All events of an array are sent, or none.
#[derive(Clone)]
pub struct Publisher {
    streams: Vec<(Box<str>, EventStream)>,
    access: Access,
    metrics: Arc<Metrics>,
}

/// What the publisher is told of each event.
#[derive(JsonSchema, Serialize)]
#[schemars(rename = "Published")]
pub(super) struct Receipt {
    /// What subscribers get as its id.
    id: Option<String>,
    /// For how many subscribers of this server it was queued.
    subscribers: usize,
}

impl From<Published> for Receipt {
    fn from(published: Published) -> Self {
        Self {
            id: published.id,
            subscribers: published.delivery.receivers,
        }
    }
}

impl Publisher {
    /// A publisher to no stream yet.
    #[must_use]
    pub fn new(access: Access, metrics: Arc<Metrics>) -> Self {
        Self {
            streams: Vec::new(),
            access,
            metrics,
        }
    }

    /// Publishes to `stream` as `name`.
    #[must_use]
    pub fn with_stream(mut self, name: &str, stream: &EventStream) -> Self {
        self.streams.push((name.into(), stream.clone()));
        self
    }

    /// Answers a request to publish.
    pub fn publish(&self, request: &Request) -> Response {
        let peer = request.head.peer;
        if let Err(denied) = self.access.check(&request.head) {
            self.metrics.publications_refused.incr();
            debug!(%peer, %denied, "publication refused");
            return denied.into();
        }
        self.accept(request).unwrap_or_else(|problem| {
            self.metrics.publications_refused.incr();
            debug!(%peer, detail = problem.detail, "publication refused");
            problem.into()
        })
    }

    fn accept(&self, request: &Request) -> Result<Response, Problem> {
        let name = request.param("stream").unwrap_or_default();
        let known = self.streams.iter().find(|(known, _)| **known == *name);
        let (_, stream) = known.ok_or_else(|| {
            Problem::new(Status::NOT_FOUND)
                .with_detail("there is no stream of this name")
                .with_field("stream")
        })?;
        let body = Body::read(request)?;
        let all: Vec<_> = body
            .publications()
            .iter()
            .map(Publication::outgoing)
            .collect();
        let published = stream
            .publish_all(&all)
            .map_err(|BatchError { at, error }| refusal(&body, at, error))?;
        let mut receipts = published.into_iter().map(Receipt::from);
        Ok(match body {
            Body::One(_) => Response::json(Status::OK, &receipts.next()),
            Body::Many(_) => Response::json(Status::OK, &receipts.collect::<Vec<_>>()),
        })
    }
}

fn refusal(body: &Body, at: usize, error: PublishError) -> Problem {
    let (status, name) = match error {
        PublishError::Encode(EncodeError::LineBreakInEvent { .. }) => {
            (Status::BAD_REQUEST, "event")
        }
        PublishError::Id(IdError::Taken) => (Status::CONFLICT, "id"),
        PublishError::Encode(_) | PublishError::Id(_) => (Status::BAD_REQUEST, "id"),
        PublishError::TooLarge { .. } => (Status::CONTENT_TOO_LARGE, "data"),
    };
    Problem::new(status)
        .with_detail(error.to_string())
        .with_field(body.field(at, name))
}

impl fmt::Debug for Publisher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.streams.iter().map(|(name, _)| name);
        f.debug_list().entries(names).finish()
    }
}
