//! `GET /sse`: an event stream for each client alone, that counts and ends. A browser that comes back
//! goes on where it was cut off, and once it has seen all is told not to come back.

use std::{ops::RangeInclusive, sync::Arc, time::Duration};

use openapi_emit::{Event, EventStream, Operation, Parameter, Response as Described, Schema};
use schemars::JsonSchema;
use serde::Serialize;
use sse_codec::EventRef;
use tokio::time;

use super::{input, json_data};
use crate::{
    clock,
    config::StreamConfig,
    description::Schemas,
    endpoint::{ClientStreams, EventSender, SendError},
    http::{Problem, Request, Response},
    server::{ServerBuilder, SetupError},
};

const DEFAULT_COUNT: u64 = 30;
const MOST_COUNT: u64 = 1_000;
const DEFAULT_INTERVAL_MS: u64 = 1_000;
const MOST_INTERVAL_MS: u64 = 60_000;

/// The stream is open.
#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TicksConnected")]
struct Connected {
    message: &'static str,
    #[schemars(extend("format" = "date-time"))]
    server_time: String,
    count: u64,
    interval_ms: u64,
}

/// One of many.
#[derive(JsonSchema, Serialize)]
struct Tick {
    /// Counts from 1.
    i: u64,
    /// How many there are.
    total: u64,
    #[schemars(extend("format" = "date-time"))]
    timestamp: String,
}

/// The last event of the stream.
#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TicksComplete")]
struct Complete {
    message: &'static str,
    total: u64,
    #[schemars(extend("format" = "date-time"))]
    server_time: String,
}

pub(super) fn install(server: &mut ServerBuilder, config: StreamConfig) -> Result<(), SetupError> {
    let streams = ClientStreams::new(config, Arc::clone(server.metrics()));
    server.host(&streams);
    server
        .get("/sse", move |request| {
            std::future::ready(stream(&streams, &request, config.retry))
        })?
        .takes_query_token()
        .describe(describe);
    Ok(())
}

fn describe(schemas: &mut Schemas) -> Operation {
    let positive = |name, what: &str, default: u64, most: u64| {
        let schema = Schema::integer()
            .with("default", default)
            .with("maximum", most);
        let text = format!("{what}; the default where it is not positive.");
        Parameter::query(name, schema).description(&text)
    };
    let events = EventStream::new()
        .event(Event::json("connected", schemas.sent::<Connected>()))
        .event(Event::json("tick", schemas.sent::<Tick>()))
        .event(Event::json("complete", schemas.sent::<Complete>()));
    Operation::new("streamTicks")
        .tag("Streams")
        .summary("Count in a stream of your own")
        .description("Every caller gets a stream that counts from 1 to `count` and ends.")
        .parameter(positive(
            "count",
            "How many ticks to send",
            DEFAULT_COUNT,
            MOST_COUNT,
        ))
        .parameter(positive(
            "intervalMs",
            "Milliseconds from tick to tick",
            DEFAULT_INTERVAL_MS,
            MOST_INTERVAL_MS,
        ))
        .response(200, Described::new("The stream.").content(events))
        .response(
            400,
            schemas.problem("A parameter is no number, or too large."),
        )
        .response(406, schemas.problem("Event streams are not accepted."))
}

fn stream(
    streams: &ClientStreams,
    request: &Request,
    retry: Duration,
) -> Result<Response, Problem> {
    let count = input::positive(request, "count", DEFAULT_COUNT, MOST_COUNT)?;
    let interval_ms =
        input::positive(request, "intervalMs", DEFAULT_INTERVAL_MS, MOST_INTERVAL_MS)?;
    let seen = request.header("last-event-id");
    let seen = seen.and_then(|id| id.parse().ok()).unwrap_or(0);
    if seen >= count {
        return Ok(ClientStreams::do_not_come_back());
    }
    Ok(streams.start(request, move |events| async move {
        let ticks = seen + 1..=count;
        match tick(&events, retry, ticks, interval_ms).await {
            Ok(()) | Err(SendError::Closed) => {}
            Err(error) => tracing::error!(%error, "a stream of ticks ended early"),
        }
    }))
}

async fn tick(
    events: &EventSender,
    retry: Duration,
    ticks: RangeInclusive<u64>,
    interval_ms: u64,
) -> Result<(), SendError> {
    let count = *ticks.end();
    let connected = Connected {
        message: "Connected to Kestrun SSE stream",
        server_time: clock::timestamp(),
        count,
        interval_ms,
    };
    let data = json_data(&connected);
    events
        .send(
            EventRef::new(&data)
                .with_event("connected")
                .with_retry(retry),
        )
        .await?;
    for i in ticks {
        let tick = Tick {
            i,
            total: count,
            timestamp: clock::timestamp(),
        };
        let (data, id) = (json_data(&tick), i.to_string());
        events
            .send(EventRef::new(&data).with_event("tick").with_id(&id))
            .await?;
        time::sleep(Duration::from_millis(interval_ms)).await;
    }
    let complete = Complete {
        message: "Stream complete",
        total: count,
        server_time: clock::timestamp(),
    };
    events
        .send(EventRef::new(&json_data(&complete)).with_event("complete"))
        .await
}
