//! Messages of the SignalR JSON hub protocol, as schemas of their frames.

use crate::emit::Emitter;
use crate::hub::{HubMethod, Reply};
use crate::schema::Schema;
use crate::value::{Object, Value};

/// The `type` of a hub message.
#[derive(Clone, Copy)]
enum FrameType {
    Invocation,
    StreamItem,
    Completion,
    StreamInvocation,
}

/// Who calls a method.
#[derive(Clone, Copy)]
pub(super) enum Caller {
    Client,
    Server,
}

/// The call of a method.
pub(super) fn call(method: &HubMethod, caller: Caller, e: &mut Emitter) -> Object {
    let frame = match method.reply {
        Reply::Items(_) => FrameType::StreamInvocation,
        Reply::Done | Reply::Result(_) => FrameType::Invocation,
    };
    let payload = frame_schema(frame);
    // What asks for a reply must carry an id. A client asks or not, as it likes, unless it is
    // for a stream; the server asks for results only.
    let payload = match (caller, &method.reply) {
        (Caller::Client, Reply::Items(_)) | (Caller::Server, Reply::Result(_)) => {
            payload.property("invocationId", Schema::string())
        }
        _ => payload.optional("invocationId", Schema::string()),
    };
    let payload = payload
        .property("target", Schema::constant(method.name.as_str()))
        .property("arguments", arguments(&method.arguments));
    let payload = match method.uploads.len() {
        0 => payload,
        count => payload.property("streamIds", list_of(count, Schema::array(Schema::string()))),
    };
    message(&method.name, method.description.as_deref(), &payload, e)
}

/// The end of a call: its result, if it has one, or an error.
pub(super) fn completion(name: &str, result: Option<&Schema>, e: &mut Emitter) -> Object {
    let payload = frame_schema(FrameType::Completion).property("invocationId", Schema::string());
    let payload = match result {
        Some(result) => payload.optional("result", result.clone()),
        None => payload,
    };
    let payload = payload.optional("error", Schema::string());
    message(name, Some("The call or the stream has ended."), &payload, e)
}

/// One item of a stream.
pub(super) fn item(name: &str, item: &Schema, e: &mut Emitter) -> Object {
    let payload = frame_schema(FrameType::StreamItem)
        .property("invocationId", Schema::string())
        .property("item", item.clone());
    message(name, Some("One item of the stream."), &payload, e)
}

fn message(name: &str, description: Option<&str>, payload: &Schema, e: &mut Emitter) -> Object {
    let mut message = Object::from([("name", name)]);
    message.insert_some("description", description);
    let location = "$message.payload#/invocationId";
    message.insert("correlationId", Object::from([("location", location)]));
    message.insert("payload", payload.emit(e));
    message
}

fn frame_schema(frame: FrameType) -> Schema {
    Schema::object().property("type", Schema::constant(frame.number()))
}

/// Arguments go by place, and all of them must be there.
fn arguments(schemas: &[Schema]) -> Schema {
    let tuple = Schema::from(Object::from([("type", "array")]));
    if schemas.is_empty() {
        return tuple.with("maxItems", 0);
    }
    let places = Value::array(schemas.iter().cloned());
    list_of(
        schemas.len(),
        tuple.with("prefixItems", places).with("items", false),
    )
}

fn list_of(count: usize, array: Schema) -> Schema {
    let count = u64::try_from(count).unwrap_or(u64::MAX);
    array.with("minItems", count).with("maxItems", count)
}

impl FrameType {
    fn number(self) -> u32 {
        match self {
            Self::Invocation => 1,
            Self::StreamItem => 2,
            Self::Completion => 3,
            Self::StreamInvocation => 4,
        }
    }
}
