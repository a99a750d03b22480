//! Endpoints that are neither hubs nor streams.

use std::{
    future::{Future, ready},
    sync::Arc,
};

use super::{Route, ServerBuilder, SetupError, route::Description};
use crate::{
    config::{HubConfig, WebSocketConfig},
    endpoint::{Directory, WebSocket, WebSocketEndpoint},
    signalr::{HubEndpoint, RawConnection},
};

impl ServerBuilder {
    /// Serves the files below `directory` at the paths below `prefix`.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub fn directory(&mut self, prefix: &str, directory: Directory) -> Result<(), SetupError> {
        let pattern = format!("{}/{{*path}}", prefix.trim_end_matches('/'));
        self.get(&pattern, move |request| {
            let path = request.param("path").unwrap_or_default().to_owned();
            let directory = directory.clone();
            async move { directory.answer(&request, &path).await }
        })?
        .hide();
        Ok(())
    }

    /// Opens WebSockets at `pattern`, and runs `handler` for each of them.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub fn websocket<F, Fut>(
        &mut self,
        pattern: &str,
        config: WebSocketConfig,
        handler: F,
    ) -> Result<Route<'_>, SetupError>
    where
        F: Fn(WebSocket) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let endpoint = Arc::new(WebSocketEndpoint::new(
            config,
            Arc::clone(&self.metrics),
            move |socket| Box::pin(handler(socket)),
        ));
        let opens = Arc::clone(&endpoint);
        self.registries.push(Arc::clone(endpoint.registry()));
        self.task(async move { endpoint.run().await });
        self.get(pattern, move |request| ready(opens.connect(request)))
    }

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
        let endpoint = HubEndpoint::raw(config, metrics, move |client| Box::pin(handler(client)));
        self.transports(path, Arc::new(endpoint), Description::Hidden)
    }
}
