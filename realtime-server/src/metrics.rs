//! Counters that the layers write and a metrics page reads.

use std::sync::atomic::{AtomicU64, Ordering};

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

/// All counters of one server. There is no global: two servers in one process count apart.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Metrics {
    /// Connections that were handed to the HTTP layer.
    pub connections_accepted: Counter,
    /// Heads that were read and understood.
    pub requests: Counter,
    /// Requests that the HTTP layer itself answered with an error: bad heads, bodies over the
    /// limit, time-outs.
    pub requests_refused: Counter,
    /// Handlers, upgrades and response streams that panicked.
    pub handler_panics: Counter,
    /// Handlers that did not answer in time.
    pub handler_timeouts: Counter,
    /// Responses and streams that were cut because the client stopped reading.
    pub write_timeouts: Counter,
    /// Connections that changed their protocol.
    pub upgrades: Counter,
    /// Sockets that were refused because there were as many as there may be.
    pub connections_refused: Counter,
    /// Sockets that were refused because their client had as many as one may have, or opened them
    /// too fast.
    pub connections_limited: Counter,
    /// Connections that did not begin with the PROXY protocol where they had to.
    pub proxy_headers_refused: Counter,
    /// Requests that were answered with 429, because of their client or their token.
    pub requests_limited: Counter,
    /// Requests for names that are not the server's.
    pub hosts_refused: Counter,
    /// Requests of pages that may not make them.
    pub origins_refused: Counter,
    /// TLS handshakes that came to their end.
    pub tls_handshakes: Counter,
    /// TLS handshakes that failed or took too long, and clients that did not speak TLS.
    pub tls_handshakes_failed: Counter,
    /// Certificates that were read again because they had changed, or because it was asked for.
    pub tls_reloads: Counter,
    /// Certificates that could not be read again: the old ones stay in use.
    pub tls_reloads_failed: Counter,
    /// Connections that speak HTTP/2.
    pub http2_connections: Counter,
    /// Connections of HTTP/2 that broke the protocol or a limit of it, or stopped answering.
    pub http2_connections_broken: Counter,
    /// Streams of HTTP/2: each is a request.
    pub http2_streams: Counter,
    /// Streams of HTTP/2 that ended before their answer did.
    pub http2_streams_reset: Counter,
    /// Streams of HTTP/2 that were refused because there were as many as there may be.
    pub http2_streams_refused: Counter,
    /// Connections of hubs that passed their handshake.
    pub hub_connections: Counter,
    /// Connections of hubs that sent no handshake that could be accepted.
    pub hub_handshakes_refused: Counter,
    /// Negotiations and connections of hubs that were refused because their user had as many as one
    /// may have.
    pub hub_connections_limited: Counter,
    /// Negotiated connections of hubs for which no transport came in time.
    pub hub_negotiations_expired: Counter,
    /// Long polling connections of hubs whose clients did not poll again in time.
    pub hub_polls_expired: Counter,
    /// Sockets that replaced a lost one of a hub's connection.
    pub hub_connections_resumed: Counter,
    /// Connections of hubs that broke the protocol or the framing.
    pub hub_protocol_errors: Counter,
    /// Connections of hubs that were ended because they took their messages too slowly.
    pub hub_slow_clients: Counter,
    /// Connections of hubs that were ended because they were silent for too long.
    pub hub_silent_clients: Counter,
    /// Connections on the transports of hubs that speak no hub protocol.
    pub raw_connections: Counter,
    /// Messages to many clients of a hub that could not be written in all of their protocols.
    pub hub_messages_unwritten: Counter,
    /// Log records that were sent to the clients of a hub.
    pub hub_log_records: Counter,
    /// Log records that were not, because too many were waiting.
    pub hub_log_records_dropped: Counter,
    /// WebSockets that were opened at plain endpoints.
    pub websocket_connections: Counter,
    /// Requests to plain WebSocket endpoints that opened none.
    pub websocket_handshakes_refused: Counter,
    /// WebSockets of plain endpoints that broke the protocol or a limit.
    pub websocket_protocol_errors: Counter,
    /// WebSockets of plain endpoints that were ended because nothing came for too long.
    pub websocket_silent_clients: Counter,
    /// WebSockets of plain endpoints that were ended because a message did not arrive in time.
    pub websocket_message_timeouts: Counter,
    /// Invocations of hub methods by clients.
    pub invocations: Counter,
    /// Invocations that were not started: no such method, or arguments that do not fit.
    pub invocations_refused: Counter,
    /// Messages and events that were queued for a member.
    pub messages_queued: Counter,
    /// Messages and events that were lost because the queue of a member was full.
    pub messages_dropped: Counter,
    /// Events that took the place of a waiting one with the same key.
    pub messages_conflated: Counter,
    /// Subscriptions to event streams that were accepted.
    pub stream_subscriptions: Counter,
    /// Subscriptions to event streams that were refused: bad topics, or as many as there may be.
    pub stream_subscriptions_refused: Counter,
    /// Subscribers that came back with an id and got all that they had missed.
    pub stream_resumes: Counter,
    /// Subscribers that came back with an id after which events may be missing.
    pub stream_gaps: Counter,
    /// Subscribers that were disconnected because they took their events too slowly.
    pub stream_slow_clients: Counter,
    /// Tickets for a stream that were not issued, or not good.
    pub tickets_refused: Counter,
    /// Requests to publish that were refused for what they ask.
    pub publications_refused: Counter,
    /// Requests that were refused because it is not known, or not proven, who asks: 401.
    pub requests_unauthenticated: Counter,
    /// Requests, subscriptions and invocations that were refused because who asks may not: 403.
    pub requests_forbidden: Counter,
    /// Fetches of keys for signed tokens.
    pub key_fetches: Counter,
    /// Fetches of keys for signed tokens that brought none.
    pub key_fetches_failed: Counter,
}
