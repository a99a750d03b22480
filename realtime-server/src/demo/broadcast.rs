//! Two event streams for everybody, and the routes that publish to them.

use std::time::Duration;

use openapi_emit::{Event, EventStream as Events, Operation, Response as Described};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sse_codec::EventRef;

use super::{
    input::{self, bad},
    json_data,
};
use crate::{
    clock,
    config::StreamConfig,
    description::Schemas,
    endpoint::EventStream,
    http::{Problem, Request, Response, Status},
    server::{ServerBuilder, SetupError},
};

const DEFAULT_EVENT: &str = "message";
const DEFAULT_DATA: &str = r#"{"text":"empty"}"#;

/// The stream is open.
#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "StreamConnected")]
struct Connected<'a> {
    client_id: &'a str,
    #[schemars(extend("format" = "date-time"))]
    server_time: String,
}

/// An event to send.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(rename = "BroadcastMessage")]
struct Message {
    /// The type of the event, on one line; `message` unless it is given.
    #[schemars(extend("examples" = ["message"]))]
    event: Option<String>,
    /// What the event carries.
    #[schemars(with = "serde_json::Value", extend("examples" = [{"text": "hello"}]))]
    data: Option<Box<RawValue>>,
}

/// How far a task is.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(rename = "ProgressReport")]
struct Report {
    /// `task-1` unless it is given.
    task_id: Option<String>,
    /// In percent.
    #[schemars(range(min = 0, max = 100))]
    progress: Option<f64>,
    status: Option<String>,
    state: Option<String>,
}

/// How far a task is.
#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Progress")]
struct ProgressReport<'a> {
    task_id: &'a str,
    progress: f64,
    status: &'a str,
    state: &'a str,
    #[schemars(extend("format" = "date-time"))]
    ts: String,
}

/// What was sent.
#[derive(JsonSchema, Serialize)]
struct Sent<'a> {
    ok: bool,
    /// The type of the event.
    event: &'a str,
    /// How many subscribers the stream has.
    connected: usize,
}

/// Gives the streams and the names by which they are published to.
pub(super) fn install(
    server: &mut ServerBuilder,
    config: StreamConfig,
) -> Result<[(&'static str, EventStream); 2], SetupError> {
    let messages = stream(server, config);
    let progress = stream(server, config);
    server
        .stream("/sse/broadcast", &messages)?
        .describe(|schemas| {
            let events = Events::new()
                .event(Event::json("connected", schemas.sent::<Connected>()))
                .event(Event::json("message", schemas.sent::<serde_json::Value>()))
                .others("Whatever type the sender chose; the data is JSON.");
            let operation = Operation::new("streamBroadcast").summary("Get what is broadcast");
            stream_operation(operation, events, schemas)
        });
    server
        .stream("/sse/broadcast/progress", &progress)?
        .describe(|schemas| {
            let events = Events::new()
                .event(Event::json("connected", schemas.sent::<Connected>()))
                .event(Event::json("progress", schemas.sent::<ProgressReport>()));
            let operation = Operation::new("streamProgress").summary("Get how far tasks are");
            stream_operation(operation, events, schemas)
        });
    let known = [
        ("broadcast", messages.clone()),
        ("progress", progress.clone()),
    ];
    server
        .post("/api/broadcast", move |request| {
            std::future::ready(send_message(&messages, &request))
        })?
        .describe(|schemas| {
            let operation =
                Operation::new("broadcast").summary("Send an event to all of the stream");
            publish_operation::<Message>(operation, schemas)
        });
    server
        .post("/api/broadcast/progress", move |request| {
            std::future::ready(send_progress(&progress, &request))
        })?
        .describe(|schemas| {
            let operation =
                Operation::new("broadcastProgress").summary("Tell all how far a task is");
            publish_operation::<Report>(operation, schemas)
        });
    Ok(known)
}

fn stream_operation(operation: Operation, events: Events, schemas: &mut Schemas) -> Operation {
    operation
        .tag("Streams")
        .response(
            200,
            Described::new("The stream; it does not end.").content(events),
        )
        .response(406, schemas.problem("Event streams are not accepted."))
}

fn publish_operation<T: JsonSchema>(operation: Operation, schemas: &mut Schemas) -> Operation {
    operation
        .tag("Streams")
        .body(schemas.body::<T>().optional())
        .response(200, schemas.json::<Sent>("It was sent."))
        .response(400, schemas.problem("The body is wrong."))
        .response(413, schemas.problem("The body is larger than 64 KiB."))
        .response(415, schemas.problem("The body is not JSON."))
}

fn stream(server: &ServerBuilder, mut config: StreamConfig) -> EventStream {
    // Pages of the model expect the time that it names, to the millisecond.
    config.retry_jitter = Duration::ZERO;
    EventStream::with_greeting(config, server.metrics().clone(), move |client_id| {
        let connected = Connected {
            client_id,
            server_time: clock::timestamp(),
        };
        EventRef::new(&json_data(&connected))
            .with_event("connected")
            .into_owned()
    })
}

fn send_message(stream: &EventStream, request: &Request) -> Result<Response, Problem> {
    let message: Message = input::json(request)?;
    let name = message
        .event
        .as_deref()
        .filter(|name| !name.trim().is_empty());
    let name = name.unwrap_or(DEFAULT_EVENT);
    let data = message
        .data
        .as_ref()
        .map_or(DEFAULT_DATA, |data| data.get());
    send(stream, EventRef::new(data).with_event(name))
}

fn send_progress(stream: &EventStream, request: &Request) -> Result<Response, Problem> {
    let report: Report = input::json(request)?;
    let progress = report.progress.unwrap_or(0.0);
    if !(0.0..=100.0).contains(&progress) {
        return Err(bad("progress", "progress must be a number from 0 to 100"));
    }
    let progress = ProgressReport {
        task_id: report.task_id.as_deref().unwrap_or("task-1"),
        progress,
        status: report.status.as_deref().unwrap_or("Working..."),
        state: report.state.as_deref().unwrap_or("running"),
        ts: clock::timestamp(),
    };
    send(
        stream,
        EventRef::new(&json_data(&progress)).with_event("progress"),
    )
}

fn send(stream: &EventStream, event: EventRef<'_>) -> Result<Response, Problem> {
    // Only the name can be wrong: data takes any text.
    stream
        .send(event)
        .map_err(|error| bad("event", error.to_string()))?;
    let sent = Sent {
        ok: true,
        event: event.event_type(),
        connected: stream.connected(),
    };
    Ok(Response::json(Status::OK, &sent))
}
