//! What every connection of a server is served with.

use std::future::{Future, poll_fn};
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::FutureExt;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use tracing::{debug, error, warn};

use super::body::Hook;
use super::refusal::Refusal;
use super::{
    BodyRoom, Decision, Handler, Head, HeaderValue, Pace, Problem, Request, Response, Service,
    Status, Upgraded,
};
use crate::config::HttpConfig;
use crate::metrics::Metrics;

/// The service, its limits and its counters.
#[derive(Clone)]
pub(crate) struct Serving {
    pub(crate) service: Arc<dyn Service>,
    pub(crate) config: Arc<HttpConfig>,
    pub(crate) metrics: Arc<Metrics>,
    /// What the bodies of requests take.
    pub(crate) bodies: BodyRoom,
    /// Fires when the server stops.
    pub(crate) drain: CancellationToken,
}

impl Serving {
    /// Asks the service. What panics is answered with 500.
    ///
    /// It is asked about methods that are not served, too, because it counts clients and knows its
    /// own names; but it can only refuse them.
    pub(crate) fn route(&self, head: &Head) -> Decision {
        let decision = catch_unwind(AssertUnwindSafe(|| self.service.route(head)))
            .unwrap_or_else(|_panic| Decision::Answer(self.panicked(head.peer)));
        if head.method.is_served() {
            return decision;
        }
        self.metrics.requests_refused.incr();
        debug!(peer = %head.peer, "request refused: a method that is not served");
        match decision {
            Decision::Answer(refusal) if says_who_may(refusal.status) => Decision::Answer(refusal),
            _ => Decision::Answer(Refusal::Method.into()),
        }
    }

    /// Runs a handler to its answer. `meanwhile` is polled with it, and ends it when it is ready.
    pub(crate) async fn call<L>(
        &self,
        handler: Handler,
        request: Request,
        pace: Pace,
        mut meanwhile: impl FnMut(&mut Context<'_>) -> Poll<L>,
    ) -> Result<Response, L> {
        let peer = request.head.peer;
        // A handler can panic before it returns its future, too.
        let answer = AssertUnwindSafe(async move { handler(request).await }).catch_unwind();
        let mut answer = pin!(answer);
        let mut too_late = pin!(sleep(self.config.handler_timeout));
        poll_fn(|cx| {
            if let Poll::Ready(answer) = answer.as_mut().poll(cx) {
                return Poll::Ready(Ok(answer.unwrap_or_else(|_panic| self.panicked(peer))));
            }
            if let Poll::Ready(left) = meanwhile(cx) {
                return Poll::Ready(Err(left));
            }
            if pace == Pace::Prompt && too_late.as_mut().poll(cx).is_ready() {
                return Poll::Ready(Ok(self.took_too_long(peer)));
            }
            Poll::Pending
        })
        .await
    }

    fn panicked(&self, peer: SocketAddr) -> Response {
        self.metrics.handler_panics.incr();
        error!(%peer, "a handler panicked");
        Response::from(Problem::new(Status::INTERNAL_SERVER_ERROR)).closing()
    }

    fn took_too_long(&self, peer: SocketAddr) -> Response {
        self.metrics.handler_timeouts.incr();
        warn!(%peer, "a handler took too long");
        let answer = Response::from(Problem::new(Status::SERVICE_UNAVAILABLE));
        answer.header("retry-after", HeaderValue::from(1))
    }

    /// When the next byte of a body must be there: within the whole body's time, and at the least
    /// rate once the grace is over. A time per read would let one byte buy the next minute.
    pub(crate) fn body_deadline(&self, started: Instant, received: usize) -> Instant {
        let latest = started + self.config.body_timeout;
        let earned = u32::try_from(received)
            .ok()
            .map(|bytes| Duration::from_secs(1).saturating_mul(bytes))
            .and_then(|seconds| seconds.checked_div(self.config.min_body_rate));
        match earned {
            Some(earned) => latest.min(started + self.config.body_grace + earned),
            None => latest,
        }
    }
}

/// Whether a refusal has another reason than what there is at a path.
fn says_who_may(status: Status) -> bool {
    status >= Status::BAD_REQUEST
        && !matches!(status, Status::NOT_FOUND | Status::METHOD_NOT_ALLOWED)
}

/// Runs what follows HTTP on a connection, to its end.
pub(crate) async fn hand_over(hook: Hook, upgraded: Upgraded, metrics: &Metrics) {
    metrics.upgrades.incr();
    let peer = upgraded.socket.peer();
    let ran = AssertUnwindSafe(async move { hook(upgraded).await }).catch_unwind();
    if ran.await.is_err() {
        metrics.handler_panics.incr();
        error!(%peer, "an upgraded connection panicked");
    }
}
