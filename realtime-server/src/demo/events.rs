//! Routes that log to the hub and send it an event.

use std::hash::{BuildHasher, RandomState};

use jiff::Timestamp;
use openapi_emit::{MediaType, Operation, Parameter, Response as Described, Schema, Value};
use serde::Serialize;
use tracing::{debug, error, info, trace, warn};

use super::input::{bad, unsent};
use crate::{
    clock,
    http::{Problem, Request, Response, Status},
    hub::Broadcaster,
    server::{ServerBuilder, SetupError},
};

/// The levels of both of the model's samples; the outer names mean the same two by two.
const LEVELS: [&str; 8] = [
    "Verbose",
    "Trace",
    "Debug",
    "Information",
    "Warning",
    "Error",
    "Fatal",
    "Critical",
];

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Custom {
    message: &'static str,
    timestamp: String,
    random: u64,
}

pub(super) fn install(
    server: &mut ServerBuilder,
    broadcaster: &Broadcaster,
) -> Result<(), SetupError> {
    let logs = broadcaster.clone();
    server
        .get("/api/ps/log/{level}", move |request| {
            let logs = logs.clone();
            async move { log(&logs, &request).await }
        })?
        .describe(|schemas| {
            let level = Schema::string().with("enum", Value::array(LEVELS));
            Operation::new("sendLog")
                .tag("Messages")
                .summary("Write a line to the log, and to all of the hub")
                .parameter(Parameter::path("level", level).description("How grave it is."))
                .response(200, sent())
                .response(400, schemas.problem("There is no such level."))
        });
    let events = broadcaster.clone();
    server
        .get("/api/ps/event", move |_| {
            let events = events.clone();
            async move { event(&events).await }
        })?
        .describe(|_| {
            Operation::new("sendEvent")
                .tag("Messages")
                .summary("Send an event to all of the hub")
                .response(200, sent())
        });
    Ok(())
}

fn sent() -> Described {
    Described::new("It was sent.").content(MediaType::of("text/plain", Schema::string()))
}

async fn log(broadcaster: &Broadcaster, request: &Request) -> Result<Response, Problem> {
    let asked = request.param("level").unwrap_or_default();
    let Some(level) = LEVELS
        .into_iter()
        .find(|level| level.eq_ignore_ascii_case(asked))
    else {
        return Err(bad(
            "level",
            format!("level must be one of {}", LEVELS.join(", ")),
        ));
    };
    let time = Timestamp::now().strftime("%H:%M:%S");
    let message = format!("Test {level} message from PowerShell at {time}");
    match level {
        "Verbose" | "Trace" => trace!("{message}"),
        "Debug" => debug!("{message}"),
        "Warning" => warn!("{message}"),
        "Error" | "Fatal" | "Critical" => error!("{message}"),
        _ => info!("{message}"),
    }
    broadcaster.log(level, &message).await.map_err(unsent)?;
    Ok(Response::text(
        Status::OK,
        format!("Broadcasted {level} log message from PowerShell"),
    ))
}

async fn event(broadcaster: &Broadcaster) -> Result<Response, Problem> {
    let data = Custom {
        message: "Hello from PowerShell",
        timestamp: clock::timestamp(),
        // Keys of a new hasher are random enough for a number that is only shown.
        random: 1 + RandomState::new().hash_one(()) % 99,
    };
    broadcaster
        .event("PowerShellEvent", data)
        .await
        .map_err(unsent)?;
    Ok(Response::text(
        Status::OK,
        "Broadcasted custom event from PowerShell",
    ))
}
