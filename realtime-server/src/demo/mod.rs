//! The built-in demo: event streams, a hub, groups, long operations and a page, all in the binary.
//!
//! Its routes, events and JSON shapes are those of Kestrun's real-time samples, so that pages and
//! clients written for them work here unchanged.

mod broadcast;
mod events;
mod groups;
mod hub;
mod input;
mod metrics;
mod operation;
mod operations;
mod pages;
mod schedule;
mod streams;
mod ticks;

use std::sync::Arc;

use openapi_emit::{Api, EventStream, License, Operation, Response, Server, Tag};
use serde::Serialize;

use crate::{
    auth::{Access, Guard, Policy, Rules, Tickets, Verb},
    config::StreamConfig,
    description::Schemas,
    hub::Broadcaster,
    server::{ServerBuilder, SetupError},
};

/// What of the demo can be set.
#[derive(Debug, Default)]
pub struct Settings {
    /// How its event streams treat their subscribers.
    pub streams: StreamConfig,
    /// Further streams, each at `/sse/` and its name.
    pub names: Vec<String>,
    /// Who may publish over HTTP, and drive the hub: nobody.
    pub publishers: Arc<Access>,
    /// Who may have a ticket, and as whom: nobody.
    pub users: Arc<Access>,
    /// Who may use everything but the pages and the documents: everybody.
    pub guard: Option<Guard>,
    /// Tickets, for whatever takes them.
    pub tickets: Arc<Tickets>,
    /// What in particular is for whom: nothing.
    pub rules: Rules,
}

/// The scope of those who may publish and drive the hub, where no rule says otherwise.
pub const PUBLISH_SCOPE: &str = "publish";

/// Adds the whole demo to `server`; gives what sends to the clients of its hub.
///
/// # Errors
/// When one of its routes is taken, as by a stream with the name of another.
pub fn install(server: &mut ServerBuilder, settings: &Settings) -> Result<Broadcaster, SetupError> {
    pages::install(server)?;
    server.guard(settings.guard.clone());
    ticks::install(server, settings.streams)?;
    let known = broadcast::install(server, settings.streams)?;
    streams::install(server, settings, &known)?;
    let broadcaster = Broadcaster::new(hub::install(server, settings)?);
    events::install(server, &broadcaster)?;
    groups::install(server, &broadcaster)?;
    operations::install(
        server,
        Arc::new(operations::Operations::new(broadcaster.clone())),
    )?;
    schedule::install(server, &broadcaster);
    server.guard(None);
    metrics::install(server, settings)?;
    server.document(api())?;
    Ok(broadcaster)
}

impl Settings {
    /// What somebody needs to publish to a stream or drive a hub who is known: what the rules say,
    /// or else the scope `publish`.
    fn sends(&self, verb: Verb, place: &str) -> Policy {
        let rules = self.rules.policy(verb, place);
        rules.unwrap_or_else(|| Policy::scope(PUBLISH_SCOPE))
    }
}

/// What the routes do not say of themselves.
fn api() -> Api {
    Api::new("Realtime demo", env!("CARGO_PKG_VERSION"))
        .summary("Event streams, a SignalR hub and routes that send to both.")
        .description("The demo of `realtime-server`: event streams, a SignalR hub and routes that send to both.")
        .license(License::spdx("MIT"))
        .server(Server::new("/"))
        .tag(Tag::new("Streams").description("Server-sent events, and what publishes them."))
        .tag(Tag::new("Hubs").description("Messages both ways, for SignalR clients."))
        .tag(Tag::new("Hub API").description("What a backend asks of the hub."))
        .tag(Tag::new("Messages").description("Logs and events to all of the hub."))
        .tag(Tag::new("Groups").description("Messages to some of the hub."))
        .tag(Tag::new("Operations").description("Long work that reports its progress."))
        .tag(Tag::new("Metrics").description("How busy the server is."))
        .tag(Tag::new("Documents").description("This description, for tools."))
}

/// A stream whose events a backend chooses.
fn describe_stream(name: &str, schemas: &mut Schemas) -> Operation {
    let events = Response::new("The stream; it does not end.").content(EventStream::new());
    Operation::new(&format!("stream-{name}"))
        .tag("Streams")
        .summary(&format!("Get what is published to {name}"))
        .response(200, events)
        .response(406, schemas.problem("Event streams are not accepted."))
}

/// The data of an event: `value` as JSON.
fn json_data(value: &impl Serialize) -> String {
    // The demo's own values are structs of strings and numbers, which JSON always takes.
    serde_json::to_string(value).expect("a plain value is JSON")
}
