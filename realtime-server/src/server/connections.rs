//! What clients of SignalR connect to: a negotiation, and the transports.

use std::{
    future::{Future, ready},
    sync::Arc,
};

use super::{
    ServerBuilder, SetupError, builder::DEFAULT_BODY_LIMIT, gate::Entrance, route::Description,
    router::Endpoint,
};
use crate::{
    auth::Guard,
    config::{HubConfig, Origins},
    http::{Handler, Method, Pace},
    signalr::{HubEndpoint, RawConnection},
};

/// The methods that a hub answers itself, if only with a refusal.
const ANY_METHOD: [Method; 5] = [
    Method::Get,
    Method::Post,
    Method::Delete,
    Method::Put,
    Method::Patch,
];

impl ServerBuilder {
    /// Runs `handler` for each connection that a client opens at `path` with the negotiation and the
    /// transports of SignalR, without a hub protocol on top: bytes both ways, as
    /// `MapConnectionHandler` of ASP.NET Core has it. Of `config` the times, sizes and transports
    /// count. Documents do not tell of it.
    ///
    /// ```
    /// use realtime_server::{config::HubConfig, server::ServerBuilder, signalr::{RawConnection, TransferFormat}};
    ///
    /// let mut server = ServerBuilder::new();
    /// server.raw_connections("/echo", HubConfig::default(), async |mut client: RawConnection| {
    ///     while let Some(bytes) = client.receive().await {
    ///         if client.send(TransferFormat::Text, bytes).await.is_err() {
    ///             return;
    ///         }
    ///     }
    /// })?;
    /// # Ok::<(), realtime_server::server::SetupError>(())
    /// ```
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub fn raw_connections<F, Fut>(
        &mut self,
        path: &str,
        config: HubConfig,
        handler: F,
    ) -> Result<(), SetupError>
    where
        F: Fn(RawConnection) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let metrics = Arc::clone(&self.metrics);
        let endpoint = HubEndpoint::raw(&config, metrics, move |client| Box::pin(handler(client)));
        let guard = self.guard.clone();
        self.transports(path, Arc::new(endpoint), Description::Hidden, (guard, None))
    }

    /// Adds the routes of a hub or of raw connections, and what runs beside them, for whom
    /// the guard lets in and pages of these origins.
    pub(super) fn transports(
        &mut self,
        path: &str,
        endpoint: Arc<HubEndpoint>,
        described: Description,
        (guard, origins): (Option<Guard>, Option<Origins>),
    ) -> Result<(), SetupError> {
        let negotiate = format!("{}/negotiate", path.trim_end_matches('/'));
        let mut described = Some(described);
        for method in ANY_METHOD {
            let answers = Arc::clone(&endpoint);
            let route = self.route(method, &negotiate, move |request| {
                ready(answers.negotiate(&request))
            })?;
            route.endpoint.description = Description::PartOfHub;
            route.endpoint.entrance = Entrance::Hub;
            route.endpoint.negotiates = method == Method::Post;
            route.endpoint.origins.clone_from(&origins);
            route.endpoint.guard.clone_from(&guard);
            route.endpoint.refuses = method != Method::Post;
            route.endpoint.screen = Some(Arc::new(HubEndpoint::screen_negotiation));
            let answers = Arc::clone(&endpoint);
            let handler: Handler = Arc::new(move |request| {
                let answers = Arc::clone(&answers);
                Box::pin(async move { answers.answer(&request).await })
            });
            let described = described.take_if(|_| method == Method::Get);
            let description = described.unwrap_or(Description::PartOfHub);
            let screens = Arc::clone(&endpoint);
            let endpoint = Endpoint {
                method,
                body_limit: match method {
                    Method::Post => endpoint.config().max_post,
                    _ => DEFAULT_BODY_LIMIT,
                },
                screen: Some(Arc::new(move |head| screens.screen(head))),
                refuses: matches!(method, Method::Put | Method::Patch),
                // Polls wait for messages, and POSTs for a hub that is behind.
                pace: Pace::Held,
                handler,
                description,
                entrance: Entrance::Hub,
                guard: guard.clone(),
                origins: origins.clone(),
                negotiates: false,
            };
            self.add_endpoint(path, endpoint)?;
        }
        let stopping = Arc::clone(&endpoint);
        self.on_stop(async move { stopping.stop() });
        let ending = Arc::clone(&endpoint);
        self.last
            .push(Box::pin(async move { ending.ended().await }));
        self.task(async move { endpoint.run().await });
        Ok(())
    }
}
