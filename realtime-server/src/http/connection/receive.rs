//! Reading heads and bodies.

use bytes::{Buf, Bytes, BytesMut};
use tokio::select;
use tokio::time::{Instant, timeout_at};

use super::{Connection, Stop};
use crate::http::Head;
use crate::http::body_room::BodyPlace;
use crate::http::chunked::ChunkedDecoder;
use crate::http::framing::Framing;
use crate::http::head::Exchange;
use crate::http::reader;
use crate::http::refusal::Refusal;
use crate::http::scan::{BLANK_BYTES, HeadScan};

impl Connection {
    /// The next request's head; `None` if there is none: the client left, was idle for too long,
    /// or the server stops.
    pub(super) async fn read_head(&mut self) -> Result<Option<(Exchange, Head)>, Stop> {
        let idle_until = Instant::now() + self.serving.config.keep_alive_timeout;
        let mut head_until = None;
        let mut scan = HeadScan::default();
        loop {
            // Before anything can be refused: a refusal of it has no content either.
            self.head_only = HeadScan::is_head(&self.input);
            if let Some(found) = scan.advance(&self.input, &self.serving.config)? {
                let (peer, scheme) = (self.socket.peer(), self.socket.scheme());
                let (exchange, mut head) =
                    reader::take(found, &mut self.input, peer, scheme, &self.serving.config)?;
                head.local = self.local;
                return Ok(Some((exchange, head)));
            }
            // What is read here is at most a head: the rest stays in the kernel's buffer.
            let room = (self.serving.config.max_head + BLANK_BYTES)
                .saturating_sub(self.input.len())
                .max(1);
            if scan.begun() {
                let until =
                    *head_until.get_or_insert(Instant::now() + self.serving.config.head_timeout);
                self.read_by(until, room).await?;
            } else if !self.read_idle(idle_until, room).await? {
                return Ok(None);
            }
        }
    }

    /// Writes what waits: done before each wait for the client.
    pub(super) async fn flush(&mut self) -> Result<(), Stop> {
        Ok(self.socket.send(&mut self.out).await?)
    }

    /// Waits between requests. False if there will be none.
    async fn read_idle(&mut self, until: Instant, max: usize) -> Result<bool, Stop> {
        self.flush().await?;
        let read = timeout_at(until, self.socket.read(&mut self.input, max));
        select! {
            biased;
            read = read => return read.map_or(Ok(false), |read| Ok(read? > 0)),
            () = self.serving.drain.cancelled() => {}
        }
        // A request that came before the stop is answered, even if the news of it is late.
        Ok(self.socket.has_unread() && self.socket.read(&mut self.input, max).await? > 0)
    }

    /// Waits for the rest of a request.
    async fn read_by(&mut self, until: Instant, max: usize) -> Result<(), Stop> {
        self.flush().await?;
        match timeout_at(until, self.socket.read(&mut self.input, max)).await {
            //= https://www.rfc-editor.org/rfc/rfc9112#section-8
            //# A server that receives an incomplete request message, usually due to a canceled
            //# request or a triggered timeout exception, MAY send an error response prior to closing
            //# the connection.
            Err(_elapsed) => Err(Refusal::Timeout.into()),
            Ok(read) => {
                if read? > 0 {
                    Ok(())
                } else {
                    Err(Stop::Left)
                }
            }
        }
    }

    /// The whole body, which may have `limit` bytes and needs a place.
    pub(super) async fn read_body(
        &mut self,
        exchange: Exchange,
        limit: usize,
        place: &mut BodyPlace,
    ) -> Result<Bytes, Stop> {
        let limit = limit.min(self.serving.config.max_body_ceiling);
        match exchange.framing {
            Framing::None => Ok(Bytes::new()),
            Framing::Length(length) => {
                let length = within(length, limit).ok_or(Refusal::BodyTooLarge)?;
                self.invite(exchange);
                self.read_length(length, place).await?;
                Ok(self.take(length))
            }
            Framing::Chunked => {
                self.invite(exchange);
                let mut body = BytesMut::new();
                let keep = |body: &mut BytesMut| place.hold(body.len());
                self.read_chunked(limit, &mut body, keep).await?;
                Ok(body.freeze())
            }
        }
    }

    /// Takes bytes that have been read. Few are copied, so that they do not keep a large buffer.
    fn take(&mut self, length: usize) -> Bytes {
        if self.input.capacity() / 2 < length {
            return self.input.split_to(length).freeze();
        }
        let taken = Bytes::copy_from_slice(self.input.get(..length).unwrap_or_default());
        self.input.advance(length);
        taken
    }

    /// Has the client send the body it holds back.
    //= https://www.rfc-editor.org/rfc/rfc9110#section-10.1.1
    //# A server MAY omit sending a 100 (Continue) response if it has already received some or all of
    //# the content for the corresponding request
    fn invite(&mut self, exchange: Exchange) {
        if exchange.expects_continue && self.input.is_empty() {
            self.out
                .push(Bytes::from_static(b"HTTP/1.1 100 Continue\r\n\r\n"));
        }
    }

    async fn read_length(&mut self, length: usize, place: &mut BodyPlace) -> Result<(), Stop> {
        let started = Instant::now();
        loop {
            place.hold(self.input.len().min(length))?;
            if self.input.len() >= length {
                return Ok(());
            }
            let until = self.serving.body_deadline(started, self.input.len());
            self.read_by(until, length - self.input.len()).await?;
        }
    }

    /// Reads a body in chunks; `keep` sees `body` each time that it has grown.
    async fn read_chunked(
        &mut self,
        limit: usize,
        body: &mut BytesMut,
        mut keep: impl FnMut(&mut BytesMut) -> Result<(), Refusal>,
    ) -> Result<(), Stop> {
        let started = Instant::now();
        let mut received = 0;
        let mut decoder = ChunkedDecoder::new(limit, &self.serving.config);
        loop {
            let before = body.len();
            let ended = decoder.decode(&mut self.input, body)?;
            received += body.len().saturating_sub(before);
            keep(body)?;
            if ended {
                return Ok(());
            }
            let until = self.serving.body_deadline(started, received);
            self.read_by(until, PIECE).await?;
        }
    }

    /// Reads and drops so many bytes.
    async fn skip(&mut self, length: usize) -> Result<(), Stop> {
        let started = Instant::now();
        let mut left = length;
        loop {
            let here = left.min(self.input.len());
            self.input.advance(here);
            left -= here;
            if left == 0 {
                return Ok(());
            }
            let until = self.serving.body_deadline(started, length - left);
            self.read_by(until, left.min(PIECE)).await?;
        }
    }

    /// Reads and drops a body that nobody wants. False if it is left where it is, so that no
    /// further request can be found behind it.
    //= https://www.rfc-editor.org/rfc/rfc9112#section-9.3
    //# A server MUST read the entire request message body or close the connection after sending its
    //# response
    pub(super) async fn discard_body(&mut self, exchange: Exchange) -> Result<bool, Stop> {
        let limit = self.serving.config.max_discarded_body;
        let wanted = match exchange.framing {
            Framing::None => return Ok(true),
            Framing::Length(length) => within(length, limit),
            Framing::Chunked => Some(limit),
        };
        // A client that waits for a 100 and gets a final answer may send the body, or not.
        let Some(length) = wanted.filter(|_| !exchange.expects_continue) else {
            return Ok(false);
        };
        let until = Instant::now() + self.serving.config.discard_timeout;
        let dropped = timeout_at(until, async {
            match exchange.framing {
                Framing::Chunked => {
                    let drop = |body: &mut BytesMut| {
                        body.clear();
                        Ok(())
                    };
                    self.read_chunked(limit, &mut BytesMut::new(), drop).await
                }
                _ => self.skip(length).await,
            }
        });
        match dropped.await {
            Ok(Err(Stop::Refused(Refusal::BodyTooLarge | Refusal::Timeout))) | Err(_) => Ok(false),
            Ok(dropped) => dropped.map(|()| true),
        }
    }
}

/// What has no length that is known before, or is not wanted, is read in pieces of this size.
const PIECE: usize = 16 * 1024;

/// `length` as a size, if it is at most `limit`.
fn within(length: u64, limit: usize) -> Option<usize> {
    usize::try_from(length)
        .ok()
        .filter(|&length| length <= limit)
}
