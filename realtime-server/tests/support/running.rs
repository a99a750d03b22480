//! A running server.

use std::{net::SocketAddr, sync::Arc};

use realtime_server::{metrics::Metrics, server::ServerBuilder};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

use super::soon;

/// A server that runs until it is asked to stop, or dropped.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) metrics: Arc<Metrics>,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<()>,
}

impl Running {
    pub(crate) async fn start(server: ServerBuilder) -> Self {
        let metrics = Arc::clone(server.metrics());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(server.build().unwrap().serve(listener, async move {
            // A dropped sender stops it, too.
            let _ = stopped.await;
        }));
        Self {
            address,
            metrics,
            stop: Some(stop),
            serving,
        }
    }

    pub(crate) fn ask_to_stop(&mut self) {
        drop(self.stop.take());
    }

    /// Waits until the server has returned.
    pub(crate) async fn stopped(self) {
        drop(self.stop);
        soon(self.serving).await.unwrap();
    }
}
