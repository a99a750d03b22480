//! Writing answers.

use super::{Connection, End, Stop};
use crate::http::encode::{self, Delimiter, Next};
use crate::http::head::Exchange;
use crate::http::refusal::Refusal;
use crate::http::{Body, Response, SendQueue};

/// Answers to pipelined requests are collected up to this size before they are written.
const FLUSH_AT: usize = 64 * 1024;

impl Connection {
    /// Writes an answer, or leaves it in the queue until something has to be waited for. `None` if
    /// another request may follow.
    pub(super) async fn respond(
        &mut self,
        exchange: Exchange,
        response: Response,
    ) -> Result<Option<End>, Stop> {
        self.answered += 1;
        let delimiter = Delimiter::of(&response, exchange.version);
        let next = self.next(exchange, &response, delimiter)?;
        //= https://www.rfc-editor.org/rfc/rfc9110#section-9.3.2
        //# the server MUST NOT send content in the response
        // Nor with a status that has none.
        let silent = self.head_only || delimiter == Delimiter::None;
        let streams = !silent && matches!(response.body, Body::Stream(_));
        // What has a length can be had as fast as it is taken, like any other answer.
        let endless = streams && !matches!(delimiter, Delimiter::Length(_));
        if streams {
            self.flush().await?;
        }
        if endless {
            self.out = SendQueue::new(self.serving.config.stream_write_timeout);
        }
        encode::head(
            &response,
            delimiter,
            next,
            exchange.version,
            self.out.tail(),
        );
        match response.body {
            Body::Empty => {}
            Body::Full(_) | Body::Stream(_) if silent => {}
            Body::Full(content) => self.out.push(content),
            Body::Stream(source) => {
                self.stream(source, delimiter).await?;
                if endless {
                    self.out = SendQueue::for_answers(&self.serving.config);
                }
            }
            Body::Upgrade(hook) => {
                self.flush().await?;
                return Ok(Some(End::Upgrade(hook)));
            }
        }
        let over = next == Next::Close || (streams && self.serving.drain.is_cancelled());
        if over || self.out.len_bytes() >= FLUSH_AT {
            self.flush().await?;
        }
        Ok(over.then_some(End::Linger))
    }

    fn next(
        &self,
        exchange: Exchange,
        response: &Response,
        delimiter: Delimiter,
    ) -> Result<Next, Refusal> {
        if matches!(response.body, Body::Upgrade(_)) {
            let may = exchange.may_upgrade && !self.head_only;
            return if may {
                Ok(Next::Upgrade)
            } else {
                Err(Refusal::Upgrade)
            };
        }
        let ends_by_close = delimiter == Delimiter::Close && !self.head_only;
        let stays = !response.closes()
            && exchange.keep_alive
            && !ends_by_close
            && !self.serving.drain.is_cancelled()
            && self.answered < self.serving.config.max_requests_per_connection;
        Ok(if stays { Next::Keep } else { Next::Close })
    }
}
