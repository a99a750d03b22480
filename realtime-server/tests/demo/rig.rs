//! A running demo, and JSON with places for what is never the same.

use std::net::SocketAddr;

use jiff::Timestamp;
use realtime_server::{demo, server::ServerBuilder};
use serde_json::{Value, json};

use crate::support::{
    client::Answer,
    hub::{HubClient, result},
    running::Running,
};

pub(crate) const HUB: &str = "/hubs/kestrun";

pub(crate) async fn demo() -> Running {
    let mut server = ServerBuilder::new();
    demo::install(&mut server, &demo::Settings::default()).unwrap();
    Running::start(server).await
}

/// A client of the hub that is sure to get what is sent from now on.
pub(crate) async fn member(address: SocketAddr) -> HubClient {
    let mut hub = HubClient::open(address, HUB).await;
    assert_eq!(
        hub.call("Echo", "[\"ready\"]").await,
        call("ReceiveEcho", "ready")
    );
    assert_eq!(hub.record().await, result("null"));
    hub
}

/// A call of a client's method with one text.
pub(crate) fn call(target: &str, text: &str) -> String {
    format!(r#"{{"type":1,"target":"{target}","arguments":["{text}"]}}"#)
}

/// The only argument of the next call, which is of `target`.
pub(crate) async fn argument(hub: &mut HubClient, target: &str) -> Value {
    argument_of(&hub.record().await, target)
}

pub(crate) fn argument_of(record: &str, target: &str) -> Value {
    let record: Value = serde_json::from_str(record).unwrap();
    assert_eq!(record["type"], 1, "{record}");
    assert_eq!(record["target"], target, "{record}");
    let arguments = record["arguments"].as_array().unwrap();
    assert_eq!(arguments.len(), 1, "{record}");
    arguments[0].clone()
}

/// The data of the next event of the hub, which is `name`.
pub(crate) async fn event(hub: &mut HubClient, name: &str) -> Value {
    event_of(&hub.record().await, name)
}

pub(crate) fn event_of(record: &str, name: &str) -> Value {
    let event = argument_of(record, "ReceiveEvent");
    let envelope = json!({"eventName": name, "data": event["data"], "timestamp": "<time>"});
    assert_shape(&event, &envelope);
    event["data"].clone()
}

/// Asserts that `value` is `shape`, where `<time>` stands for a time in UTC, `<id>` for 32
/// hexadecimal digits, and `<text>` and `<number>` for any.
pub(crate) fn assert_shape(value: &Value, shape: &Value) {
    assert_eq!(filled(value, shape), *shape, "{value}");
}

/// `value` with the places of `shape` in it, where they fit.
fn filled(value: &Value, shape: &Value) -> Value {
    match (value, shape) {
        (Value::Object(members), Value::Object(shapes)) => members
            .iter()
            .map(|(name, value)| {
                let shape = shapes.get(name).unwrap_or(&Value::Null);
                (name.clone(), filled(value, shape))
            })
            .collect(),
        (Value::String(text), Value::String(place)) => {
            let fits = match place.as_str() {
                "<time>" => text.ends_with('Z') && text.parse::<Timestamp>().is_ok(),
                "<id>" => is_id(text),
                "<text>" => !text.is_empty(),
                _ => false,
            };
            if fits { shape.clone() } else { value.clone() }
        }
        (Value::Number(_), Value::String(place)) if place == "<number>" => shape.clone(),
        _ => value.clone(),
    }
}

pub(crate) fn is_id(text: &str) -> bool {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    text.len() == 32 && text.bytes().all(is_digit)
}

/// Asserts that an answer is a problem document about `field`, which says `detail`.
pub(crate) fn assert_problem(answer: &Answer, status: u16, field: &str, detail: &str) {
    assert_eq!(answer.status, status, "{answer:?}");
    let media_type = answer.field("content-type");
    assert_eq!(media_type, Some("application/problem+json"));
    let problem = answer.json();
    assert_eq!(problem["status"], status);
    assert_eq!(problem["field"], field, "{problem}");
    let told = problem["detail"].as_str().unwrap();
    assert!(told.starts_with(detail), "{told:?} is not {detail:?}");
}
