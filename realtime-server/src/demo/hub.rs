//! The hub `/hubs/kestrun`.

use std::sync::Arc;

use tracing::{debug, info};

use super::{groups::GroupMessage, schedule::AdminUpdate};
use crate::{
    endpoint::{Access, HubApi},
    hub::{Broadcaster, Caller, Clients, Hub, HubError},
    server::{ServerBuilder, SetupError},
};

struct Kestrun;

/// Adds the hub, and `/api/hubs/kestrun` for those who may `drive` it.
pub(super) fn install(server: &mut ServerBuilder, drive: Access) -> Result<Clients, SetupError> {
    let hub = Hub::new(Kestrun)
        .about("KestrunHub", "Logs, events, groups and operations, live")
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
        .describe::<(String,), ()>("Puts the connection into a group.", ["groupName"])
        .method(
            "LeaveGroup",
            async |_, caller: Caller, (group,): (String,)| {
                caller.leave(&group).await;
                Ok(caller.itself().send("GroupLeft", (group,)).await?)
            },
        )
        .describe::<(String,), ()>("Takes the connection out of a group.", ["groupName"])
        .method("Echo", async |_, caller: Caller, (message,): (String,)| {
            Ok(caller.itself().send("ReceiveEcho", (message,)).await?)
        })
        .describe::<(String,), ()>("Sends a text back to the caller.", ["message"])
        .client_method::<(String,)>("GroupJoined", "You are in the group.", ["groupName"])
        .client_method::<(String,)>("GroupLeft", "You are out of the group.", ["groupName"])
        .client_method::<(String,)>("ReceiveEcho", "What you sent to `Echo`.", ["message"])
        .client_method::<(GroupMessage,)>(
            "ReceiveGroupMessage",
            "A message to a group that you are in.",
            ["message"],
        )
        .client_method::<(AdminUpdate,)>(
            "ReceiveAdminUpdate",
            "How the server is, once a minute; for the group `Admins`.",
            ["update"],
        )
        .client_method::<(String,)>(
            "serverShutdown",
            "The server is about to stop.",
            ["message"],
        )
        .on_connected(async |_, caller: Caller| {
            info!(connection = caller.connection_id(), "connected to the hub");
            Ok(())
        })
        .on_disconnected(async |_, caller: Caller, reason| {
            info!(connection = caller.connection_id(), %reason, "left the hub");
        });
    let clients = server.hub("/hubs/kestrun", Broadcaster::describe(hub))?;
    let api = HubApi::new(drive, Arc::clone(server.metrics())).with_hub("kestrun", &clients);
    server.hub_api("/api/hubs", &api)?;
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
