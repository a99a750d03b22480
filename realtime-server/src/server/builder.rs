use std::{
    fmt,
    future::{Future, ready},
    sync::{Arc, OnceLock},
};

use futures_util::future::BoxFuture;
use openapi_emit::Api;

use super::{
    Route, Server, SetupError,
    document::document,
    front::AnswerFilter,
    gate::Entrance,
    pattern::Pattern,
    route::Description,
    router::{Endpoint, Router},
};
use crate::{
    auth::Guard,
    config::{ClientLimits, CorsConfig, Hosts, HttpConfig, ServerConfig},
    description::Schemas,
    endpoint::{Documents, EventStream},
    fanout::Registry,
    http::{Handler, Head, Method, Pace, Request, Response},
    hub::{Clients, Hub},
    metrics::Metrics,
    signalr::HubEndpoint,
};

/// The largest body of a route that does not say otherwise.
pub(super) const DEFAULT_BODY_LIMIT: usize = 64 * 1024;

/// A server in the making: routes, streams, hubs, and what runs beside them.
///
/// ```
/// use realtime_server::{http::{Response, Status}, server::ServerBuilder};
///
/// let mut server = ServerBuilder::new();
/// server.get("/hello/{name}", async |request| {
///     Response::text(Status::OK, format!("hello {}", request.param("name").unwrap_or("you")))
/// })?;
/// let server = server.build()?;
/// # drop(server);
/// # Ok::<(), realtime_server::server::SetupError>(())
/// ```
#[derive(Default)]
pub struct ServerBuilder {
    pub(super) http: HttpConfig,
    pub(super) config: ServerConfig,
    pub(super) clients: ClientLimits,
    pub(super) hosts: Hosts,
    pub(super) cors: CorsConfig,
    pub(super) filter: Option<AnswerFilter>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) router: Router,
    pub(super) guard: Option<Guard>,
    pub(super) tasks: Vec<BoxFuture<'static, ()>>,
    pub(super) stop_hooks: Vec<BoxFuture<'static, ()>>,
    pub(super) registries: Vec<Arc<Registry>>,
    schemas: Schemas,
    pub(super) api: Option<(Api, Arc<OnceLock<Documents>>)>,
    pub(super) streams: Vec<EventStream>,
    pub(super) last: Vec<BoxFuture<'static, ()>>,
}

impl ServerBuilder {
    /// A server without routes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Replaces the limits and time-outs of HTTP.
    pub fn http_config(&mut self, config: HttpConfig) {
        self.http = config;
    }

    /// Replaces the limits of the server as a whole.
    pub fn config(&mut self, config: ServerConfig) {
        self.config = config;
    }

    /// The counters of this server.
    #[must_use]
    pub fn metrics(&self) -> &Arc<Metrics> {
        &self.metrics
    }

    /// Answers GET, and so HEAD, at `pattern`. `{name}` in it takes one segment of the path, `{*name}`
    /// at its end all that is left.
    ///
    /// # Errors
    /// When `pattern` is no route, or is taken.
    pub fn get<F, Fut>(&mut self, pattern: &str, handler: F) -> Result<Route<'_>, SetupError>
    where
        F: Fn(Request) -> Fut + Send + Sync + 'static,
        Fut: Future<Output: Into<Response>> + Send + 'static,
    {
        self.route(Method::Get, pattern, handler)
    }

    /// Answers POST at `pattern`, with a body of at most 64 KiB.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub fn post<F, Fut>(&mut self, pattern: &str, handler: F) -> Result<Route<'_>, SetupError>
    where
        F: Fn(Request) -> Fut + Send + Sync + 'static,
        Fut: Future<Output: Into<Response>> + Send + 'static,
    {
        self.route(Method::Post, pattern, handler)
    }

    /// Answers `method` at `pattern`, with a body of at most 64 KiB.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub fn route<F, Fut>(
        &mut self,
        method: Method,
        pattern: &str,
        handler: F,
    ) -> Result<Route<'_>, SetupError>
    where
        F: Fn(Request) -> Fut + Send + Sync + 'static,
        Fut: Future<Output: Into<Response>> + Send + 'static,
    {
        self.route_with_limit(method, pattern, DEFAULT_BODY_LIMIT, handler)
    }

    /// Answers `method` at `pattern`, with a body of at most `body_limit` bytes, and never more than
    /// [`HttpConfig::max_body_ceiling`].
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub fn route_with_limit<F, Fut>(
        &mut self,
        method: Method,
        pattern: &str,
        body_limit: usize,
        handler: F,
    ) -> Result<Route<'_>, SetupError>
    where
        F: Fn(Request) -> Fut + Send + Sync + 'static,
        Fut: Future<Output: Into<Response>> + Send + 'static,
    {
        let handler: Handler = Arc::new(move |request| {
            let answer = handler(request);
            Box::pin(async move { answer.await.into() })
        });
        self.add(method, pattern, body_limit, handler)
    }

    /// Lets in only whom `guard` does, at every route, stream and hub that is added after this and
    /// has no guard of its own; with `None`, everybody.
    ///
    /// ```
    /// use realtime_server::{
    ///     auth::{Access, Guard},
    ///     http::{Response, Status},
    ///     identity::Identity,
    ///     server::ServerBuilder,
    /// };
    ///
    /// let mut server = ServerBuilder::new();
    /// server.get("/healthz", async |_| Response::text(Status::OK, "ok"))?;
    /// let access = Access::new().with_token("a long and secret text", Identity::user("ann"));
    /// server.guard(Some(Guard::new(access)));
    /// server.get("/whoami", async |request| {
    ///     let user = request.head.identity.as_ref().and_then(|who| who.user.as_deref());
    ///     Response::text(Status::OK, user.unwrap_or_default().to_owned())
    /// })?;
    /// # Ok::<(), realtime_server::server::SetupError>(())
    /// ```
    pub fn guard(&mut self, guard: Option<Guard>) {
        self.guard = guard;
    }

    /// Has every answer go through `filter` before it is sent, whatever made it: a route, a stream,
    /// a hub, or the routing table itself. Only requests that are refused before they are routed,
    /// such as malformed ones, do not get there.
    ///
    /// ```
    /// use realtime_server::{http::HeaderValue, server::ServerBuilder};
    ///
    /// let mut server = ServerBuilder::new();
    /// server.filter_answers(|_, response| {
    ///     response.header("x-frame-options", HeaderValue::from_static("DENY"))
    /// });
    /// # drop(server);
    /// ```
    pub fn filter_answers(
        &mut self,
        filter: impl Fn(&Head, Response) -> Response + Send + Sync + 'static,
    ) {
        self.filter = Some(Arc::new(filter));
    }

    /// Serves `stream` to whoever gets `pattern`.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub fn stream(&mut self, pattern: &str, stream: &EventStream) -> Result<Route<'_>, SetupError> {
        self.host(stream);
        let stream = stream.clone();
        let route = self.add(
            Method::Get,
            pattern,
            DEFAULT_BODY_LIMIT,
            Arc::new(move |request| Box::pin(ready(stream.subscribe(&request)))),
        )?;
        route.endpoint.entrance = Entrance::Stream;
        Ok(route)
    }

    /// Runs the timers of a stream as long as the server runs, and ends its subscriptions when it
    /// stops: for streams that routes of their own subscribe to. A second time does nothing.
    pub fn host(&mut self, stream: impl AsRef<EventStream>) {
        let stream = stream.as_ref();
        if self.streams.iter().any(|known| known.is(stream)) {
            return;
        }
        self.streams.push(stream.clone());
        let stream = stream.clone();
        self.task(async move { stream.run().await });
    }

    /// Serves `hub` at `path`: the negotiation below it, the transports at it. Gives the handle to
    /// its clients.
    ///
    /// # Errors
    /// As [`get`](Self::get), and when two methods of the hub have one name.
    pub fn hub<S: Send + Sync + 'static>(
        &mut self,
        path: &str,
        hub: Hub<S>,
    ) -> Result<Clients, SetupError> {
        let document = hub.document(path, &mut self.schemas)?;
        let origins = hub.own_origins().cloned();
        let guard = hub.guard_of_all().or_else(|| self.guard.clone());
        let core = hub.build(path, Arc::clone(&self.metrics))?;
        let clients = Clients::new(Arc::clone(&core));
        self.registries.push(Arc::clone(&core.registry));
        let endpoint = Arc::new(HubEndpoint::new(core));
        let described = endpoint.describe(document, &mut self.schemas);
        let described = Description::Hub(Box::new(described));
        self.transports(path, endpoint, described, (guard, origins))?;
        Ok(clients)
    }

    /// Runs `task` beside the connections, until it ends or the server has stopped.
    pub fn task(&mut self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.push(Box::pin(task));
    }

    /// Runs `hook` when the server begins to stop, before any connection is ended.
    pub fn on_stop(&mut self, hook: impl Future<Output = ()> + Send + 'static) {
        self.stop_hooks.push(Box::pin(hook));
    }

    /// The server, ready to [`serve`](Server::serve).
    ///
    /// # Errors
    /// When the routes cannot be [documented](Self::document).
    pub fn build(mut self) -> Result<Server, SetupError> {
        for access in self.router.accesses() {
            let metrics = Arc::clone(&self.metrics);
            self.task(async move { access.run(&metrics).await });
        }
        let document = match self.api.take() {
            Some((api, documents)) => {
                let schemas = std::mem::take(&mut self.schemas);
                let document = document(api, &self.router, schemas)?;
                // Nobody else sets it.
                let _ = documents.set(Documents::new(&document));
                Some(document)
            }
            None => None,
        };
        Ok(Server::new(self, document))
    }

    pub(super) fn add(
        &mut self,
        method: Method,
        pattern: &str,
        body_limit: usize,
        handler: Handler,
    ) -> Result<Route<'_>, SetupError> {
        let endpoint = Endpoint {
            method,
            body_limit,
            pace: Pace::Prompt,
            screen: None,
            refuses: false,
            handler,
            description: Description::Plain,
            origins: None,
            negotiates: false,
            entrance: Entrance::Route,
            guard: self.guard.clone(),
        };
        self.add_endpoint(pattern, endpoint)
    }

    pub(super) fn add_endpoint(
        &mut self,
        pattern: &str,
        endpoint: Endpoint,
    ) -> Result<Route<'_>, SetupError> {
        let method = endpoint.method;
        match self.router.add(Pattern::parse(pattern)?, endpoint) {
            Some(endpoint) => Ok(Route {
                endpoint,
                schemas: &mut self.schemas,
            }),
            None => Err(SetupError::DuplicateRoute {
                method,
                pattern: pattern.into(),
            }),
        }
    }
}

impl fmt::Debug for ServerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerBuilder")
            .field("router", &self.router)
            .finish_non_exhaustive()
    }
}
