use std::{
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use futures_util::{FutureExt, future::CatchUnwind};
use tracing::{Instrument, Span, debug, debug_span, instrument::Instrumented};

use super::refusal::unauthorized;
use crate::hub::{Answer, Core, HubError, Method, Reply, Scope, Work};

/// A hub method at work for a client.
pub(super) struct Running {
    invocation: Option<Invocation>,
    work: CatchUnwind<AssertUnwindSafe<Instrumented<Work>>>,
}

/// What is known of an invocation besides its work.
pub(super) struct Invocation {
    pub(super) reply: Reply,
    pub(super) scope: Arc<Scope>,
    /// What is logged meanwhile belongs to it.
    span: Span,
    /// The method's name as it was registered.
    pub(super) method: Arc<str>,
    /// Whether it answers with a stream.
    pub(super) streams: bool,
    pub(super) uploads: Vec<Arc<str>>,
    /// Whether the client was told the end before the method has come to it.
    pub(super) answered: bool,
}

/// How a hub method ended.
pub(super) struct Done {
    pub(super) invocation: Invocation,
    /// Nothing after a panic.
    outcome: Option<Result<Answer, HubError>>,
}

impl Running {
    pub(super) fn new(invocation: Invocation, work: Work) -> Self {
        let work = work.instrument(invocation.span.clone());
        Self {
            invocation: Some(invocation),
            work: AssertUnwindSafe(work).catch_unwind(),
        }
    }

    /// Takes one of the connection's slots until it ends, or asks its client.
    pub(super) fn take_slot(&self) {
        if let Some(invocation) = &self.invocation {
            invocation.scope.take_slot();
        }
    }

    /// The invocation of this id, as long as the client has no answer.
    pub(super) fn unanswered(&mut self, id: &str) -> Option<&mut Invocation> {
        self.invocation
            .as_mut()
            .filter(|invocation| !invocation.answered && invocation.reply.id.as_deref() == Some(id))
    }
}

impl Future for Running {
    type Output = Done;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Done> {
        let this = self.get_mut();
        let outcome = ready!(this.work.poll_unpin(cx)).ok();
        let invocation = this.invocation.take();
        let invocation = invocation.expect("a future is not polled after its end");
        Poll::Ready(Done {
            invocation,
            outcome,
        })
    }
}

impl Invocation {
    pub(super) fn new(
        service: &str,
        method: &Method,
        reply: Reply,
        scope: Arc<Scope>,
        uploads: Vec<Arc<str>>,
    ) -> Self {
        let span = debug_span!(
            "hub_invocation",
            rpc.system = "signalr",
            rpc.service = service,
            rpc.method = &*method.name,
            traceparent = scope.header("traceparent"),
            tracestate = scope.header("tracestate"),
        );
        Self {
            reply,
            scope,
            span,
            method: Arc::clone(&method.name),
            streams: method.streams,
            uploads,
            answered: false,
        }
    }

    /// The client takes it back. A stream ends at once, without an error; a method that answers
    /// with a result may still give one.
    pub(super) fn cancel(&mut self) -> Option<Bytes> {
        self.scope.cancelled().cancel();
        if !self.streams {
            return None;
        }
        self.answered = true;
        let end = self
            .reply
            .end()
            .expect("the end of a stream holds no value");
        end.into_record()
    }
}

impl Done {
    /// The completion to send, if the client waits for one.
    pub(super) fn completion(self, core: &Core) -> Option<Bytes> {
        let Invocation {
            reply,
            scope,
            span,
            method,
            answered,
            ..
        } = self.invocation;
        let _entered = span.enter();
        let detail = match self.outcome {
            Some(Ok(answer)) => return answer.into_record().filter(|_| !answered),
            Some(Err(error)) if error.is_unauthorized() && !answered => {
                debug!(%method, "an invocation was not authorized");
                return reply.failure(&unauthorized(&method));
            }
            Some(Err(error)) => {
                debug!(%method, %error, "a hub method failed");
                error.told(core.config.detailed_errors)
            }
            None => {
                core.panicked(&method);
                None
            }
        };
        if answered {
            return None;
        }
        let mut text = if scope.has_streamed() {
            "An error occurred on the server while streaming results.".to_owned()
        } else {
            format!("An unexpected error occurred invoking '{method}' on the server.")
        };
        if let Some(detail) = detail {
            text.push(' ');
            text.push_str(&detail);
        }
        reply.failure(&text)
    }
}
