//! Endpoints that are neither hubs nor streams.

use std::{
    future::{Future, ready},
    sync::Arc,
};

use super::{Route, ServerBuilder, SetupError, gate::Entrance};
use crate::{
    config::WebSocketConfig,
    endpoint::{Directory, WebSocket, WebSocketEndpoint},
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

    /// Opens WebSockets at `pattern`, and runs `handler` for each of them. One that was opened with a
    /// token ends with it, by close code 1008.
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
        let origins = config.origins.clone();
        let endpoint = Arc::new(WebSocketEndpoint::new(
            config,
            Arc::clone(&self.metrics),
            move |socket| Box::pin(handler(socket)),
        ));
        let opens = Arc::clone(&endpoint);
        self.registries.push(Arc::clone(endpoint.registry()));
        self.task(async move { endpoint.run().await });
        let route = self.get(pattern, move |request| ready(opens.connect(request)))?;
        route.endpoint.origins = origins;
        route.endpoint.entrance = Entrance::Stream;
        Ok(route)
    }
}
