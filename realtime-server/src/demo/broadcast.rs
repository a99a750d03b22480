//! Two event streams for everybody, and the routes that publish to them.

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
    endpoint::EventStream,
    http::{Problem, Request, Response, Status},
    server::{ServerBuilder, SetupError},
};

const DEFAULT_EVENT: &str = "message";
const DEFAULT_DATA: &str = r#"{"text":"empty"}"#;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Connected<'a> {
    client_id: &'a str,
    server_time: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Message {
    event: Option<String>,
    data: Option<Box<RawValue>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Report {
    task_id: Option<String>,
    progress: Option<f64>,
    status: Option<String>,
    state: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ProgressReport<'a> {
    task_id: &'a str,
    progress: f64,
    status: &'a str,
    state: &'a str,
    ts: String,
}

#[derive(Serialize)]
struct Sent<'a> {
    ok: bool,
    event: &'a str,
    connected: usize,
}

pub(super) fn install(server: &mut ServerBuilder, config: StreamConfig) -> Result<(), SetupError> {
    let messages = stream(server, config);
    let progress = stream(server, config);
    server.stream("/sse/broadcast", &messages)?;
    server.stream("/sse/broadcast/progress", &progress)?;
    server.post("/api/broadcast", move |request| {
        std::future::ready(send_message(&messages, &request))
    })?;
    server.post("/api/broadcast/progress", move |request| {
        std::future::ready(send_progress(&progress, &request))
    })
}

fn stream(server: &ServerBuilder, config: StreamConfig) -> EventStream {
    EventStream::with_greeting(config, server.metrics().clone(), move |client_id| {
        let connected = Connected {
            client_id,
            server_time: clock::timestamp(),
        };
        let data = json_data(&connected);
        let event = EventRef::new(&data)
            .with_event("connected")
            .with_retry(config.retry);
        event.to_bytes().expect("its name is one line")
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
