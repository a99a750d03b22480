//! One stream: a request and its answer.

use std::future::poll_fn;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use h2::server::SendResponse;
use h2::{Reason, RecvStream, SendStream};
use http::request::Parts;
use tokio::sync::Semaphore;
use tracing::{debug, error};

use super::request::{self, Asked};
use super::{Traffic, Tunnel, body, response, sending};
use crate::http::encode::Delimiter;
use crate::http::feed::{Feed, Panicked};
use crate::http::refusal::Refusal;
use crate::http::serving::{Serving, hand_over};
use crate::http::{
    Body, Decision, HeaderValue, Problem, Request, Response, SendQueue, Socket, Status, Upgraded,
    Version,
};

/// What the streams of a connection have in common.
pub(super) struct Shared {
    pub(super) serving: Serving,
    pub(super) peer: SocketAddr,
    pub(super) local: Option<IpAddr>,
    /// One for each stream that may be open, of all connections together.
    pub(super) permits: Arc<Semaphore>,
    pub(super) traffic: Arc<Traffic>,
}

/// Why a stream gets no ordinary answer.
pub(super) enum Stop {
    /// It is answered with an error.
    Refused(Refusal),
    /// The client has reset it, or the connection has ended.
    Left,
    /// The client takes nothing of the answer.
    Stuck,
    /// The source of the answer panicked: only a reset says that its content is not whole.
    Panicked,
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<h2::Error> for Stop {
    fn from(_: h2::Error) -> Self {
        Self::Left
    }
}

/// Serves one stream to its end.
pub(super) async fn run(
    shared: Arc<Shared>,
    request: http::Request<RecvStream>,
    respond: SendResponse<Bytes>,
) {
    let metrics = &shared.serving.metrics;
    metrics.http2_streams.incr();
    let (parts, body) = request.into_parts();
    let mut exchange = Exchange {
        shared: &shared,
        respond,
        head_only: parts.method == http::Method::HEAD,
    };
    let peer = shared.peer;
    let permit = shared.permits.try_acquire();
    let mut stopped = match permit {
        Ok(_) => exchange.serve(&parts, body).await,
        Err(_full) => {
            metrics.http2_streams_refused.incr();
            debug!(%peer, "stream refused: as many requests as there may be");
            let answer = Response::from(Problem::new(Status::SERVICE_UNAVAILABLE));
            exchange
                .send(answer.header("retry-after", HeaderValue::from(5)))
                .await
        }
    };
    if let Err(Stop::Refused(refusal)) = stopped {
        debug!(%peer, status = %refusal.status(), %refusal, "refused");
        metrics.requests_refused.incr();
        stopped = exchange.send(refusal.into()).await;
    }
    let reason = match stopped {
        Ok(()) => return,
        Err(Stop::Left | Stop::Refused(_)) => Reason::CANCEL,
        Err(Stop::Stuck) => {
            metrics.write_timeouts.incr();
            debug!(%peer, "a stream was not read for too long");
            Reason::CANCEL
        }
        Err(Stop::Panicked) => {
            metrics.handler_panics.incr();
            error!(%peer, "the source of a stream panicked");
            Reason::INTERNAL_ERROR
        }
    };
    metrics.http2_streams_reset.incr();
    exchange.respond.send_reset(reason);
}

struct Exchange<'a> {
    shared: &'a Shared,
    respond: SendResponse<Bytes>,
    /// Whether the answer has no content: the request is a `HEAD`.
    head_only: bool,
}

impl Exchange<'_> {
    async fn serve(&mut self, parts: &Parts, mut body: RecvStream) -> Result<(), Stop> {
        let Shared {
            serving,
            peer,
            local,
            traffic,
            ..
        } = self.shared;
        let asked = request::read(parts, body.is_end_stream(), *peer, &serving.config)?;
        serving.metrics.requests.incr();
        let Asked {
            mut head,
            expects_continue,
            tunnel,
        } = asked;
        head.local = *local;
        let fields = head.headers.iter();
        let weight = fields.map(|(name, value)| name.len() + value.len()).sum();
        traffic.useful(weight);
        let answer = match serving.route(&head) {
            Decision::Answer(answer) => answer,
            Decision::Call {
                body_limit,
                params,
                handler,
                pace,
            } => {
                let framing = head.framing;
                if expects_continue && body.flow_control().used_capacity() == 0 {
                    let mut invitation = http::Response::new(());
                    *invitation.status_mut() = http::StatusCode::CONTINUE;
                    self.respond.send_informational(invitation)?;
                }
                let content = if tunnel {
                    Bytes::new()
                } else {
                    body::read(&mut body, framing, body_limit, serving, traffic).await?
                };
                let request = Request {
                    head,
                    params,
                    body: content,
                };
                let left = |cx: &mut Context<'_>| self.respond.poll_reset(cx).map(|_| Stop::Left);
                serving.call(handler, request, pace, left).await?
            }
        };
        match (matches!(answer.body, Body::Upgrade(_)), tunnel) {
            (true, true) => self.open(answer, body).await,
            (true, false) => Err(Refusal::Upgrade.into()),
            // To a client that asked for a tunnel, it would be one.
            (false, true) if answer.status.code() < 300 => Err(Refusal::Tunnel.into()),
            (false, _) => self.send(answer).await,
        }
    }

    /// Sends an answer to its end.
    async fn send(&mut self, answer: Response) -> Result<(), Stop> {
        let config = &self.shared.serving.config;
        let delimiter = Delimiter::of(&answer, Version::Http2);
        let head = response::head(&answer, delimiter);
        //= https://www.rfc-editor.org/rfc/rfc9110#section-9.3.2
        //# the server MUST NOT send content in the response
        // Nor with a status that has none.
        let silent = self.head_only || matches!(delimiter, Delimiter::None | Delimiter::Length(0));
        let mut stream = self.respond.send_response(head, silent)?;
        if silent {
            return Ok(());
        }
        match answer.body {
            Body::Full(content) => {
                let mut queue = SendQueue::new(config.write_timeout);
                queue.push(content);
                poll_fn(|cx| self.poll_flush(cx, &mut stream, &mut queue)).await?;
            }
            Body::Stream(source) => {
                let feed = Feed::new(source, self.shared.serving.drain.clone());
                self.stream(feed, &mut stream).await?;
            }
            Body::Empty | Body::Upgrade(_) => {}
        }
        Ok(stream.send_data(Bytes::new(), true)?)
    }

    /// Sends what `feed` gives, until it ends.
    async fn stream(&self, mut feed: Feed, stream: &mut SendStream<Bytes>) -> Result<(), Stop> {
        let mut queue = SendQueue::new(self.shared.serving.config.stream_write_timeout);
        let mut pieces = Vec::new();
        poll_fn(|cx| {
            loop {
                if stream.poll_reset(cx).is_ready() {
                    return Poll::Ready(Err(Stop::Left));
                }
                // Before the source is asked again: what it holds back meanwhile is its policy.
                ready!(self.poll_flush(cx, stream, &mut queue))?;
                if feed.has_ended() {
                    return Poll::Ready(Ok(()));
                }
                if let Err(Panicked) = ready!(feed.poll_next(cx, &mut pieces)) {
                    return Poll::Ready(Err(Stop::Panicked));
                }
                pieces.drain(..).for_each(|piece| queue.push(piece));
            }
        })
        .await
    }

    fn poll_flush(
        &self,
        cx: &mut Context<'_>,
        stream: &mut SendStream<Bytes>,
        queue: &mut SendQueue,
    ) -> Poll<Result<(), Stop>> {
        while !queue.is_empty() {
            let before = queue.len_bytes();
            match sending::poll_write(stream, cx, queue)? {
                Poll::Ready(()) => self.shared.traffic.useful(before - queue.len_bytes()),
                Poll::Pending => {
                    ready!(queue.poll_stalled(cx));
                    return Poll::Ready(Err(Stop::Stuck));
                }
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Runs the WebSocket that the client has asked for.
    async fn open(&mut self, answer: Response, body: RecvStream) -> Result<(), Stop> {
        let stream = self
            .respond
            .send_response(response::opening(&answer), false)?;
        let Body::Upgrade(hook) = answer.body else {
            return Ok(());
        };
        let serving = &self.shared.serving;
        let tunnel = Tunnel::new(stream, body, Arc::clone(&self.shared.traffic));
        let upgraded = Upgraded {
            socket: Socket::tunnel(tunnel, self.shared.peer),
            leftover: BytesMut::new(),
            drain: serving.drain.clone(),
        };
        hand_over(hook, upgraded, &serving.metrics).await;
        Ok(())
    }
}
