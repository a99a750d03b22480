//! The hub `/hubs/kestrun`.

use tracing::{debug, info};

use crate::{
    hub::{Caller, Clients, Hub, HubError},
    server::{ServerBuilder, SetupError},
};

struct Kestrun;

pub(super) fn install(server: &mut ServerBuilder) -> Result<Clients, SetupError> {
    let hub = Hub::new(Kestrun)
        .method(
            "JoinGroup",
            async |_, caller: Caller, (group,): (String,)| {
                caller
                    .join(&group)
                    .await
                    .map_err(|error| HubError::new(error.to_string()))?;
                Ok(caller.itself().send("GroupJoined", (group,)).await?)
            },
        )
        .method(
            "LeaveGroup",
            async |_, caller: Caller, (group,): (String,)| {
                caller.leave(&group).await;
                Ok(caller.itself().send("GroupLeft", (group,)).await?)
            },
        )
        .method("Echo", async |_, caller: Caller, (message,): (String,)| {
            Ok(caller.itself().send("ReceiveEcho", (message,)).await?)
        })
        .on_connected(async |_, caller: Caller| {
            info!(connection = caller.connection_id(), "connected to the hub");
            Ok(())
        })
        .on_disconnected(async |_, caller: Caller, reason| {
            info!(connection = caller.connection_id(), %reason, "left the hub");
        });
    let clients = server.hub("/hubs/kestrun", hub)?;
    let told = clients.clone();
    server.on_stop(async move {
        if let Err(error) = told
            .all()
            .send("serverShutdown", ("Server stopping",))
            .await
        {
            debug!(%error, "clients cannot be told of the stop");
        }
    });
    Ok(clients)
}
