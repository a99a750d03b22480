use std::{fmt, future::Future, sync::Arc};

use futures_util::future::BoxFuture;

use super::{
    Server, SetupError,
    pattern::Pattern,
    router::{Endpoint, Router},
};
use crate::{
    config::{HttpConfig, ServerConfig},
    endpoint::EventStream,
    fanout::Registry,
    http::{Handler, Method, Pace, Request, Response},
    hub::{Clients, Hub},
    metrics::Metrics,
    signalr::HubEndpoint,
};

/// The largest body of a route that does not say otherwise.
const DEFAULT_BODY_LIMIT: usize = 64 * 1024;

/// A server in the making: routes, streams, hubs, and what runs beside them.
///
/// ```
/// use realtime_server::{http::{Response, Status}, server::ServerBuilder};
///
/// let mut server = ServerBuilder::new();
/// server.get("/hello/{name}", async |request| {
///     Response::text(Status::OK, format!("hello {}", request.param("name").unwrap_or("you")))
/// })?;
/// let server = server.build();
/// # drop(server);
/// # Ok::<(), realtime_server::server::SetupError>(())
/// ```
#[derive(Default)]
pub struct ServerBuilder {
    pub(super) http: HttpConfig,
    pub(super) config: ServerConfig,
    pub(super) metrics: Arc<Metrics>,
    pub(super) router: Router,
    pub(super) tasks: Vec<BoxFuture<'static, ()>>,
    pub(super) stop_hooks: Vec<BoxFuture<'static, ()>>,
    pub(super) registries: Vec<Arc<Registry>>,
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

    /// Answers GET, and so HEAD, at `pattern`. `{name}` in it takes one segment of the path.
    ///
    /// # Errors
    /// When `pattern` is no route, or is taken.
    pub fn get<F, Fut>(&mut self, pattern: &str, handler: F) -> Result<(), SetupError>
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
    pub fn post<F, Fut>(&mut self, pattern: &str, handler: F) -> Result<(), SetupError>
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
    ) -> Result<(), SetupError>
    where
        F: Fn(Request) -> Fut + Send + Sync + 'static,
        Fut: Future<Output: Into<Response>> + Send + 'static,
    {
        let handler: Handler = Arc::new(move |request| {
            let answer = handler(request);
            Box::pin(async move { answer.await.into() })
        });
        self.add(method, pattern, handler)
    }

    /// Serves `stream` to whoever gets `pattern`.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub fn stream(&mut self, pattern: &str, stream: &EventStream) -> Result<(), SetupError> {
        let subscribed = stream.clone();
        self.add(
            Method::Get,
            pattern,
            Arc::new(move |request| Box::pin(std::future::ready(subscribed.subscribe(&request)))),
        )?;
        self.registries.push(Arc::clone(stream.registry()));
        let stream = stream.clone();
        self.task(async move { stream.keep_alive().await });
        Ok(())
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
        let core = hub.build(Arc::clone(&self.metrics))?;
        let clients = Clients::new(Arc::clone(&core));
        self.registries.push(Arc::clone(&core.registry));
        let endpoint = Arc::new(HubEndpoint::new(core));
        let negotiate = format!("{}/negotiate", path.trim_end_matches('/'));
        let answers = Arc::clone(&endpoint);
        self.post(&negotiate, move |request| {
            std::future::ready(answers.negotiate(&request))
        })?;
        let connects = Arc::clone(&endpoint);
        self.get(path, move |request| {
            std::future::ready(connects.connect(&request))
        })?;
        self.task(async move { endpoint.run().await });
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
    #[must_use]
    pub fn build(self) -> Server {
        Server::new(self)
    }

    fn add(&mut self, method: Method, pattern: &str, handler: Handler) -> Result<(), SetupError> {
        let endpoint = Endpoint {
            method,
            body_limit: DEFAULT_BODY_LIMIT,
            pace: Pace::Prompt,
            handler,
        };
        if self.router.add(Pattern::parse(pattern)?, endpoint) {
            Ok(())
        } else {
            Err(SetupError::DuplicateRoute {
                method,
                pattern: pattern.into(),
            })
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
