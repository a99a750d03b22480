mod negotiate;
mod screen;
mod seat;
mod upgrade;

use std::{fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use signalr_protocol::Transport;
use tokio::time::{self, MissedTickBehavior};
use tokio_util::{
    sync::{CancellationToken, DropGuard},
    task::TaskTracker,
};
use tracing::debug;

use self::{negotiate::negotiate, upgrade::upgrade};
use super::{
    application::Application,
    connection::keep_alive,
    line::{Left, Line, Refused},
    opening::Opener,
    raw::{Raw, RawConnection},
    table::{Listed, Table},
    transport::{self, Requests, Wire},
};
use crate::{
    config::HubConfig,
    fanout::Sweep,
    http::{Head, HeaderValue, Method, Problem, Request, Response, Status},
    hub::Core,
    metrics::Metrics,
    throttle::Places,
};

/// How often connections are looked for whose clients have not come.
const EXPIRY_PERIOD: Duration = Duration::from_secs(1);

/// Where clients of one hub, or of raw connections, negotiate and connect.
pub struct HubEndpoint {
    application: Application,
    table: Arc<Table>,
    /// How many connections each user has.
    users: Arc<Places>,
    /// The connections that no socket runs.
    tasks: TaskTracker,
    /// Ends connections that have no handshake yet.
    stop: CancellationToken,
    /// Cuts the tasks; the guard does it when the endpoint is dropped.
    cut: CancellationToken,
    _cut: DropGuard,
}

impl HubEndpoint {
    pub(crate) fn new(core: Arc<Core>) -> Self {
        Self::of(Application::Hub(core))
    }

    /// An endpoint without a hub: `handler` runs for each connection.
    pub(crate) fn raw(
        config: &HubConfig,
        metrics: Arc<Metrics>,
        handler: impl Fn(RawConnection) -> BoxFuture<'static, ()> + Send + Sync + 'static,
    ) -> Self {
        Self::of(Application::Raw(Arc::new(Raw::new(
            config, metrics, handler,
        ))))
    }

    fn of(application: Application) -> Self {
        let cut = CancellationToken::new();
        Self {
            table: Arc::new(Table::new(application.config())),
            application,
            users: Arc::default(),
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
            _cut: cut.clone().drop_guard(),
            cut,
        }
    }

    pub(crate) fn config(&self) -> &HubConfig {
        self.application.config()
    }

    /// The timers of the hub: pings, silent clients, clients that did not come in time.
    pub async fn run(&self) {
        let config = self.config();
        let sweep = async {
            let sweep = Sweep {
                keep_alive: Some(config.keep_alive_interval),
                silence: Some(config.client_timeout),
                rest: None,
            };
            if let Application::Hub(core) = &self.application {
                sweep.run(&core.registry, keep_alive).await;
            }
        };
        let expire = async {
            let shortest = config.connect_timeout.min(config.disconnect_timeout);
            let period = (shortest / 8).clamp(Duration::from_millis(20), EXPIRY_PERIOD);
            let mut looks = time::interval(period);
            looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                looks.tick().await;
                let expired = self.table.expire();
                if expired.any() {
                    debug!(?expired, "clients did not come in time");
                    let metrics = self.application.metrics();
                    metrics.hub_negotiations_expired.add(expired.negotiated);
                    metrics.hub_polls_expired.add(expired.polling);
                }
            }
        };
        tokio::join!(sweep, expire);
    }

    /// Ends connections that have not begun; those that have are ended by the registry.
    pub(crate) fn stop(&self) {
        self.stop.cancel();
    }

    /// Waits for the end of the connections that no socket runs.
    pub(crate) async fn ended(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// Answers a negotiation that was not [screened](Self::screen_negotiation) out.
    pub(crate) fn negotiate(&self, request: &Request) -> Response {
        let user = self.application.user_of(&request.head);
        let mut seat = None;
        match self.seat(&mut seat, &user, &request.head) {
            Ok(()) => negotiate(self.config(), &self.table, request, seat),
            Err(refusal) => refusal,
        }
    }

    /// Answers a request of the hub's path that was not [screened](Self::screen) out.
    pub(crate) async fn answer(&self, request: &Request) -> Response {
        let token = request.query("id");
        match request.method() {
            Method::Get if request.head.asks_for("websocket") && !wants_events(request) => upgrade(
                self,
                &request.head,
                token.as_deref().filter(|token| !token.is_empty()),
            ),
            Method::Get => {
                let found = self.find(token.as_deref(), &request.head);
                if wants_events(request) {
                    found.map_or_else(Into::into, |line| self.stream(&line, &request.head))
                } else {
                    let answer = match found {
                        Ok(line) => self.poll(&line, &request.head).await,
                        Err(missing) => missing.into(),
                    };
                    uncached(answer)
                }
            }
            Method::Post => match self.find(token.as_deref(), &request.head) {
                Ok(line) => post(&line, &request.body).await,
                Err(missing) => missing.into(),
            },
            _ => match self.find(token.as_deref(), &request.head) {
                Ok(line) => delete(&line),
                Err(missing) => missing.into(),
            },
        }
    }

    fn stream(&self, line: &Arc<Line>, head: &Head) -> Response {
        match self.arrive(line, Transport::ServerSentEvents, head) {
            Ok(Some(first)) => {
                let requests = Requests::new(Arc::clone(line));
                self.spawn(Wire::ServerSentEvents(requests), line, first);
                transport::stream(Arc::clone(line))
            }
            // A stream is not replaced by another one.
            Ok(None) => refusal(Refused::Active),
            Err(refusal) => refusal,
        }
    }

    async fn poll(&self, line: &Arc<Line>, head: &Head) -> Response {
        match self.arrive(line, Transport::LongPolling, head) {
            Ok(Some(first)) => {
                let requests = Requests::new(Arc::clone(line));
                self.spawn(Wire::LongPolling(requests), line, first);
                // At once: it tells the client that it may send its handshake.
                Response::bytes(Status::OK, "application/octet-stream", Bytes::new())
            }
            Ok(None) => {
                let timeout = self.config().poll_timeout;
                let (answer, ended) = transport::poll(line, timeout).await;
                if ended {
                    self.table.remove(line);
                }
                answer
            }
            Err(refusal) => refusal,
        }
    }

    fn look_up(&self, token: Option<&str>) -> Result<Arc<Line>, Missing> {
        let token = token.filter(|token| !token.is_empty());
        let line = self.table.find(token.ok_or(Missing::Token)?);
        line.ok_or(Missing::Connection)
    }

    /// The connection with this token, if `head` comes from the person who negotiated it.
    fn find(&self, token: Option<&str>, head: &Head) -> Result<Arc<Line>, Missing> {
        let line = self.look_up(token)?;
        if !line.principal.renew(head.identity.as_ref()) {
            self.application.metrics().requests_forbidden.incr();
            debug!(connection = %line.id, peer = %head.peer, "somebody else shows the token of a connection");
            return Err(Missing::Person);
        }
        self.application.extend(&line.id, head.identity.as_deref());
        Ok(line)
    }

    /// In the order of ASP.NET Core: whether the transport is offered, whether it is the one, and
    /// whether its place is free. Gives what begins with the first request of a transport.
    fn arrive(
        &self,
        line: &Arc<Line>,
        transport: Transport,
        head: &Head,
    ) -> Result<Option<First>, Response> {
        if !is_offered(self.config(), transport) {
            return Err(not_offered(transport));
        }
        let mut user = Ok(None);
        if line.transport().is_none() {
            user = self.application.user_of(head);
            line.seat(|seat| self.seat(seat, &user, head))?;
        }
        let listed = self.table.arrive(line, transport).map_err(|refused| {
            debug!(connection = %line.id, ?refused, "a transport request was refused");
            refusal(refused)
        })?;
        Ok(listed.map(|listed| First {
            listed,
            opener: Opener {
                head: head.clone(),
                principal: Arc::clone(&line.principal),
                user,
            },
        }))
    }

    /// Runs a connection beside its requests.
    fn spawn(&self, wire: Wire, line: &Line, First { listed, opener }: First) {
        let application = self.application.clone();
        // Boxed, because each future that it is moved into would hold it twice.
        let running =
            Box::pin(application.run(wire, Arc::clone(&line.id), opener, self.stop.clone()));
        let cut = self.cut.clone();
        self.tasks.spawn(async move {
            let _listed = listed;
            cut.run_until_cancelled_owned(running).await;
        });
    }
}

/// What begins with the first transport request of a negotiated connection.
struct First {
    listed: Listed,
    opener: Opener,
}

/// Why a request finds no connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Missing {
    Token,
    Connection,
    /// It is somebody else's.
    Person,
}

impl From<Missing> for Response {
    fn from(missing: Missing) -> Self {
        match missing {
            Missing::Token => plain(Status::BAD_REQUEST, "Connection ID required"),
            Missing::Person => plain(Status::FORBIDDEN, ""),
            Missing::Connection => plain(Status::NOT_FOUND, "No Connection with that ID"),
        }
    }
}

async fn post(line: &Line, body: &[u8]) -> Response {
    if line.transport() == Some(Transport::WebSockets) {
        return plain(
            Status::METHOD_NOT_ALLOWED,
            "POST requests are not allowed for WebSocket connections.",
        )
        .header("allow", const { HeaderValue::from_static("GET") });
    }
    match line.post(body).await {
        Ok(()) => plain(Status::OK, ""),
        Err(_over) => plain(Status::NOT_FOUND, ""),
    }
}

fn delete(line: &Line) -> Response {
    if line.transport() != Some(Transport::LongPolling) {
        return plain(
            Status::BAD_REQUEST,
            "Cannot terminate this connection using the DELETE endpoint.",
        );
    }
    line.leave(Left::Orderly);
    plain(Status::ACCEPTED, "")
}

fn is_offered(config: &HubConfig, transport: Transport) -> bool {
    match transport {
        Transport::WebSockets => config.transports.web_sockets,
        Transport::ServerSentEvents => config.transports.server_sent_events,
        Transport::LongPolling => config.transports.long_polling,
    }
}

fn not_offered(transport: Transport) -> Response {
    let name = transport.name();
    plain(
        Status::NOT_FOUND,
        format!("{name} transport not supported by this end point type"),
    )
}

fn refusal(refused: Refused) -> Response {
    match refused {
        Refused::OtherTransport => plain(
            Status::BAD_REQUEST,
            "Cannot change transports mid-connection",
        ),
        Refused::Active => plain(Status::CONFLICT, ""),
        Refused::Over => plain(Status::NOT_FOUND, ""),
        Refused::Full => Response::from(
            Problem::new(Status::SERVICE_UNAVAILABLE)
                .with_detail("too many connections are kept between requests"),
        )
        .header("retry-after", const { HeaderValue::from_static("1") }),
    }
}

fn wants_events(request: &Request) -> bool {
    let accepted = request.head.headers.members("accept");
    accepted
        .filter_map(|range| range.split(|byte| *byte == b';').next())
        .any(|range| {
            range
                .trim_ascii()
                .eq_ignore_ascii_case(b"text/event-stream")
        })
}

/// A poll's answer is for once, its errors too.
fn uncached(answer: Response) -> Response {
    answer
        .header(
            "cache-control",
            const { HeaderValue::from_static("no-cache, no-store") },
        )
        .header("pragma", const { HeaderValue::from_static("no-cache") })
        .header(
            "expires",
            const { HeaderValue::from_static("Thu, 01 Jan 1970 00:00:00 GMT") },
        )
}

fn not_allowed(allow: HeaderValue) -> Response {
    plain(Status::METHOD_NOT_ALLOWED, "").header("allow", allow)
}

/// As ASP.NET Core says it: the type without a character set, also where there is no text.
fn plain(status: Status, text: impl Into<Bytes>) -> Response {
    Response::bytes(status, "text/plain", text.into())
}

impl fmt::Debug for HubEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HubEndpoint")
            .field("application", &self.application)
            .finish_non_exhaustive()
    }
}
