//! One connection, from its first byte to its last.

mod call;
mod receive;
mod respond;
mod stream;

use std::io::{self, ErrorKind};
use std::net::IpAddr;
use std::sync::Arc;

use bytes::BytesMut;
use tokio_util::sync::CancellationToken;
use tracing::{debug, error};

use super::body::Hook;
use super::refusal::Refusal;
use super::serving::{Serving, hand_over};
use super::{BodyRoom, SendQueue, Service, Socket, Upgraded, encode};
use crate::config::HttpConfig;
use crate::metrics::Metrics;

/// Serves the requests of one connection, one after the other, until it ends.
///
/// When `drain` fires, an idle connection ends at once, a request that has begun is answered with
/// `Connection: close`, and a stream ends after what its source still has ready.
pub async fn serve(
    socket: Socket,
    service: Arc<dyn Service>,
    config: Arc<HttpConfig>,
    metrics: Arc<Metrics>,
    drain: CancellationToken,
) {
    let serving = Serving {
        service,
        config,
        metrics,
        bodies: BodyRoom::new(usize::MAX),
        drain,
    };
    run(socket, serving).await;
}

/// As [`serve`].
pub(crate) async fn run(socket: Socket, mut serving: Serving) {
    serving.metrics.connections_accepted.incr();
    socket.set_user_timeout(serving.config.unacknowledged_timeout);
    // Of its own, because polling a token takes its lock: the server's is shared by all.
    serving.drain = serving.drain.child_token();
    let mut connection = Connection {
        out: SendQueue::for_answers(&serving.config),
        local: socket.local().map(|at| at.ip().to_canonical()),
        socket,
        input: BytesMut::new(),
        serving,
        answered: 0,
        head_only: false,
    };
    let end = connection.run().await;
    connection.finish(end).await;
}

struct Connection {
    socket: Socket,
    /// The address that the client has connected to.
    local: Option<IpAddr>,
    /// Read and not yet used.
    input: BytesMut,
    /// Made and not yet written.
    out: SendQueue,
    serving: Serving,
    answered: usize,
    /// Whether the answer to the present request has no content: it is a `HEAD`.
    head_only: bool,
}

/// How a connection ends.
enum End {
    /// Nothing is on its way.
    Quiet,
    /// An answer is on its way to a client that may still be sending.
    Linger,
    /// What is on its way will not be read.
    Abort,
    /// Another protocol takes over.
    Upgrade(Hook),
}

/// Why a request gets no ordinary answer.
enum Stop {
    /// It is answered with an error, and the connection closes.
    Refused(Refusal),
    /// The client ended its side in the middle of a request.
    Left,
    /// The socket failed.
    Failed(io::Error),
    /// The source of a stream panicked: only a cut connection says that its content is not whole.
    Panicked,
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

impl Connection {
    async fn run(&mut self) -> End {
        let mut stopped = self.exchanges().await;
        if let Err(Stop::Refused(refusal)) = stopped {
            debug!(peer = %self.socket.peer(), status = %refusal.status(), %refusal, "refused");
            self.serving.metrics.requests_refused.incr();
            encode::refusal(refusal, self.head_only, &mut self.out);
            stopped = self.flush().await.map(|()| End::Linger);
        }
        match stopped {
            Ok(end) => end,
            Err(Stop::Failed(error)) => {
                debug!(peer = %self.socket.peer(), %error, "the connection failed");
                if error.kind() == ErrorKind::TimedOut {
                    self.serving.metrics.write_timeouts.incr();
                }
                End::Abort
            }
            Err(Stop::Panicked) => {
                self.serving.metrics.handler_panics.incr();
                error!(peer = %self.socket.peer(), "the source of a stream panicked");
                End::Abort
            }
            Err(Stop::Refused(_) | Stop::Left) => End::Quiet,
        }
    }

    async fn exchanges(&mut self) -> Result<End, Stop> {
        loop {
            let Some((exchange, head)) = self.read_head().await? else {
                return Ok(End::Quiet);
            };
            self.serving.metrics.requests.incr();
            let response = self.answer(exchange, head).await?;
            if let Some(end) = self.respond(exchange, response).await? {
                return Ok(end);
            }
        }
    }

    async fn finish(self, end: End) {
        let Self {
            socket,
            input,
            serving,
            ..
        } = self;
        let Serving {
            config,
            metrics,
            drain,
            ..
        } = serving;
        match end {
            End::Quiet => socket.close(config.linger_timeout).await,
            End::Abort => socket.abort(),
            End::Linger => {
                socket
                    .linger(config.linger_timeout, config.linger_bytes)
                    .await;
            }
            End::Upgrade(hook) => {
                drop(config);
                let upgraded = Upgraded {
                    socket,
                    leftover: input,
                    drain,
                };
                hand_over(hook, upgraded, &metrics).await;
            }
        }
    }
}
