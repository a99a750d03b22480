//! A server with one hub at `/hub` on a free port.

use std::{net::SocketAddr, sync::Arc};

use realtime_server::{
    config::HubConfig,
    hub::{Clients, Hub},
    metrics::Metrics,
    server::ServerBuilder,
};
use tokio::{net::TcpListener, sync::Notify};

use crate::client::Client;

pub(crate) struct Rig {
    pub(crate) address: SocketAddr,
    pub(crate) clients: Clients,
    pub(crate) metrics: Arc<Metrics>,
}

impl Rig {
    pub(crate) async fn new<S: Send + Sync + 'static>(hub: Hub<S>) -> Self {
        Self::with(hub, |_, _| {}).await
    }

    /// A server that `more` adds to.
    pub(crate) async fn with<S: Send + Sync + 'static>(
        hub: Hub<S>,
        more: impl FnOnce(&mut ServerBuilder, &Clients),
    ) -> Self {
        let mut server = ServerBuilder::new();
        let metrics = Arc::clone(server.metrics());
        let clients = server.hub("/hub", hub).unwrap();
        more(&mut server, &clients);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(
            server
                .build()
                .unwrap()
                .serve(listener, std::future::pending()),
        );
        Self {
            address,
            clients,
            metrics,
        }
    }

    pub(crate) async fn client(&self) -> Client {
        Client::connect(self.address).await
    }
}

/// The defaults, with detailed errors and what `change` does to them.
pub(crate) fn config(change: impl FnOnce(&mut HubConfig)) -> HubConfig {
    let mut config = HubConfig::default();
    config.detailed_errors = true;
    change(&mut config);
    config
}

/// A gate that a test opens once for all who wait at it, now or later.
#[derive(Clone, Default)]
pub(crate) struct Gate(Arc<(Notify, std::sync::atomic::AtomicBool)>);

impl Gate {
    pub(crate) fn open(&self) {
        self.0.1.store(true, std::sync::atomic::Ordering::SeqCst);
        self.0.0.notify_waiters();
    }

    pub(crate) async fn passed(&self) {
        loop {
            let notified = self.0.0.notified();
            if self.0.1.load(std::sync::atomic::Ordering::SeqCst) {
                return;
            }
            notified.await;
        }
    }
}
