//! Routes about the groups of the hub.

use openapi_emit::{Operation, Parameter, Schema};
use schemars::JsonSchema;
use serde::Serialize;

use super::input::{self, unsent};
use crate::{
    clock,
    description::Schemas,
    http::{Problem, Request, Response, Status},
    hub::Broadcaster,
    server::{ServerBuilder, SetupError},
};

/// As long as the names that the hub lets its connections join.
const MOST_NAME: usize = 256;

/// What was done with a group.
#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "PascalCase")]
#[schemars(rename = "GroupResult")]
struct Done<'a> {
    success: bool,
    message: String,
    group_name: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Wish<'a> {
    group_name: &'a str,
    message: String,
    timestamp: String,
}

/// A message to a group.
#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GroupMessage {
    message: String,
    #[schemars(extend("format" = "date-time"))]
    timestamp: String,
    sender: &'static str,
}

/// A change of membership. A route knows no connection, so it asks the clients: those that want it
/// invoke the hub method of that name.
#[derive(Clone, Copy)]
enum Change {
    Join,
    Leave,
}

pub(super) fn install(
    server: &mut ServerBuilder,
    broadcaster: &Broadcaster,
) -> Result<(), SetupError> {
    for change in [Change::Join, Change::Leave] {
        let hub = broadcaster.clone();
        server
            .post(change.route(), move |request| {
                let hub = hub.clone();
                async move { ask(&hub, &request, change).await }
            })?
            .describe(|schemas| {
                let (id, summary) = match change {
                    Change::Join => ("askToJoin", "Ask all clients to join a group"),
                    Change::Leave => ("askToLeave", "Ask all clients to leave a group"),
                };
                describe(Operation::new(id).summary(summary), schemas)
            });
    }
    let hub = broadcaster.clone();
    server
        .post("/api/group/broadcast/{groupName}", move |request| {
            let hub = hub.clone();
            async move { broadcast(&hub, &request).await }
        })?
        .describe(|schemas| {
            let operation = Operation::new("broadcastToGroup");
            describe(operation.summary("Send a message to a group"), schemas)
        });
    Ok(())
}

fn describe(operation: Operation, schemas: &mut Schemas) -> Operation {
    let name = Schema::string()
        .with("minLength", 1)
        .with("maxLength", MOST_NAME as u64);
    let name = Parameter::path("groupName", name)
        .description(&format!("At most {MOST_NAME} bytes."))
        .example("Admins");
    operation
        .tag("Groups")
        .parameter(name)
        .response(200, schemas.json::<Done>("It was sent."))
        .response(400, schemas.problem("The name is too long."))
        .response(413, schemas.problem("The body is larger than 64 KiB."))
}

async fn ask(hub: &Broadcaster, request: &Request, change: Change) -> Result<Response, Problem> {
    let group_name = input::name(request, "groupName", MOST_NAME)?;
    let (event, verb) = match change {
        Change::Join => ("GroupJoinRequest", "join"),
        Change::Leave => ("GroupLeaveRequest", "leave"),
    };
    let message = format!("Request to {verb} group: {group_name}");
    let wish = Wish {
        group_name,
        message,
        timestamp: clock::timestamp(),
    };
    hub.event(event, wish).await.map_err(unsent)?;
    let message = match change {
        Change::Join => format!("Join request sent for group: {group_name}"),
        Change::Leave => format!("Leave request sent for group: {group_name}"),
    };
    Ok(Response::json(
        Status::OK,
        &Done {
            success: true,
            message,
            group_name,
        },
    ))
}

async fn broadcast(hub: &Broadcaster, request: &Request) -> Result<Response, Problem> {
    let group_name = input::name(request, "groupName", MOST_NAME)?;
    let message = GroupMessage {
        message: format!("Hello from PowerShell to group: {group_name}"),
        timestamp: clock::timestamp(),
        sender: "PowerShell Route",
    };
    hub.to_group(group_name, "ReceiveGroupMessage", message)
        .await
        .map_err(unsent)?;
    let message = format!("Broadcasted message to group: {group_name}");
    Ok(Response::json(
        Status::OK,
        &Done {
            success: true,
            message,
            group_name,
        },
    ))
}

impl Change {
    fn route(self) -> &'static str {
        match self {
            Self::Join => "/api/group/join/{groupName}",
            Self::Leave => "/api/group/leave/{groupName}",
        }
    }
}
