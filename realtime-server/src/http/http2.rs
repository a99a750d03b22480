//! One connection of HTTP/2 (RFC 9113), from its preface to its end.
//!
//! The crate `h2` frames, compresses header fields and counts windows. Here is what it leaves open:
//! what a request may be, how long anything may take, and what a connection may cost.

mod body;
mod exchange;
mod health;
mod request;
mod response;
mod sending;
mod traffic;
mod tunnel;
mod wire;

use std::fmt;
use std::future::{Future, poll_fn};
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use h2::Reason;
use h2::server::Builder;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tracing::debug;

use self::exchange::Shared;
use self::health::{Health, Verdict};
use self::traffic::Traffic;
pub(super) use self::tunnel::Tunnel;
use self::wire::Wire;
use super::serving::Serving;
use super::socket::{TlsStream, set_user_timeout};
use crate::config::HttpConfig;

/// Serves the requests of one connection until it ends. All of them run in its task.
///
/// When the server stops, the client is told that no further request will be served, and those that
/// are at work are answered.
pub(super) async fn serve(
    stream: Box<TlsStream>,
    peer: SocketAddr,
    mut serving: Serving,
    permits: Arc<Semaphore>,
) {
    let metrics = Arc::clone(&serving.metrics);
    metrics.connections_accepted.incr();
    metrics.http2_connections.incr();
    set_user_timeout(
        stream.get_ref().0.stream(),
        serving.config.unacknowledged_timeout,
    );
    // Of its own, because polling a token takes its lock: the server's is shared by all.
    serving.drain = serving.drain.child_token();
    let traffic = Arc::new(Traffic::default());
    let local = stream.get_ref().0.stream().local_addr();
    let local = local.ok().map(|address| address.ip().to_canonical());
    let wire = Wire::new(stream, peer, &serving.config, Arc::clone(&traffic));
    let opening = builder(&serving.config).handshake::<_, Bytes>(wire);
    let end = match timeout(serving.config.head_timeout, opening).await {
        Ok(Ok(connection)) => {
            let shared = Shared {
                serving,
                peer,
                local,
                permits,
                traffic,
            };
            run(connection, Arc::new(shared)).await
        }
        Ok(Err(error)) => End::Failed(error),
        Err(_elapsed) => End::Silent,
    };
    if !matches!(end, End::Orderly) {
        metrics.http2_connections_broken.incr();
    }
    debug!(%peer, %end, "the connection ends");
}

/// How a connection ends.
enum End {
    Orderly,
    /// The client broke the protocol or a limit of it, or the socket failed.
    Failed(h2::Error),
    /// The client sent too much that asks for nothing.
    Flooded,
    /// The client sends no preface, or answers no ping.
    Silent,
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Orderly => f.write_str("in order"),
            Self::Failed(error) => error.fmt(f),
            Self::Flooded => f.write_str("flooded with frames that ask for nothing"),
            Self::Silent => f.write_str("nobody answers"),
        }
    }
}

async fn run(mut connection: h2::server::Connection<Wire, Bytes>, shared: Arc<Shared>) -> End {
    let config = &shared.serving.config;
    let room = usize::try_from(config.http2.max_concurrent_streams).unwrap_or(usize::MAX);
    let mut exchanges = FuturesUnordered::new();
    let mut health = connection
        .ping_pong()
        .map(|pings| Health::new(pings, config));
    let mut drained = pin!(shared.serving.drain.cancelled());
    let mut accepted = 0;
    let (mut leaving, mut flooded) = (false, false);
    let end = poll_fn(|cx| {
        loop {
            if !leaving
                && (accepted >= config.max_requests_per_connection
                    || drained.as_mut().poll(cx).is_ready())
            {
                leaving = true;
                connection.graceful_shutdown();
            }
            if !flooded && shared.traffic.is_flood(config.http2.max_overhead) {
                flooded = true;
                connection.abrupt_shutdown(Reason::ENHANCE_YOUR_CALM);
            }
            // A stream that its client has reset counts until we have let go of it, too.
            let next = if exchanges.len() < room {
                connection.poll_accept(cx)
            } else {
                let closed = connection.poll_closed(cx);
                closed.map(|closed| closed.err().map(Err))
            };
            match next {
                Poll::Ready(Some(Ok((request, respond)))) => {
                    accepted += 1;
                    exchanges.push(exchange::run(Arc::clone(&shared), request, respond));
                    continue;
                }
                Poll::Ready(_) if flooded => return Poll::Ready(End::Flooded),
                Poll::Ready(Some(Err(error))) => return Poll::Ready(End::Failed(error)),
                Poll::Ready(None) => return Poll::Ready(End::Orderly),
                Poll::Pending => {}
            }
            if let Poll::Ready(Some(())) = exchanges.poll_next_unpin(cx) {
                continue;
            }
            let state = health.as_mut();
            match state.map(|state| state.poll(cx, exchanges.is_empty(), config)) {
                Some(Poll::Ready(Verdict::Idle)) => {
                    leaving = true;
                    connection.graceful_shutdown();
                }
                Some(Poll::Ready(Verdict::Dead)) => {
                    return Poll::Ready(End::Silent);
                }
                Some(Poll::Pending) | None => return Poll::Pending,
            }
        }
    })
    .await;
    // Its streams learn of its end by that. What runs on one of them may have something to put in
    // order.
    drop(connection);
    while exchanges.next().await.is_some() {}
    end
}

fn builder(config: &HttpConfig) -> Builder {
    let own = &config.http2;
    let mut builder = Builder::new();
    builder
        .max_concurrent_streams(own.max_concurrent_streams)
        .max_header_list_size(u32::try_from(config.max_head).unwrap_or(u32::MAX))
        .initial_window_size(own.stream_window)
        .initial_connection_window_size(own.connection_window)
        .max_send_buffer_size(own.max_send_buffer)
        .max_pending_accept_reset_streams(own.max_pending_resets)
        .max_local_error_reset_streams(Some(own.max_error_resets))
        .enable_connect_protocol();
    builder
}
