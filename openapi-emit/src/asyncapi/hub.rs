//! A hub as a channel, and its methods as operations seen from the server.

use super::message::{Caller, call, completion, item};
use super::server::{Protocol, Servers};
use super::{Contribution, emit_parameters, emit_security};
use crate::api::Api;
use crate::emit::Emitter;
use crate::hub::{Hub, HubMethod, Reply, Transport};
use crate::pointer::escape;
use crate::schema::Schema;
use crate::value::{Object, Value};

pub(super) fn emit(
    hub: &Hub,
    api: &Api,
    servers: &Servers<'_>,
    emitter: &mut Emitter,
) -> Contribution {
    let mut channel = ChannelWriter {
        hub,
        security: emit_security(hub.requirements(&api.security), emitter),
        emitter,
        messages: Object::new(),
        operations: Vec::new(),
    };
    for method in &hub.client_methods {
        channel.client_method(method);
    }
    for method in &hub.methods {
        channel.hub_method(method);
    }
    let ChannelWriter {
        messages,
        operations,
        ..
    } = channel;

    let mut channel = Object::from([("address", &hub.path)]);
    channel.insert("title", &hub.name);
    channel.insert_some("summary", hub.summary.as_ref());
    channel.insert_some("description", hub.description.as_ref());
    let has_websocket = hub.transports.contains(&Transport::WebSocket);
    let protocol = if has_websocket {
        Protocol::WebSocket
    } else {
        Protocol::Http
    };
    channel.insert_some("servers", servers.references(protocol, emitter));
    channel.insert_some(
        "parameters",
        emit_parameters(&hub.path, |name| {
            hub.parameters
                .iter()
                .find(|it| it.name == name)?
                .description
                .clone()
        }),
    );
    channel.insert("messages", messages);
    if has_websocket {
        let binding = ws_binding(hub, api, emitter);
        channel.insert("bindings", Object::from([("ws", binding)]));
    }
    let mut signalr = Object::from([("hub", &hub.name)]);
    signalr.insert(
        "protocols",
        hub.formats
            .iter()
            .map(|format| format.name())
            .collect::<Value>(),
    );
    channel.insert("x-signalr", signalr);
    Contribution {
        name: hub.name.clone(),
        channel,
        operations,
    }
}

/// How the WebSocket is opened.
fn ws_binding(hub: &Hub, api: &Api, emitter: &mut Emitter) -> Object {
    let mut query = Schema::object().optional("id", Schema::string());
    if !hub.requirements(&api.security).is_empty() {
        query = query.optional("access_token", Schema::string());
    }
    Object::from([
        ("method", Value::from("GET")),
        ("query", query.emit(emitter)),
        ("bindingVersion", "0.1.0".into()),
    ])
}

struct ChannelWriter<'a> {
    hub: &'a Hub,
    security: Option<Value>,
    emitter: &'a mut Emitter,
    messages: Object,
    operations: Vec<(String, Object)>,
}

impl ChannelWriter<'_> {
    /// The server calls a client.
    fn client_method(&mut self, method: &HubMethod) {
        let message = call(method, Caller::Server, self.emitter);
        let call = self.message(format!("call.{}", method.name), message);
        let mut replies = Vec::new();
        if let Reply::Result(result) = &method.reply {
            replies.push(self.completion("result", method, Some(result)));
        }
        self.operation("send", "client-method", method, vec![call], replies);
    }

    /// A client calls the server.
    fn hub_method(&mut self, method: &HubMethod) {
        let message = call(method, Caller::Client, self.emitter);
        let mut calls = vec![self.message(format!("invoke.{}", method.name), message)];
        if !method.uploads.is_empty() {
            let any_of_them = match method.uploads.as_slice() {
                [only] => only.clone(),
                several => Schema::any_of(several.iter().cloned()),
            };
            let message = item(&method.name, &any_of_them, self.emitter);
            calls.push(self.message(format!("upload.{}", method.name), message));
            calls.push(self.completion("uploaded", method, None));
        }
        let replies = match &method.reply {
            Reply::Done => vec![self.completion("complete", method, None)],
            Reply::Result(result) => vec![self.completion("complete", method, Some(result))],
            Reply::Items(schema) => {
                let message = item(&method.name, schema, self.emitter);
                let item = self.message(format!("item.{}", method.name), message);
                vec![item, self.completion("complete", method, None)]
            }
        };
        self.operation("receive", "hub-method", method, calls, replies);
    }

    fn completion(&mut self, kind: &str, method: &HubMethod, result: Option<&Schema>) -> Object {
        let message = completion(&method.name, result, self.emitter);
        self.message(format!("{kind}.{}", method.name), message)
    }

    /// Adds a message to the channel and refers to it.
    fn message(&mut self, key: String, message: Object) -> Object {
        let pointer = format!("#/channels/{}/messages/{}", self.hub.name, escape(&key));
        self.messages.insert(key, message);
        self.emitter.reference(pointer)
    }

    fn operation(
        &mut self,
        action: &str,
        role: &str,
        method: &HubMethod,
        calls: Vec<Object>,
        replies: Vec<Object>,
    ) {
        let channel = self
            .emitter
            .reference(format!("#/channels/{}", self.hub.name));
        let mut operation = Object::from([("action", action)]);
        operation.insert("channel", channel.clone());
        operation.insert("title", &method.name);
        operation.insert_some("description", method.description.as_ref());
        operation.insert_some("security", self.security.as_ref());
        operation.insert("messages", calls);
        if !replies.is_empty() {
            let mut reply = Object::from([("channel", channel)]);
            reply.insert("messages", replies);
            operation.insert("reply", reply);
        }
        operation.insert("x-signalr-role", role);
        let key = format!("{}.{action}.{}", self.hub.name, method.name);
        self.operations.push((key, operation));
    }
}
