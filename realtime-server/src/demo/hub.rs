//! The hub `/hubs/kestrun`.

use std::sync::Arc;

use tracing::{debug, info};

use super::{Settings, groups::GroupMessage, schedule::AdminUpdate};
use crate::{
    auth::{Access, Guard, Verb},
    config::HubConfig,
    endpoint::HubApi,
    hub::{Broadcaster, Caller, Clients, GroupError, Hub, HubError},
    server::{ServerBuilder, SetupError},
};

struct Kestrun;

/// The name of the hub in rules, and where a backend drives it.
const NAME: &str = "kestrun";

/// Adds the hub, and `/api/hubs/kestrun` for those who may drive it.
pub(super) fn install(
    server: &mut ServerBuilder,
    settings: &Settings,
) -> Result<Clients, SetupError> {
    let hub = Hub::new(Kestrun)
        .about("KestrunHub", "Logs, events, groups and operations, live")
        .method(
            "JoinGroup",
            async |_, caller: Caller, (group,): (String,)| {
                caller.join(&group).await.map_err(|error| match error {
                    GroupError::Forbidden => error.into(),
                    error => HubError::new(error.to_string()),
                })?;
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
    let hub = restricted(Broadcaster::describe(hub), settings);
    let clients = server.hub("/hubs/kestrun", hub)?;
    let api = HubApi::new(
        Arc::clone(&settings.publishers),
        Arc::clone(server.metrics()),
    )
    .with_hub(NAME, &clients)
    .restrict(settings.sends(Verb::Drive, NAME));
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

/// The hub for those whom the settings let in.
fn restricted<S: Send + Sync + 'static>(mut hub: Hub<S>, settings: &Settings) -> Hub<S> {
    hub = hub.config(HubConfig {
        // As event streams do; the client comes back with a newer token.
        close_on_expiration: settings.guard.is_some(),
        ..HubConfig::default()
    });
    let mut guard = settings.guard.clone();
    if let Some(policy) = settings.rules.policy(Verb::Connect, NAME) {
        let anybody = || Guard::new(Access::new()).or_anybody();
        guard = Some(guard.unwrap_or_else(anybody).policy(policy));
    }
    if let Some(guard) = guard {
        hub = hub.guard(&guard);
    }
    if let Some(policy) = settings.rules.policy(Verb::Invoke, NAME) {
        hub = hub.may_invoke(policy);
    }
    if let Some(policy) = settings.rules.policy(Verb::Join, NAME) {
        hub = hub.may_join(policy);
    }
    hub
}
