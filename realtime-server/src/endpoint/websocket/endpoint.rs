use std::{fmt, sync::Arc, time::Duration};

use futures_util::future::BoxFuture;
use tracing::debug;
use ws_frame::{Message as Wire, deflate::Params};

use super::{WebSocket, connection::Connection, handle::Shared, session::Session};
use crate::{
    config::WebSocketConfig,
    fanout::{Member, OutboxLimits, Overflow, Payload, Registry, Sweep, WireForm},
    http::{Head, HeaderValue, Problem, Request, Response, Status, Upgraded, opening},
    id,
    identity::Identity,
    metrics::Metrics,
    throttle::{Place, Places},
};

/// What is run for each connection.
type Handler = Arc<dyn Fn(WebSocket) -> BoxFuture<'static, ()> + Send + Sync>;

/// Pings that may wait for a client; older ones are of no use to it.
const PINGS: OutboxLimits = OutboxLimits {
    messages: 1,
    bytes: 16,
};

/// Where clients open WebSockets of one kind.
pub(crate) struct WebSocketEndpoint {
    config: Arc<WebSocketConfig>,
    registry: Arc<Registry>,
    metrics: Arc<Metrics>,
    users: Arc<Places>,
    handler: Handler,
}

impl WebSocketEndpoint {
    pub(crate) fn new(
        config: WebSocketConfig,
        metrics: Arc<Metrics>,
        handler: impl Fn(WebSocket) -> BoxFuture<'static, ()> + Send + Sync + 'static,
    ) -> Self {
        Self {
            config: Arc::new(config),
            registry: Arc::new(Registry::new()),
            metrics,
            users: Arc::default(),
            handler: Arc::new(handler),
        }
    }

    /// The open connections: where they are pinged and ended.
    pub(crate) fn registry(&self) -> &Arc<Registry> {
        &self.registry
    }

    /// The timers of all connections; runs until it is dropped.
    pub(crate) async fn run(&self) {
        let some = |time: Duration| (!time.is_zero()).then_some(time);
        let sweep = Sweep {
            keep_alive: some(self.config.ping_interval),
            silence: some(self.config.idle_timeout),
            rest: some(self.config.message_timeout),
        };
        let ping = || Payload::new(Wire::Ping(&[]).to_bytes().expect("an empty ping is short"));
        sweep.run(&self.registry, ping).await;
    }

    /// Answers a GET: with the opening handshake, or a refusal.
    pub(crate) fn connect(&self, request: Request) -> Response {
        let handshake = match opening::open(&request.head) {
            Ok(handshake) => handshake,
            Err(refusal) => {
                self.metrics.websocket_handshakes_refused.incr();
                return refusal;
            }
        };
        let place = match self.place(&request.head) {
            Ok(place) => place,
            Err(refusal) => {
                self.metrics.websocket_handshakes_refused.incr();
                debug!(peer = %request.head.peer, "upgrade refused: the user has too many");
                return refusal;
            }
        };
        let protocols: Vec<_> = self.config.protocols.iter().map(AsRef::as_ref).collect();
        let accepted = if self.config.deflate {
            handshake.accept_with_deflate(&protocols, Params::default())
        } else {
            handshake.accept(&protocols)
        };
        let deflate = accepted.deflate();
        let protocol = accepted.protocol().map(Into::into);
        let (config, metrics) = (Arc::clone(&self.config), Arc::clone(&self.metrics));
        let (registry, handler) = (Arc::clone(&self.registry), Arc::clone(&self.handler));
        opening::accept(&accepted, move |upgraded| async move {
            let _place = place;
            metrics.websocket_connections.incr();
            let Upgraded {
                socket, leftover, ..
            } = upgraded;
            let id = id::hex().as_str().into();
            let member = Member::new(id, WireForm::Plain, PINGS, Overflow::DropOldest);
            let seat = registry.seat(Arc::new(member));
            seat.expect_to_hear();
            let who = request.head.identity.as_deref();
            if let Some(time) = who.and_then(Identity::time_left) {
                seat.expire_after(time);
            }
            let shared = Arc::new(Shared::new(Session::new(leftover, &config, deflate)));
            let handle = WebSocket::new(Arc::clone(&shared), request, protocol);
            let connection = Connection {
                socket,
                shared,
                seat,
                config,
                metrics,
                handler: Some(handler(handle)),
                last_words: None,
                forgiven: false,
                spent: Duration::ZERO,
                batch: Vec::new(),
            };
            connection.live().await;
        })
    }

    /// The place of a connection among those of its user, where they are counted.
    fn place(&self, head: &Head) -> Result<Option<Place>, Response> {
        let user = head.identity.as_deref().and_then(|who| who.user.as_deref());
        let mut place = None;
        if let (Some(most), Some(user)) = (self.config.max_per_user, user) {
            let entered = self.users.enter_as(user, most, &mut place);
            entered.map_err(|_full| {
                let problem = Problem::new(Status::TOO_MANY_REQUESTS)
                    .with_detail("the user has as many connections as one may have");
                Response::from(problem)
                    .header("retry-after", const { HeaderValue::from_static("5") })
            })?;
        }
        Ok(place)
    }
}

impl fmt::Debug for WebSocketEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebSocketEndpoint")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}
