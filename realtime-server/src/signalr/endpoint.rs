use std::{sync::Arc, time::Duration};

use bytes::BytesMut;
use signalr_protocol::{
    Accepted, AvailableTransport, NegotiateRequest, NegotiateResponse, Transport, VersionError,
};
use tokio::time::{self, MissedTickBehavior};
use tracing::debug;

use super::{
    connection::{self, keep_alive},
    pending::{Pending, Ticket, TooManyPending},
    transport::WebSocket,
};
use crate::{
    config::Origins,
    fanout::Sweep,
    http::{Head, HeaderValue, Problem, Request, Response, Status, opening},
    hub::Core,
    id,
};

/// The lowest version of the negotiation that is served.
const MINIMUM_VERSION: i32 = 0;
/// How often negotiated connections that nobody came for are looked for.
const EXPIRY_PERIOD: Duration = Duration::from_secs(1);

/// Where clients of one hub negotiate and connect.
#[derive(Debug)]
pub struct HubEndpoint {
    core: Arc<Core>,
    pending: Pending,
}

impl HubEndpoint {
    pub(crate) fn new(core: Arc<Core>) -> Self {
        let pending = Pending::new(core.config.connect_timeout, core.config.max_pending);
        Self { core, pending }
    }

    /// The timers of the hub: pings, silent clients, negotiations that nobody followed up.
    pub async fn run(&self) {
        let config = &self.core.config;
        let sweep = Sweep {
            keep_alive: Some(config.keep_alive_interval),
            silence: Some(config.client_timeout),
        };
        let expire = async {
            let mut looks = time::interval(EXPIRY_PERIOD);
            looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                looks.tick().await;
                let expired = self.pending.expire();
                if expired > 0 {
                    debug!(expired, "negotiated connections were not used");
                    self.core
                        .metrics
                        .hub_negotiations_expired
                        .add(expired as u64);
                }
            }
        };
        tokio::join!(sweep.run(&self.core.registry, keep_alive), expire);
    }

    /// Answers a POST to `{path}/negotiate`.
    pub fn negotiate(&self, request: &Request) -> Response {
        let answer = match self.accept(request) {
            Ok(Ok(accepted)) => NegotiateResponse::Accepted(accepted),
            Ok(Err(version)) => version.response(),
            Err(TooManyPending) => {
                debug!(peer = %request.head.peer, "negotiation refused: too many are waiting");
                return Response::from(
                    Problem::new(Status::SERVICE_UNAVAILABLE)
                        .with_detail("too many connections are being negotiated"),
                )
                .header("retry-after", const { HeaderValue::from_static("1") });
            }
        };
        let mut body = BytesMut::with_capacity(answer.encoded_len());
        answer.encode(&mut body);
        Response::bytes(Status::OK, "application/json", body.freeze()).header(
            "cache-control",
            const { HeaderValue::from_static("no-store") },
        )
    }

    fn accept(
        &self,
        request: &Request,
    ) -> Result<Result<Accepted<'static>, VersionError>, TooManyPending> {
        let pairs: Vec<_> = request.head.target.pairs().collect();
        let asked =
            NegotiateRequest::from_query(pairs.iter().map(|(name, value)| (&**name, &**value)));
        let version = match asked.and_then(|asked| asked.version_from(MINIMUM_VERSION)) {
            Ok(version) => version,
            Err(error) => return Ok(Err(error)),
        };
        let Ticket { id, token } = self.pending.issue(version)?;
        Ok(Ok(Accepted {
            use_stateful_reconnect: false,
            version,
            connection_id: id.to_string().into(),
            connection_token: (version > 0).then(|| token.into()),
            available_transports: vec![AvailableTransport::from(Transport::WebSockets)],
        }))
    }

    /// Answers a GET of the hub's path: the transport.
    pub fn connect(&self, request: &Request) -> Response {
        let token = request.query("id");
        if request.head.asks_for("websocket") {
            return self.upgrade(&request.head, token.as_deref());
        }
        // What ASP.NET Core says, in its order: the id, then whether the transport is offered.
        let Some(token) = token else {
            return Response::text(Status::BAD_REQUEST, "Connection ID required");
        };
        if !self.pending.contains(&token) {
            return unknown_id();
        }
        let accept = request.header("accept").unwrap_or_default();
        let transport = if accept.contains("text/event-stream") {
            "ServerSentEvents"
        } else {
            "LongPolling"
        };
        Response::text(
            Status::NOT_FOUND,
            format!("{transport} transport not supported by this end point type"),
        )
    }

    fn upgrade(&self, head: &Head, token: Option<&str>) -> Response {
        let handshake = match opening::open(head, &Origins::Same) {
            Ok(handshake) => handshake,
            Err(refusal) => return refusal,
        };
        let id = match token {
            // Without a negotiation, as its version 0: the id is nobody's secret.
            None => id::base64url().into(),
            Some(token) => match self.pending.take(token) {
                Some(id) => id,
                None => return unknown_id(),
            },
        };
        let (core, head) = (Arc::clone(&self.core), head.clone());
        opening::accept(&handshake.accept(&[]), move |upgraded| {
            let wire = WebSocket::new(upgraded.socket, upgraded.leftover, &core.config);
            connection::run(wire, core, id, head, upgraded.drain)
        })
    }
}

fn unknown_id() -> Response {
    Response::text(Status::NOT_FOUND, "No Connection with that ID")
}
