//! An event stream as a channel.

use super::server::{Protocol, Servers};
use super::{Contribution, emit_parameters, emit_security};
use crate::api::Api;
use crate::components::Components;
use crate::emit::{Emitter, RefOr};
use crate::error::Part;
use crate::event_stream::{Event, EventStream};
use crate::method::Method;
use crate::operation::Operation;
use crate::pointer::escape;
use crate::schema::Schema;
use crate::value::Object;

/// An operation that answers with a stream.
pub(super) struct Endpoint<'a> {
    pub(super) path: &'a str,
    pub(super) method: Method,
    pub(super) operation: &'a Operation,
    pub(super) stream: &'a EventStream,
}

/// The first stream among the responses.
pub(super) fn of<'a>(
    operation: &'a Operation,
    components: &'a Components,
) -> Option<&'a EventStream> {
    operation
        .responses
        .iter()
        .find_map(|(_, response)| match response {
            RefOr::Inline(response) => response.stream(),
            RefOr::Component(component) => components
                .responses
                .iter()
                .find(|(name, _)| name == component)?
                .1
                .stream(),
        })
}

impl Endpoint<'_> {
    /// What the channel is called, if nothing else is.
    pub(super) fn name(&self) -> &str {
        self.operation.id.as_deref().unwrap_or(self.path)
    }

    pub(super) fn emit(
        &self,
        name: String,
        api: &Api,
        servers: &Servers<'_>,
        e: &mut Emitter,
    ) -> Contribution {
        let mut messages = Object::new();
        let mut references = Vec::new();
        for event in &self.stream.events {
            messages.insert(event.name.as_str(), emit_message(event, e));
            let pointer = format!(
                "#/channels/{}/messages/{}",
                escape(&name),
                escape(&event.name)
            );
            references.push(e.reference(pointer));
        }
        if self.stream.has_others() {
            let message = untyped(self.stream.others.as_ref(), e);
            e.insert_unique(&mut messages, Part::Event, UNTYPED, message);
            references
                .push(e.reference(format!("#/channels/{}/messages/{UNTYPED}", escape(&name))));
        }

        let mut channel = Object::from([("address", self.path)]);
        channel.insert_some("summary", self.operation.summary.as_ref());
        channel.insert_some("description", self.operation.description.as_ref());
        channel.insert_some("servers", servers.references(Protocol::Http, e));
        channel.insert_some(
            "parameters",
            emit_parameters(self.path, |part| self.describe(part, &api.components)),
        );
        channel.insert("messages", messages);
        // There is no binding for event streams.
        channel.insert("x-sse", true);

        let requirements = self.operation.security.as_deref().unwrap_or(&api.security);
        let mut operation = Object::from([("action", "send")]);
        operation.insert(
            "channel",
            e.reference(format!("#/channels/{}", escape(&name))),
        );
        operation.insert_some("summary", self.operation.summary.as_ref());
        operation.insert_some("security", emit_security(requirements, e));
        let http = Object::from([
            ("method", self.method.key().to_ascii_uppercase()),
            ("bindingVersion", "0.3.0".to_owned()),
        ]);
        operation.insert("bindings", Object::from([("http", http)]));
        operation.insert("messages", references);
        Contribution {
            operations: vec![(format!("{name}.send"), operation)],
            name,
            channel,
        }
    }

    fn describe(&self, part: &str, components: &Components) -> Option<String> {
        self.operation.parameters.iter().find_map(|parameter| {
            let parameter = match parameter {
                RefOr::Inline(parameter) => parameter,
                RefOr::Component(component) => {
                    &components
                        .parameters
                        .iter()
                        .find(|(name, _)| name == component)?
                        .1
                }
            };
            Some(parameter)
                .filter(|it| it.name == part)?
                .description
                .clone()
        })
    }
}

/// The key of the message that stands for all types that are not said.
const UNTYPED: &str = "event";

/// The message of a type of event: its payload is `data`.
fn emit_message(event: &Event, emitter: &mut Emitter) -> Object {
    let mut message = Object::from([("name", &event.name)]);
    message.insert_some("description", event.description.as_ref());
    message.insert(
        "contentType",
        match event.json {
            Some(_) => "application/json",
            None => "text/plain",
        },
    );
    message.insert("payload", event.payload().emit(emitter));
    message
}

fn untyped(description: Option<&String>, emitter: &mut Emitter) -> Object {
    let mut message = Object::from([("name", UNTYPED)]);
    message.insert_some("description", description);
    message.insert("contentType", "text/plain");
    message.insert("payload", Schema::string().emit(emitter));
    message
}
