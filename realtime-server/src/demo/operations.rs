//! The table of long operations, and the routes to start, watch and stop them.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use openapi_emit::{Operation as Described, Parameter, Schema};
use schemars::JsonSchema;
use serde::Serialize;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    input,
    operation::{Operation, Status as OperationStatus},
};
use crate::{
    description::Schemas,
    http::{Problem, Request, Response, Status},
    hub::Broadcaster,
    id,
    server::{ServerBuilder, SetupError},
};

const DEFAULT_SECONDS: u64 = 2;
const MOST_SECONDS: u64 = 3_600;
/// Operations that are remembered; the oldest that have ended make room.
const MOST_KNOWN: usize = 1_000;
/// Operations that have not ended.
const MOST_AT_WORK: usize = 100;

/// All operations that are remembered, the oldest first.
pub(super) struct Operations {
    hub: Broadcaster,
    known: Mutex<VecDeque<Arc<Operation>>>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

/// An operation has begun.
#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "PascalCase")]
#[schemars(rename = "OperationStarted")]
struct Started<'a> {
    success: bool,
    task_id: &'a str,
    message: String,
}

/// Where an operation stands.
#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "PascalCase")]
#[schemars(rename = "OperationRetrieved")]
struct Retrieved<'a> {
    operation_id: &'a str,
    task_id: &'a str,
    #[serde(flatten)]
    status: OperationStatus,
    message: &'static str,
}

/// An operation was stopped.
#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "PascalCase")]
#[schemars(rename = "OperationStopped")]
struct Stopped<'a> {
    success: bool,
    task_id: &'a str,
    #[serde(flatten)]
    status: OperationStatus,
    message: String,
}

pub(super) fn install(
    server: &mut ServerBuilder,
    operations: Arc<Operations>,
) -> Result<(), SetupError> {
    let table = Arc::clone(&operations);
    server
        .post("/api/operation/start", move |request| {
            std::future::ready(table.start(&request))
        })?
        .describe(describe_start);
    let table = Arc::clone(&operations);
    server
        .get("/api/operation/status/{taskId}", move |request| {
            std::future::ready(table.status(&request))
        })?
        .describe(|schemas| {
            about_one("getOperation", schemas)
                .summary("Ask where an operation stands")
                .response(200, schemas.json::<Retrieved>("Where it stands."))
        });
    let table = Arc::clone(&operations);
    server
        .post("/api/operation/stop/{taskId}", move |request| {
            std::future::ready(table.stop(&request))
        })?
        .describe(|schemas| {
            about_one("stopOperation", schemas)
                .summary("Stop an operation")
                .response(200, schemas.json::<Stopped>("It was stopped."))
                .response(409, schemas.problem("It has ended already."))
                .response(413, schemas.problem("The body is larger than 64 KiB."))
        });
    server.on_stop(async move {
        operations.stop.cancel();
        operations.tasks.close();
        operations.tasks.wait().await;
    });
    Ok(())
}

fn describe_start(schemas: &mut Schemas) -> Described {
    let seconds = Schema::integer()
        .with("default", DEFAULT_SECONDS)
        .with("maximum", MOST_SECONDS);
    let seconds = Parameter::query("seconds", seconds)
        .description("How long it takes; the default where it is not positive.");
    Described::new("startOperation")
        .tag("Operations")
        .summary("Start an operation that tells the hub of every second")
        .parameter(seconds)
        .response(200, schemas.json::<Started>("It has begun."))
        .response(
            400,
            schemas.problem("The seconds are no number, or too many."),
        )
        .response(413, schemas.problem("The body is larger than 64 KiB."))
        .response(429, schemas.problem("Too many operations are running."))
}

fn about_one(id: &str, schemas: &mut Schemas) -> Described {
    let task = Parameter::path("taskId", Schema::string())
        .description("What the start of the operation gave.");
    Described::new(id)
        .tag("Operations")
        .parameter(task)
        .response(404, schemas.problem("No operation has this id."))
}

impl Operations {
    pub(super) fn new(hub: Broadcaster) -> Self {
        Self {
            hub,
            known: Mutex::default(),
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
        }
    }

    fn start(&self, request: &Request) -> Result<Response, Problem> {
        let seconds = input::positive(request, "seconds", DEFAULT_SECONDS, MOST_SECONDS)?;
        let operation = Arc::new(Operation::new(id::hex(), seconds, self.stop.child_token()));
        self.remember(&operation)?;
        let (running, hub) = (Arc::clone(&operation), self.hub.clone());
        self.tasks.spawn(async move { running.run(&hub).await });
        let task_id = &operation.id;
        let message = format!("Starting long operation with ID: {task_id}");
        Ok(Response::json(
            Status::OK,
            &Started {
                success: true,
                task_id,
                message,
            },
        ))
    }

    fn status(&self, request: &Request) -> Result<Response, Problem> {
        let operation = self.find(request)?;
        let retrieved = Retrieved {
            operation_id: &operation.id,
            task_id: &operation.id,
            status: operation.status(),
            message: "Operation status retrieved",
        };
        Ok(Response::json(Status::OK, &retrieved))
    }

    fn stop(&self, request: &Request) -> Result<Response, Problem> {
        let operation = self.find(request)?;
        let Some(status) = operation.stop() else {
            return Err(Problem::new(Status::CONFLICT)
                .with_detail("the operation has ended already")
                .with_field("taskId"));
        };
        let message = format!("Stopped operation: {}", operation.id);
        let stopped = Stopped {
            success: true,
            task_id: &operation.id,
            status,
            message,
        };
        Ok(Response::json(Status::OK, &stopped))
    }

    fn find(&self, request: &Request) -> Result<Arc<Operation>, Problem> {
        let id = request.param("taskId").unwrap_or_default();
        let known = self.lock();
        // Ids are compared without case, as in the model.
        let found = known
            .iter()
            .find(|operation| operation.id.eq_ignore_ascii_case(id));
        found.cloned().ok_or_else(|| {
            let message = format!("No task found for operation '{id}'");
            Problem::new(Status::NOT_FOUND)
                .with_detail(message.as_str())
                .with_field("taskId")
                .with_member("taskId", id)
                .with_member("Message", message)
        })
    }

    fn remember(&self, operation: &Arc<Operation>) -> Result<(), Problem> {
        let mut known = self.lock();
        let at_work = known
            .iter()
            .filter(|known| !known.status().state.is_final())
            .count();
        if at_work >= MOST_AT_WORK {
            return Err(Problem::new(Status::TOO_MANY_REQUESTS)
                .with_detail(format!("{MOST_AT_WORK} operations are running already")));
        }
        if known.len() >= MOST_KNOWN
            && let Some(oldest) = known
                .iter()
                .position(|known| known.status().state.is_final())
        {
            known.remove(oldest);
        }
        known.push_back(Arc::clone(operation));
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Arc<Operation>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
