use std::{num::NonZeroU32, time::Duration};

/// How one hub treats its connections. The defaults are those of ASP.NET Core SignalR, where it has
/// them, so that its clients' own time-outs fit.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct HubConfig {
    /// How long a new connection may take to send its handshake: 15 s.
    pub handshake_timeout: Duration,
    /// After how long without a message the server pings: 15 s.
    pub keep_alive_interval: Duration,
    /// How long a client may be silent that pings, and how long a message may take to arrive that has
    /// begun, in whatever pieces it comes: 30 s. It must exceed the client's own ping interval, 15 s in
    /// the official ones.
    pub client_timeout: Duration,
    /// How long a negotiated connection may wait for its transport: 15 s.
    pub connect_timeout: Duration,
    /// How long a client may stay away between two polls, or without a socket that it may replace:
    /// 15 s.
    pub disconnect_timeout: Duration,
    /// How long a poll waits for something to answer: 90 s.
    pub poll_timeout: Duration,
    /// The lowest version of the negotiation that is served: 0. From 1 on the secret that requests show
    /// is not the public id of the connection.
    pub min_negotiate_version: i32,
    /// The transports that are offered: all three.
    pub transports: Transports,
    /// The hub protocols that are offered: both.
    pub protocols: Protocols,
    /// How long the closing handshake of a WebSocket may take: 5 s.
    pub close_timeout: Duration,
    /// How long a blocked socket may take nothing: 10 s.
    pub send_timeout: Duration,
    /// The largest message of a client, with its framing: 32,768 bytes.
    pub max_receive_message: usize,
    /// The largest body of one POST of a client, which may hold many messages: 1 MiB.
    pub max_post: usize,
    /// How many of a client's invocations run at once: 1. Others wait, and nothing more is read.
    pub parallel_invocations: usize,
    /// Invocations of a client that run at once beside those: streams, methods with uploads, and
    /// methods that wait for their client: 100. More are refused.
    pub max_streams: usize,
    /// Items of one upload that wait for their method: 10. Beyond it nothing more is read.
    pub upload_buffer: usize,
    /// Answers that one connection may owe the server: 100. More questions fail at once.
    pub max_client_results: usize,
    /// The longest id of an invocation or stream, in bytes: 1,024. Beyond it: Close with an error.
    pub max_invocation_id: usize,
    /// Invocations of one connection per second, on average over ten: no limit by default, because
    /// what they take is bounded anyway. Beyond it they are refused.
    pub max_invocation_rate: Option<NonZeroU32>,
    /// Messages that may wait for a slow client before it is disconnected: 1,024. Who sends to this one
    /// client alone waits from half of it on.
    pub max_queued_messages: usize,
    /// Bytes that may wait for a slow client before it is disconnected: 1 MiB; half of it likewise.
    pub max_queued_bytes: usize,
    /// Groups that one connection may be in: 256.
    pub max_groups: usize,
    /// The longest name of a group, in bytes: 256.
    pub max_group_name: usize,
    /// How long the groups of a connection are kept for the next one of the same user: not at all
    /// by default.
    pub groups_kept: Duration,
    /// Memberships of users that are remembered, given and kept ones together: 100,000.
    pub max_remembered_groups: usize,
    /// Connections of one user at the same time, on all transports, from their negotiation to their
    /// end: 100. Beyond it: 429. Connections of nobody who is known are not counted.
    pub max_per_user: Option<usize>,
    /// Connections that are negotiated and not yet connected: 10,000.
    pub max_pending: usize,
    /// Connections that live between polls or may outlive their socket, where no socket counts them:
    /// 10,000.
    pub max_polling: usize,
    /// Whether a client that asks for it may replace a lost WebSocket, with nothing lost: no.
    pub allow_stateful_reconnect: bool,
    /// Bytes of sent messages that are kept for such a client until it has acknowledged them:
    /// 100,000. Beyond it they wait in the queue.
    pub stateful_buffer: usize,
    /// Bytes of such a client's messages that may wait while its acknowledgement is looked for behind
    /// them: 1 MiB. A client that sends more without one is disconnected.
    pub stateful_lookahead: usize,
    /// How long invocations may go on after their connection is gone: 30 s.
    pub invocation_grace: Duration,
    /// Whether a connection ends, and its client may come back, when the token that it was opened
    /// with does: no. With long polling, a newer token of a later poll counts.
    pub close_on_expiration: bool,
    /// Whether clients are told the text of unexpected errors: no.
    pub detailed_errors: bool,
}

impl Default for HubConfig {
    fn default() -> Self {
        Self {
            handshake_timeout: Duration::from_secs(15),
            keep_alive_interval: Duration::from_secs(15),
            client_timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(15),
            disconnect_timeout: Duration::from_secs(15),
            poll_timeout: Duration::from_secs(90),
            min_negotiate_version: 0,
            transports: Transports::default(),
            protocols: Protocols::default(),
            close_timeout: Duration::from_secs(5),
            send_timeout: Duration::from_secs(10),
            max_receive_message: 32_768,
            max_post: 1024 * 1024,
            parallel_invocations: 1,
            max_streams: 100,
            upload_buffer: 10,
            max_client_results: 100,
            max_invocation_id: 1_024,
            max_invocation_rate: None,
            max_queued_messages: 1_024,
            max_queued_bytes: 1024 * 1024,
            max_groups: 256,
            max_group_name: 256,
            groups_kept: Duration::ZERO,
            max_remembered_groups: 100_000,
            max_per_user: Some(100),
            max_pending: 10_000,
            max_polling: 10_000,
            allow_stateful_reconnect: false,
            stateful_buffer: 100_000,
            stateful_lookahead: 1024 * 1024,
            invocation_grace: Duration::from_secs(30),
            close_on_expiration: false,
            detailed_errors: false,
        }
    }
}

/// Which transports a hub offers. Clients take the first that they can, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transports {
    /// One socket, both ways.
    pub web_sockets: bool,
    /// A stream of events to the client, POSTs from it. Text only.
    pub server_sent_events: bool,
    /// Requests both ways, one of them always waiting.
    pub long_polling: bool,
}

impl Default for Transports {
    fn default() -> Self {
        Self {
            web_sockets: true,
            server_sent_events: true,
            long_polling: true,
        }
    }
}

/// Which hub protocols a hub speaks. A client asks for one of them in its handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Protocols {
    /// Messages as JSON.
    pub json: bool,
    /// Messages as `MessagePack`, where the feature of that name is on.
    pub messagepack: bool,
}

impl Default for Protocols {
    fn default() -> Self {
        Self {
            json: true,
            messagepack: true,
        }
    }
}
