//! The streams that a backend publishes to over HTTP.

use std::sync::Arc;

use super::Settings;
use crate::{
    auth::{Guard, Verb},
    endpoint::{EventStream, Publisher, TicketOffice},
    server::{ServerBuilder, SetupError},
};

/// The name by which the stream of the ticket holders is published to.
const NOTIFICATIONS: &str = "notifications";

/// Adds a stream at `/sse/{name}` for each name in the settings, the ticket exchange of the
/// fullstackhero starter kit, and `POST /api/publish/{stream}` for them and the `known` ones.
pub(super) fn install(
    server: &mut ServerBuilder,
    settings: &Settings,
    known: &[(&str, EventStream)],
) -> Result<(), SetupError> {
    let metrics = Arc::clone(server.metrics());
    let mut publisher = Publisher::new(Arc::clone(&settings.publishers), Arc::clone(&metrics));
    let restricted = |publisher: Publisher, name: &str, stream: &EventStream| {
        if let Some(policy) = settings.rules.policy(Verb::Subscribe, name) {
            stream.restrict(policy);
        }
        let policy = settings.sends(Verb::Publish, name);
        publisher.with_stream(name, stream).restrict(policy)
    };
    for (name, stream) in known {
        publisher = restricted(publisher, name, stream);
    }
    for name in &settings.names {
        let stream = EventStream::new(settings.streams, Arc::clone(&metrics));
        server
            .stream(&format!("/sse/{name}"), &stream)?
            .describe(|schemas| super::describe_stream(name, schemas));
        publisher = restricted(publisher, name, &stream);
    }
    let notifications = EventStream::new(settings.streams, Arc::clone(&metrics));
    server.host(&notifications);
    publisher = restricted(publisher, NOTIFICATIONS, &notifications);
    let office = TicketOffice::new(&notifications, &settings.tickets, metrics);
    let office = Arc::new(office);
    let issuing = Arc::clone(&office);
    server
        .post("/api/v1/sse/token", move |request| {
            std::future::ready(issuing.issue(&request))
        })?
        .guard(&Guard::new(Arc::clone(&settings.users)))
        .describe(TicketOffice::describe_issue);
    server
        .get("/api/v1/sse/stream", move |request| {
            std::future::ready(office.subscribe(&request))
        })?
        // A ticket is all that it takes.
        .open()
        .describe(TicketOffice::describe_subscribe);
    server.publisher("/api/publish/{stream}", publisher)
}
