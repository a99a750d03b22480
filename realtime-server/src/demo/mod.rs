//! The built-in demo: event streams, a hub, groups, long operations and a page, all in the binary.
//!
//! Its routes, events and JSON shapes are those of Kestrun's real-time samples, so that pages and
//! clients written for them work here unchanged.

mod broadcast;
mod events;
mod groups;
mod hub;
mod input;
mod operation;
mod operations;
mod pages;
mod schedule;
mod ticks;

use std::sync::Arc;

use serde::Serialize;

use crate::{
    config::StreamConfig,
    hub::Broadcaster,
    server::{ServerBuilder, SetupError},
};

/// Adds the whole demo to `server`.
///
/// # Errors
/// When one of its routes is taken.
pub fn install(server: &mut ServerBuilder, streams: StreamConfig) -> Result<(), SetupError> {
    pages::install(server)?;
    ticks::install(server, streams)?;
    broadcast::install(server, streams)?;
    let broadcaster = Broadcaster::new(hub::install(server)?);
    events::install(server, &broadcaster)?;
    groups::install(server, &broadcaster)?;
    operations::install(
        server,
        Arc::new(operations::Operations::new(broadcaster.clone())),
    )?;
    schedule::install(server, &broadcaster);
    Ok(())
}

/// The data of an event: `value` as JSON.
fn json_data(value: &impl Serialize) -> String {
    // The demo's own values are structs of strings and numbers, which JSON always takes.
    serde_json::to_string(value).expect("a plain value is JSON")
}
