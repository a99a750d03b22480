//! `GET /sse`: an event stream for each client alone, that counts and ends.

use std::time::Duration;

use serde::Serialize;
use sse_codec::EventRef;
use tokio::time;

use super::{input, json_data};
use crate::{
    clock,
    config::StreamConfig,
    endpoint::{EventSender, SendError, private_stream},
    http::{Problem, Request, Response},
    server::{ServerBuilder, SetupError},
};

const DEFAULT_COUNT: u64 = 30;
const MOST_COUNT: u64 = 1_000;
const DEFAULT_INTERVAL_MS: u64 = 1_000;
const MOST_INTERVAL_MS: u64 = 60_000;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Connected {
    message: &'static str,
    server_time: String,
    count: u64,
    interval_ms: u64,
}

#[derive(Serialize)]
struct Tick {
    i: u64,
    total: u64,
    timestamp: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Complete {
    message: &'static str,
    total: u64,
    server_time: String,
}

pub(super) fn install(server: &mut ServerBuilder, config: StreamConfig) -> Result<(), SetupError> {
    server.get("/sse", move |request| {
        std::future::ready(stream(&request, config))
    })
}

fn stream(request: &Request, config: StreamConfig) -> Result<Response, Problem> {
    let count = input::positive(request, "count", DEFAULT_COUNT, MOST_COUNT)?;
    let interval_ms =
        input::positive(request, "intervalMs", DEFAULT_INTERVAL_MS, MOST_INTERVAL_MS)?;
    Ok(private_stream(config, request, move |events| async move {
        if let Err(error) = tick(&events, config.retry, count, interval_ms).await {
            tracing::error!(%error, "a stream of ticks ended early");
        }
    }))
}

async fn tick(
    events: &EventSender,
    retry: Duration,
    count: u64,
    interval_ms: u64,
) -> Result<(), SendError> {
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
    for i in 1..=count {
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
