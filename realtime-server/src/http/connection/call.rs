//! Asking the service and running its handler.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

use futures_util::FutureExt;
use tokio::time::sleep;
use tracing::{error, warn};

use super::{Connection, Stop};
use crate::http::head::Exchange;
use crate::http::refusal::Refusal;
use crate::http::{Decision, Handler, Head, HeaderValue, Pace, Problem, Request, Response, Status};

/// What became of a handler.
enum Outcome {
    Answered(Response),
    Panicked,
    TookTooLong,
}

impl Connection {
    /// The answer to a request. It closes the connection unless the body was read to its end.
    pub(super) async fn answer(
        &mut self,
        exchange: Exchange,
        head: Option<Head>,
    ) -> Result<Response, Stop> {
        let Some(head) = head else {
            self.metrics.requests_refused.incr();
            return self.answer_unread(exchange, Refusal::Method.into()).await;
        };
        match catch_unwind(AssertUnwindSafe(|| self.service.route(&head))) {
            Err(_panic) => Ok(self.panicked()),
            Ok(Decision::Answer(response)) => self.answer_unread(exchange, response).await,
            Ok(Decision::Call {
                body_limit,
                params,
                handler,
                pace,
            }) => {
                let body = self.read_body(exchange, body_limit).await?;
                self.call(handler, Request { head, params, body }, pace)
                    .await
            }
        }
    }

    async fn answer_unread(
        &mut self,
        exchange: Exchange,
        response: Response,
    ) -> Result<Response, Stop> {
        let read = self.discard_body(exchange).await?;
        Ok(if read { response } else { response.closing() })
    }

    async fn call(
        &mut self,
        handler: Handler,
        request: Request,
        pace: Pace,
    ) -> Result<Response, Stop> {
        match self.run_handler(handler, request, pace).await? {
            Outcome::Answered(response) => Ok(response),
            Outcome::Panicked => Ok(self.panicked()),
            Outcome::TookTooLong => {
                self.metrics.handler_timeouts.incr();
                warn!(peer = %self.socket.peer(), "a handler took too long");
                let answer = Response::from(Problem::new(Status::SERVICE_UNAVAILABLE));
                Ok(answer.header("retry-after", HeaderValue::from(1)))
            }
        }
    }

    fn panicked(&self) -> Response {
        self.metrics.handler_panics.incr();
        error!(peer = %self.socket.peer(), "a handler panicked");
        Response::from(Problem::new(Status::INTERNAL_SERVER_ERROR)).closing()
    }

    /// Runs the handler while earlier answers leave.
    async fn run_handler(
        &mut self,
        handler: Handler,
        request: Request,
        pace: Pace,
    ) -> Result<Outcome, Stop> {
        // A handler can panic before it returns its future, too.
        let answer = AssertUnwindSafe(async move { handler(request).await }).catch_unwind();
        let mut answer = pin!(answer);
        let mut too_late = pin!(sleep(self.config.handler_timeout));
        poll_fn(|cx| {
            if let Poll::Ready(answer) = answer.as_mut().poll(cx) {
                return Poll::Ready(Ok(answer.map_or(Outcome::Panicked, Outcome::Answered)));
            }
            if let Poll::Ready(Err(error)) = self.socket.poll_send(cx, &mut self.out) {
                return Poll::Ready(Err(error.into()));
            }
            match pace {
                Pace::Prompt => too_late
                    .as_mut()
                    .poll(cx)
                    .map(|()| Ok(Outcome::TookTooLong)),
                Pace::Held => self.poll_left(cx).map(Err),
            }
        })
        .await
    }
}
