use std::{
    future::poll_fn,
    io::ErrorKind,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use tokio::time::{self, Sleep};
use tracing::{debug, error};
use ws_frame::CloseCode;

use super::{Ending, close, handle::Shared};
use crate::{
    config::WebSocketConfig,
    fanout::{End, Seat, Taken},
    http::Socket,
    metrics::Metrics,
};

/// The most that one read takes.
const READ: usize = 64 * 1024;

/// The socket of a WebSocket and the handler that speaks through it, in one task.
pub(super) struct Connection {
    pub(super) socket: Socket,
    pub(super) shared: Arc<Shared>,
    pub(super) seat: Seat,
    pub(super) config: Arc<WebSocketConfig>,
    pub(super) metrics: Arc<Metrics>,
    /// The handler, until it has returned.
    pub(super) handler: Option<BoxFuture<'static, ()>>,
    /// Runs once the client has closed: for how long the handler may still speak.
    pub(super) last_words: Option<Pin<Box<Sleep>>>,
    /// Whether the client's silence does not count, because it is not listened to.
    pub(super) forgiven: bool,
    /// How long we have been waiting for the rest of a message before we stopped listening.
    pub(super) spent: Duration,
    pub(super) batch: Vec<Bytes>,
}

/// How a connection ends.
pub(super) enum Farewell {
    /// With a closing handshake.
    Close(CloseCode, String),
    /// There is nobody to close with; whether the socket is to be reset.
    Gone { reset: bool },
}

/// What a try to read came to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Read {
    /// There is something new for the handler.
    News,
    /// Nothing is there; the task is woken when something is.
    Waiting,
    /// It was not tried: the handler has to catch up first.
    Later,
}

impl Connection {
    /// Works until the end, and then ends everything in order.
    pub(super) async fn live(mut self) {
        let farewell = poll_fn(|cx| self.poll_live(cx)).await;
        let ending = self.shared.session().ending;
        debug!(peer = %self.socket.peer(), reason = ending.map(tracing::field::display), "ends");
        match ending {
            Some(Ending::Broken(_)) => self.metrics.websocket_protocol_errors.incr(),
            Some(Ending::Silent) => self.metrics.websocket_silent_clients.incr(),
            Some(Ending::Unfinished) => self.metrics.websocket_message_timeouts.incr(),
            Some(Ending::Stuck) => self.metrics.write_timeouts.incr(),
            _ => {}
        }
        close::finish(self, farewell).await;
    }

    fn poll_live(&mut self, cx: &mut Context<'_>) -> Poll<Farewell> {
        self.shared.session().drive(cx);
        let mut news = true;
        loop {
            self.take_orders(cx);
            let read = self.read(cx);
            if news || read == Read::News {
                self.poll_handler(cx);
            }
            // All that the handler made of what was read leaves in one write.
            let room = self.flush(cx);
            if let Some(farewell) = self.farewell(cx) {
                return Poll::Ready(farewell);
            }
            news = room;
            let more = read == Read::News || room || (read == Read::Later && self.may_read());
            if !more {
                return Poll::Pending;
            }
        }
    }

    /// Takes what the timers of the endpoint have for this connection.
    fn take_orders(&mut self, cx: &mut Context<'_>) {
        while let Poll::Ready(taken) = self.seat.member().outbox().poll_take(cx, &mut self.batch) {
            let mut session = self.shared.session();
            match taken {
                Taken::Messages { .. } => {
                    let frames = self.batch.drain(..);
                    frames.for_each(|frame| session.push_frame(frame));
                }
                Taken::Ended(end) => {
                    session.end(match end {
                        End::Silent => Ending::Silent,
                        End::Unfinished => Ending::Unfinished,
                        End::Expired => Ending::Expired,
                        _ => Ending::Shutdown,
                    });
                    return;
                }
            }
        }
    }

    /// Reads until a whole message is there, or there will be none.
    fn read(&mut self, cx: &mut Context<'_>) -> Read {
        let mut session = self.shared.session();
        loop {
            if session.ending.is_some() {
                session.wake_reader(cx.waker());
                return Read::Later;
            }
            if session.has_next() || session.is_clogged() {
                self.seat.forgive();
                self.forgiven = true;
                self.spent += self.seat.waited();
                self.seat.forgive_rest();
                if session.take_whole() {
                    self.spent = Duration::ZERO;
                }
                return Read::Later;
            }
            if session.look_ahead() || session.ending.is_some() {
                session.wake_reader(cx.waker());
                return Read::News;
            }
            match self.socket.poll_read(cx, &mut session.input, READ) {
                Poll::Ready(Ok(read)) if read > 0 => self.seat.expect_to_hear(),
                Poll::Ready(read) => {
                    debug!(peer = %self.socket.peer(), error = ?read.err(), "the socket ended");
                    session.end(Ending::Lost);
                }
                Poll::Pending => {
                    if std::mem::take(&mut self.forgiven) {
                        self.seat.expect_to_hear();
                    }
                    if session.take_whole() || !session.is_within_message() {
                        self.seat.forgive_rest();
                        self.spent = Duration::ZERO;
                    }
                    if session.is_within_message() {
                        self.seat.expect_rest(self.spent);
                    }
                    return Read::Waiting;
                }
            }
        }
    }

    fn may_read(&self) -> bool {
        let session = self.shared.session();
        session.ending.is_none() && !session.has_next() && !session.is_clogged()
    }

    fn poll_handler(&mut self, cx: &mut Context<'_>) {
        let Some(handler) = &mut self.handler else {
            return;
        };
        match catch_unwind(AssertUnwindSafe(|| handler.as_mut().poll(cx))) {
            Ok(Poll::Pending) => {}
            Ok(Poll::Ready(())) => self.handler = None,
            Err(_panic) => {
                self.metrics.handler_panics.incr();
                error!(peer = %self.socket.peer(), "the handler of a WebSocket panicked");
                // Its handle may live on in another task.
                self.shared.session().goodbye = Some((CloseCode::INTERNAL, String::new()));
                self.handler = None;
            }
        }
    }

    /// Writes what is queued; says whether the handler waited for the room that this made.
    fn flush(&mut self, cx: &mut Context<'_>) -> bool {
        let mut session = self.shared.session();
        if let Poll::Ready(Err(error)) = session.outgoing.poll_write(&mut self.socket, cx) {
            debug!(peer = %self.socket.peer(), %error, "cannot write");
            session.end(match error.kind() {
                ErrorKind::TimedOut => Ending::Stuck,
                _ => Ending::Lost,
            });
        }
        session.wake_writer(cx.waker())
    }

    /// Whether it is time to part, and how.
    fn farewell(&mut self, cx: &mut Context<'_>) -> Option<Farewell> {
        let mut session = self.shared.session();
        let close = |code| Some(Farewell::Close(code, String::new()));
        match session.ending {
            Some(Ending::Lost) => return Some(Farewell::Gone { reset: false }),
            Some(Ending::Stuck) => return Some(Farewell::Gone { reset: true }),
            Some(Ending::Broken(error)) => return close(error.close_code()),
            Some(Ending::Expired) => return close(CloseCode::POLICY),
            Some(ending @ Ending::Unfinished) => {
                return Some(Farewell::Close(CloseCode::POLICY, ending.to_string()));
            }
            Some(Ending::Silent | Ending::Shutdown) => return close(CloseCode::GOING_AWAY),
            Some(Ending::Closed(_)) | None => {}
        }
        if let Some((code, reason)) = session.goodbye.take() {
            return Some(Farewell::Close(code, reason));
        }
        session.ending?;
        drop(session);
        let time = self.config.close_timeout;
        let last_words = self
            .last_words
            .get_or_insert_with(|| Box::pin(time::sleep(time)));
        match last_words.as_mut().poll(cx) {
            Poll::Ready(()) => close(CloseCode::NORMAL),
            Poll::Pending => None,
        }
    }
}
