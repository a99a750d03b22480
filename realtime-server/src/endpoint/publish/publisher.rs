use std::{fmt, sync::Arc};

use schemars::JsonSchema;
use serde::Serialize;
use sse_codec::EncodeError;
use tracing::debug;

use super::publication::{Body, Publication};
use crate::{
    auth::{Access, Denied, Policy},
    endpoint::{BatchError, EventStream, IdError, PublishError, Published, Target},
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
    streams: Vec<Known>,
    access: Arc<Access>,
    metrics: Arc<Metrics>,
}

#[derive(Clone)]
struct Known {
    name: Box<str>,
    stream: EventStream,
    policy: Option<Policy>,
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
    /// A publisher to no stream yet, for those whom `access` knows.
    #[must_use]
    pub fn new(access: impl Into<Arc<Access>>, metrics: Arc<Metrics>) -> Self {
        Self {
            streams: Vec::new(),
            access: access.into(),
            metrics,
        }
    }

    /// Publishes to `stream` as `name`.
    #[must_use]
    pub fn with_stream(mut self, name: &str, stream: &EventStream) -> Self {
        self.streams.push(Known {
            name: name.into(),
            stream: stream.clone(),
            policy: None,
        });
        self
    }

    /// Of those who may publish, only those whom `policy` allows a topic may publish to it in the
    /// stream that was added last. What is for no topic is called by the empty text.
    #[must_use]
    pub fn restrict(mut self, policy: Policy) -> Self {
        if let Some(known) = self.streams.last_mut() {
            known.policy = Some(policy);
        }
        self
    }

    /// Whom the guard of its route has to know.
    pub(crate) fn access(&self) -> &Arc<Access> {
        &self.access
    }

    /// Answers a request to publish that its guard has let in.
    pub(crate) fn publish(&self, request: &Request) -> Response {
        self.accept(request).unwrap_or_else(|refusal| {
            self.metrics.publications_refused.incr();
            let peer = request.head.peer;
            match refusal {
                Refusal::Denied(denied) => {
                    denied.count(&self.metrics);
                    debug!(%peer, %denied, "publication refused");
                    denied.into()
                }
                Refusal::Problem(problem) => {
                    debug!(%peer, detail = problem.detail, "publication refused");
                    problem.into()
                }
            }
        })
    }

    fn accept(&self, request: &Request) -> Result<Response, Refusal> {
        let name = request.param("stream").unwrap_or_default();
        let known = self.streams.iter().find(|known| *known.name == *name);
        let known = known.ok_or_else(|| {
            Problem::new(Status::NOT_FOUND)
                .with_detail("there is no stream of this name")
                .with_field("stream")
        })?;
        let body = Body::read(request)?;
        if let Some(policy) = &known.policy {
            let who = request.head.identity.as_deref();
            for publication in body.publications() {
                let topic = match publication.target() {
                    Target::Topic(topic) => topic,
                    _ => "",
                };
                policy.check(who, topic)?;
            }
        }
        let all: Vec<_> = body
            .publications()
            .iter()
            .map(Publication::outgoing)
            .collect();
        let published = known
            .stream
            .publish_all(&all)
            .map_err(|BatchError { at, error }| refusal(&body, at, error))?;
        let mut receipts = published.into_iter().map(Receipt::from);
        Ok(match body {
            Body::One(_) => Response::json(Status::OK, &receipts.next()),
            Body::Many(_) => Response::json(Status::OK, &receipts.collect::<Vec<_>>()),
        })
    }
}

/// Why nothing is published.
enum Refusal {
    Denied(Denied),
    Problem(Problem),
}

impl From<Denied> for Refusal {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied)
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
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
        let names = self.streams.iter().map(|known| &known.name);
        f.debug_list().entries(names).finish()
    }
}
