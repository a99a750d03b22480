use std::{fmt, future::Future, sync::Arc};

use futures_util::future::{BoxFuture, join_all};
use openapi_emit::Document;
use tokio::{
    net::TcpListener,
    sync::Semaphore,
    task::JoinSet,
    time::{self, Instant},
};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use super::{
    Listener, ServerBuilder, accept_error,
    admission::Admission,
    cors::Cors,
    door::Door,
    farewell::Farewells,
    front::{AnswerFilter, Front, Rules},
    listener::Listeners,
    router::Router,
};
use crate::{
    config::{CorsConfig, Hosts, HttpConfig, ServerConfig},
    endpoint::EventStream,
    fanout::{End, Registry},
    http::{self, BodyRoom, Serving},
    metrics::Metrics,
};

/// A server that is set up.
pub struct Server {
    http: Arc<HttpConfig>,
    config: ServerConfig,
    metrics: Arc<Metrics>,
    router: Arc<Router>,
    admission: Arc<Admission>,
    hosts: Hosts,
    cors: CorsConfig,
    filter: Option<AnswerFilter>,
    tasks: Vec<BoxFuture<'static, ()>>,
    stop_hooks: Vec<BoxFuture<'static, ()>>,
    registries: Vec<Arc<Registry>>,
    document: Option<Document>,
    streams: Vec<EventStream>,
    /// What is waited for after the last socket.
    last: Vec<BoxFuture<'static, ()>>,
}

impl Server {
    pub(super) fn new(builder: ServerBuilder, document: Option<Document>) -> Self {
        let admission = Admission::new(
            builder.clients,
            &builder.http,
            builder.config,
            Arc::clone(&builder.metrics),
        );
        Self {
            http: Arc::new(builder.http),
            config: builder.config,
            metrics: builder.metrics,
            router: Arc::new(builder.router),
            admission: Arc::new(admission),
            hosts: builder.hosts,
            cors: builder.cors,
            filter: builder.filter,
            tasks: builder.tasks,
            stop_hooks: builder.stop_hooks,
            registries: builder.registries,
            document,
            streams: builder.streams,
            last: builder.last,
        }
    }

    /// The document about its routes, where it is [served](ServerBuilder::document).
    #[must_use]
    pub fn document(&self) -> Option<&Document> {
        self.document.as_ref()
    }

    /// Every route: its method, and its path with the names of its parameters.
    pub fn routes(&self) -> impl Iterator<Item = (http::Method, &str)> {
        self.router.routes()
    }

    /// Serves `listener` until `stop` is ready, in clear text, as [`serve_all`](Self::serve_all).
    pub async fn serve(self, listener: TcpListener, stop: impl Future<Output = ()>) {
        self.serve_all(vec![Listener::plain(listener)], stop).await;
    }

    /// Serves `listeners` until `stop` is ready; then ends all connections in an orderly way and
    /// returns when they are gone, or when [`ServerConfig::drain_timeout`] has passed.
    pub async fn serve_all(self, listeners: Vec<Listener>, stop: impl Future<Output = ()>) {
        let drain = CancellationToken::new();
        let mut listeners = Listeners::new(listeners);
        let mut beside: JoinSet<()> = self.tasks.into_iter().collect();
        for tls in listeners.watches() {
            beside.spawn(tls.watch());
        }
        let mut connections = JoinSet::new();
        let mut stop = std::pin::pin!(stop);
        let rules = Rules {
            admission: Arc::clone(&self.admission),
            hosts: self.hosts,
            loopback: listeners.are_local(),
            cors: Cors::new(self.cors),
            hsts: self.config.hsts,
            filter: self.filter,
            metrics: Arc::clone(&self.metrics),
        };
        let serving = Serving {
            service: Arc::new(Front::new(self.router, rules)),
            config: self.http,
            metrics: Arc::clone(&self.metrics),
            bodies: BodyRoom::new(self.config.max_body_memory),
            drain: drain.clone(),
        };
        let door = Door {
            admission: self.admission,
            farewells: Arc::new(Farewells::new()),
            serving,
            permits: Arc::new(Semaphore::new(self.config.max_connections)),
        };
        loop {
            tokio::select! {
                () = &mut stop => break,
                accepted = listeners.accept() => match accepted {
                    Ok(accepted) => door.enter(accepted, &mut connections),
                    Err(error) => {
                        self.metrics.accepts_failed.incr();
                        accept_error::rest(&error, self.config.accept_pause).await;
                    }
                },
                Some(ended) = connections.join_next() => report(ended),
                Some(ended) = beside.join_next() => report(ended),
            }
        }
        drop(listeners);
        info!(connections = connections.len(), "stopping");
        let deadline = Instant::now() + self.config.drain_timeout;
        if time::timeout_at(deadline, join_all(self.stop_hooks))
            .await
            .is_err()
        {
            warn!("a stop hook took too long");
        }
        self.registries
            .iter()
            .for_each(|registry| registry.close(End::Shutdown));
        // Streams last until their own end, so that their clients are told when to come back.
        let spread = self.config.drain_timeout / 4 * 3;
        let ends = self.streams.iter().map(|stream| stream.stop(spread));
        if time::timeout_at(deadline, join_all(ends)).await.is_err() {
            warn!("event streams took too long to end");
        }
        drain.cancel();
        let drained = time::timeout_at(deadline, async {
            while let Some(ended) = connections.join_next().await {
                report(ended);
            }
            join_all(self.last).await;
        });
        if drained.await.is_err() {
            warn!(
                connections = connections.len(),
                "connections cut at the end of the drain time"
            );
        }
        connections.shutdown().await;
        beside.shutdown().await;
        info!("stopped");
    }
}

fn report(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended
        && error.is_panic()
    {
        error!(%error, "a task panicked");
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}
