//! Messages as plain JSON trees, so that tests compare them without the crate's own reader.

use serde_json::{Map, Value, json};
use signalr_protocol::{Headers, Message, Outcome, Payload};

/// The properties that a message would have in JSON.
pub(crate) fn view(message: &Message<'_>) -> Value {
    let mut members = Map::new();
    let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
    match message {
        Message::Invocation(m) => {
            put("type", json!(1));
            put("headers", headers(&m.headers));
            put("invocationId", json!(m.invocation_id));
            put("target", json!(m.target));
            put(
                "arguments",
                m.arguments
                    .iter()
                    .map(|argument| value(&argument))
                    .collect(),
            );
            put("streamIds", json!(m.stream_ids));
        }
        Message::StreamInvocation(m) => {
            put("type", json!(4));
            put("headers", headers(&m.headers));
            put("invocationId", json!(m.invocation_id));
            put("target", json!(m.target));
            put(
                "arguments",
                m.arguments
                    .iter()
                    .map(|argument| value(&argument))
                    .collect(),
            );
            put("streamIds", json!(m.stream_ids));
        }
        Message::StreamItem(m) => {
            put("type", json!(2));
            put("headers", headers(&m.headers));
            put("invocationId", json!(m.invocation_id));
            put("item", value(&m.item));
        }
        Message::Completion(m) => {
            put("type", json!(3));
            put("headers", headers(&m.headers));
            put("invocationId", json!(m.invocation_id));
            match &m.outcome {
                Outcome::Void => None,
                Outcome::Result(result) => put("result", value(result)),
                Outcome::Error(error) => put("error", json!(error)),
            };
        }
        Message::CancelInvocation(m) => {
            put("type", json!(5));
            put("headers", headers(&m.headers));
            put("invocationId", json!(m.invocation_id));
        }
        Message::Ping => {
            put("type", json!(6));
        }
        Message::Close(m) => {
            put("type", json!(7));
            put("error", json!(m.error));
            put("allowReconnect", json!(m.allow_reconnect));
        }
        Message::Ack { sequence_id } => {
            put("type", json!(8));
            put("sequenceId", json!(sequence_id));
        }
        Message::Sequence { sequence_id } => {
            put("type", json!(9));
            put("sequenceId", json!(sequence_id));
        }
        other => panic!("a message that has no view: {other:?}"),
    }
    drop_defaults(Value::Object(members))
}

/// Leaves out what a message need not say: its absence means the same.
pub(crate) fn drop_defaults(mut message: Value) -> Value {
    let members = message.as_object_mut().expect("a message is an object");
    members.retain(|name, value| match name.as_str() {
        "headers" => value.as_object().is_none_or(|headers| !headers.is_empty()),
        "streamIds" => value.as_array().is_none_or(|ids| !ids.is_empty()),
        "invocationId" => !value.is_null() && *value != "",
        "allowReconnect" => *value != false,
        "error" => !value.is_null(),
        _ => true,
    });
    message
}

fn headers(headers: &Headers<'_>) -> Value {
    let pairs = headers
        .iter()
        .map(|(name, value)| (name.to_owned(), json!(value)));
    Value::Object(pairs.collect())
}

fn value(payload: &Payload<'_>) -> Value {
    payload.to().expect("a payload is well-formed")
}
