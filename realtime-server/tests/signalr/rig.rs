//! A hub with a method for each thing that can happen, and a view of what happens to it.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use realtime_server::{
    config::HubConfig,
    hub::{Caller, Clients, Disconnect, Hub, HubError},
    metrics::Metrics,
    server::ServerBuilder,
};
use serde_json::Value;
use tokio::sync::{
    Notify,
    mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
};

use crate::support::{client::Client, hub::HubClient, running::Running, soon};

pub(crate) const HUB: &str = "/hub";

pub(crate) struct Rig {
    pub(crate) running: Running,
    pub(crate) clients: Clients,
    hall: Arc<Hall>,
    started: UnboundedReceiver<String>,
    left: UnboundedReceiver<Disconnect>,
}

/// The state of the hub.
pub(crate) struct Hall {
    starts: UnboundedSender<String>,
    leaves: UnboundedSender<Disconnect>,
    gates: Mutex<HashMap<String, Arc<Notify>>>,
}

impl Hall {
    /// Reports that something has started.
    pub(crate) fn start(&self, what: &str) {
        // A test that does not look has dropped its end.
        let _ = self.starts.send(what.to_owned());
    }

    fn gate(&self, name: &str) -> Arc<Notify> {
        let mut gates = self.gates.lock().unwrap();
        Arc::clone(gates.entry(name.to_owned()).or_default())
    }

    /// Reports its start and waits to be released.
    pub(crate) async fn wait(&self, name: &str) {
        self.start(name);
        self.gate(name).notified().await;
    }
}

impl Rig {
    pub(crate) async fn new() -> Self {
        Self::configured(|_| {}).await
    }

    pub(crate) async fn configured(change: impl FnOnce(&mut HubConfig)) -> Self {
        Self::with(change, |hub| hub).await
    }

    pub(crate) async fn with(
        change: impl FnOnce(&mut HubConfig),
        extend: impl FnOnce(Hub<Hall>) -> Hub<Hall>,
    ) -> Self {
        let mut config = HubConfig::default();
        change(&mut config);
        let (starts, started) = unbounded_channel();
        let (leaves, left) = unbounded_channel();
        let hall = Arc::new(Hall {
            starts,
            leaves,
            gates: Mutex::default(),
        });
        let hub = extend(hub(Arc::clone(&hall))).config(config);
        let mut server = ServerBuilder::new();
        let clients = server.hub(HUB, hub).unwrap();
        Self {
            running: Running::start(server).await,
            clients,
            hall,
            started,
            left,
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.running.address
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.running.metrics
    }

    /// A connection after its handshake.
    pub(crate) async fn open(&self) -> HubClient {
        HubClient::open(self.address(), HUB).await
    }

    /// A WebSocket before the handshake.
    pub(crate) async fn connect(&self) -> HubClient {
        HubClient::connect(Client::connect(self.address()).await, HUB).await
    }

    /// What has started next.
    pub(crate) async fn started(&mut self) -> String {
        soon(self.started.recv()).await.unwrap()
    }

    /// Whether something has started that nobody has asked for.
    pub(crate) fn has_started_more(&mut self) -> bool {
        self.started.try_recv().is_ok()
    }

    /// Lets the method `Wait` with this name go on.
    pub(crate) fn release(&self, name: &str) {
        self.hall.gate(name).notify_one();
    }

    /// Why the next connection ended, as the hub was told.
    pub(crate) async fn left(&mut self) -> Disconnect {
        soon(self.left.recv()).await.unwrap()
    }

    /// Whether a connection ended that nobody has asked for.
    pub(crate) fn has_left_more(&mut self) -> bool {
        self.left.try_recv().is_ok()
    }
}

fn hub(hall: Arc<Hall>) -> Hub<Hall> {
    let hub = Hub::new(hall)
        .on_disconnected(async |hall: Arc<Hall>, _, reason| {
            let _ = hall.leaves.send(reason);
        })
        .method("Wait", async |hall: Arc<Hall>, _, (name,): (String,)| {
            hall.wait(&name).await;
            Ok(name)
        })
        .method("UntilEnd", async |hall: Arc<Hall>, caller: Caller, ()| {
            hall.start("UntilEnd");
            caller.ended().await;
            hall.start("ended");
            Ok(())
        });
    groups(answers(hub))
}

fn answers(hub: Hub<Hall>) -> Hub<Hall> {
    hub.method("Add", async |_, _, (a, b): (i64, i64)| Ok(a + b))
        .method("Nothing", async |_, _, ()| Ok(()))
        .method("Mirror", async |_, _, (value,): (Value,)| Ok(value))
        .method("Length", async |_, _, (text,): (String,)| Ok(text.len()))
        .method("Id", async |_, caller: Caller, ()| {
            Ok(caller.connection_id().to_owned())
        })
        .method("Fail", async |_, _, (text,): (String,)| {
            Err::<(), _>(HubError::new(text))
        })
        .method("Break", async |_, _, ()| Ok("x".parse::<u8>()?))
        .method("Panic", async |_, _, ()| {
            Ok("x".parse::<u8>().expect("a bug of the hub"))
        })
        .method("Cut", async |_, caller: Caller, ()| {
            caller.cut();
            Ok(())
        })
        .method("Abort", async |_, caller: Caller, ()| {
            caller.itself().send("Last", ("words",)).await?;
            caller.abort();
            Ok(())
        })
}

fn groups(hub: Hub<Hall>) -> Hub<Hall> {
    hub.method("Join", async |_, caller: Caller, (group,): (String,)| {
        let joined = caller.join(&group).await;
        joined.map_err(|error| HubError::new(error.to_string()))
    })
    .method("Leave", async |_, caller: Caller, (group,): (String,)| {
        caller.leave(&group).await;
        Ok(())
    })
    .method(
        "TellOthers",
        async |_, caller: Caller, (text,): (String,)| {
            Ok(caller.others().send("Told", (text,)).await?)
        },
    )
    .method(
        "TellOthersIn",
        async |_, caller: Caller, (group, text): (String, String)| {
            Ok(caller.others_in_group(&group).send("Told", (text,)).await?)
        },
    )
}
