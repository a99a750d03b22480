//! Counters that the layers write and a page of metrics shows.

mod exposition;
mod hub_usage;

use std::sync::atomic::{AtomicU64, Ordering};

pub(crate) use self::hub_usage::{Ended, InUse};
pub use self::hub_usage::{HubUsage, Usage};

/// A number that only grows.
///
/// ```
/// use realtime_server::metrics::Counter;
///
/// let counter = Counter::default();
/// counter.incr();
/// counter.add(2);
/// assert_eq!(counter.value(), 3);
/// ```
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Adds `n`; wraps around after 2^64.
    pub fn add(&self, n: u64) {
        // Nothing is published by a counter, so no ordering is needed.
        self.0.fetch_add(n, Ordering::Relaxed);
    }

    /// Adds one.
    pub fn incr(&self) {
        self.add(1);
    }

    /// The sum so far.
    pub fn value(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

macro_rules! metrics {
    ($($(#[doc = $doc:literal])+ $name:ident,)+) => {
        /// All counters of one server. There is no global: two servers in one process count apart.
        #[derive(Debug, Default)]
        #[non_exhaustive]
        pub struct Metrics {
            $($(#[doc = $doc])+ pub $name: Counter,)+
            /// Connections of hubs, by their transport and how they have ended.
            pub hub_usage: HubUsage,
        }

        impl Metrics {
            /// The counters: what each is called, what it counts, and how much that is.
            pub fn counters(&self) -> impl Iterator<Item = (&'static str, &'static str, u64)> {
                [$((stringify!($name), concat!($($doc),+).trim_ascii(), self.$name.value()),)+].into_iter()
            }
        }
    };
}

metrics! {
    /// Connections that were handed to the HTTP layer.
    connections_accepted,
    /// Heads that were read and understood.
    requests,
    /// Requests that the HTTP layer itself answered with an error: bad heads, bodies over the
    /// limit, time-outs.
    requests_refused,
    /// Handlers, upgrades and response streams that panicked.
    handler_panics,
    /// Handlers that did not answer in time.
    handler_timeouts,
    /// Responses and streams that were cut because the client stopped reading.
    write_timeouts,
    /// Connections that changed their protocol.
    upgrades,
    /// Attempts to accept a socket that failed: the process is out of files or memory, or the client
    /// was gone already.
    accepts_failed,
    /// Sockets that were refused because there were as many as there may be.
    connections_refused,
    /// Sockets that were refused because their client had as many as one may have, or opened them
    /// too fast.
    connections_limited,
    /// Connections that did not begin with the PROXY protocol where they had to.
    proxy_headers_refused,
    /// Requests that were answered with 429, because of their client or their token.
    requests_limited,
    /// Requests for names that are not the server's.
    hosts_refused,
    /// Requests of pages that may not make them.
    origins_refused,
    /// TLS handshakes that came to their end.
    tls_handshakes,
    /// TLS handshakes that failed or took too long, and clients that did not speak TLS.
    tls_handshakes_failed,
    /// Certificates that were read again because they had changed, or because it was asked for.
    tls_reloads,
    /// Certificates that could not be read again: the old ones stay in use.
    tls_reloads_failed,
    /// Connections that speak HTTP/2.
    http2_connections,
    /// Connections of HTTP/2 that broke the protocol or a limit of it, or stopped answering.
    http2_connections_broken,
    /// Streams of HTTP/2: each is a request.
    http2_streams,
    /// Streams of HTTP/2 that ended before their answer did.
    http2_streams_reset,
    /// Streams of HTTP/2 that were refused because there were as many as there may be.
    http2_streams_refused,
    /// Connections of hubs that passed their handshake.
    hub_connections,
    /// Connections of hubs that sent no handshake that could be accepted.
    hub_handshakes_refused,
    /// Negotiations and connections of hubs that were refused because their user had as many as one
    /// may have.
    hub_connections_limited,
    /// Negotiated connections of hubs for which no transport came in time.
    hub_negotiations_expired,
    /// Long polling connections of hubs whose clients did not poll again in time.
    hub_polls_expired,
    /// Sockets that replaced a lost one of a hub's connection.
    hub_connections_resumed,
    /// Connections of hubs that broke the protocol or the framing.
    hub_protocol_errors,
    /// Connections of hubs that were ended because they took their messages too slowly.
    hub_slow_clients,
    /// Connections of hubs that were ended because they were silent for too long.
    hub_silent_clients,
    /// Connections on the transports of hubs that speak no hub protocol.
    raw_connections,
    /// Messages to many clients of a hub that could not be written in all of their protocols.
    hub_messages_unwritten,
    /// Log records that were sent to the clients of a hub.
    hub_log_records,
    /// Log records that were not, because too many were waiting.
    hub_log_records_dropped,
    /// WebSockets that were opened at plain endpoints.
    websocket_connections,
    /// Requests to plain WebSocket endpoints that opened none.
    websocket_handshakes_refused,
    /// WebSockets of plain endpoints that broke the protocol or a limit.
    websocket_protocol_errors,
    /// WebSockets of plain endpoints that were ended because nothing came for too long.
    websocket_silent_clients,
    /// WebSockets of plain endpoints that were ended because a message did not arrive in time.
    websocket_message_timeouts,
    /// Invocations of hub methods by clients.
    invocations,
    /// Invocations that were not started: no such method, or arguments that do not fit.
    invocations_refused,
    /// Messages and events that were queued for a member.
    messages_queued,
    /// Messages and events that were lost because the queue of a member was full.
    messages_dropped,
    /// Events that took the place of a waiting one with the same key.
    messages_conflated,
    /// Subscriptions to event streams that were accepted.
    stream_subscriptions,
    /// Subscriptions to event streams that were refused: bad topics, or as many as there may be.
    stream_subscriptions_refused,
    /// Subscribers that came back with an id and got all that they had missed.
    stream_resumes,
    /// Subscribers that came back with an id after which events may be missing.
    stream_gaps,
    /// Subscribers that were disconnected because they took their events too slowly.
    stream_slow_clients,
    /// Tickets for a stream that were not issued, or not good.
    tickets_refused,
    /// Requests to publish that were refused for what they ask.
    publications_refused,
    /// Requests that were refused because it is not known, or not proven, who asks: 401.
    requests_unauthenticated,
    /// Requests, subscriptions and invocations that were refused because who asks may not: 403.
    requests_forbidden,
    /// Fetches of keys for signed tokens.
    key_fetches,
    /// Fetches of keys for signed tokens that brought none.
    key_fetches_failed,
}
