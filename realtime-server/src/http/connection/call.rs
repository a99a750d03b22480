//! Asking the service and running its handler.

use std::task::{Context, Poll};

use super::stream::poll_left;
use super::{Connection, Stop};
use crate::http::head::Exchange;
use crate::http::{Decision, Handler, Head, Pace, Request, Response};

impl Connection {
    /// The answer to a request. It closes the connection unless the body was read to its end.
    pub(super) async fn answer(
        &mut self,
        exchange: Exchange,
        head: Head,
    ) -> Result<Response, Stop> {
        match self.serving.route(&head) {
            Decision::Answer(response) => self.answer_unread(exchange, response).await,
            Decision::Call {
                body_limit,
                params,
                handler,
                pace,
            } => {
                let mut place = self.serving.bodies.place();
                let body = self.read_body(exchange, body_limit, &mut place).await?;
                let request = Request { head, params, body };
                let answer = self.call(handler, request, pace).await;
                drop(place);
                answer
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

    /// Runs the handler while earlier answers leave.
    async fn call(
        &mut self,
        handler: Handler,
        request: Request,
        pace: Pace,
    ) -> Result<Response, Stop> {
        let room = self.serving.config.max_head;
        let meanwhile = |cx: &mut Context<'_>| {
            if let Poll::Ready(Err(error)) = self.socket.poll_send(cx, &mut self.out) {
                return Poll::Ready(error.into());
            }
            match pace {
                Pace::Prompt => Poll::Pending,
                Pace::Held => poll_left(&mut self.socket, &mut self.input, room, cx),
            }
        };
        self.serving.call(handler, request, pace, meanwhile).await
    }
}
