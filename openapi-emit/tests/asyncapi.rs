//! Channels, messages and operations.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use openapi_emit::{
    Api, Event, EventStream, Hub, HubMethod, KeyPlace, Method, Operation, Parameter, Response,
    Schema, SecurityScheme, Server, Tag, Value,
};
use serde_json::json;

fn api() -> Api {
    Api::new("Test", "1")
}

fn document(api: Api) -> serde_json::Value {
    serde_json::to_value(api.build().unwrap().asyncapi()).unwrap()
}

fn chat() -> Hub {
    Hub::new("Chat", "/hubs/chat")
}

fn stream(id: &str, events: EventStream) -> Operation {
    Operation::new(id).response(200, Response::new("Open.").content(events))
}

fn reference(pointer: &str) -> serde_json::Value {
    json!({"$ref": pointer})
}

#[test]
fn document_without_channels_is_complete() {
    assert_eq!(
        document(api().summary("s").tag(Tag::new("t").summary("u"))),
        json!({
            "asyncapi": "3.0.0",
            "info": {
                "title": "Test",
                "description": "s",
                "version": "1",
                "tags": [{"name": "t", "description": "u"}]
            },
            "defaultContentType": "application/json",
            "channels": {},
            "operations": {}
        })
    );
}

#[test]
fn stream_is_a_channel_with_a_message_for_each_type_of_event() {
    let events = EventStream::new()
        .event(Event::json("item/changed", Schema::integer()))
        .event(Event::text("log").description("A line."));
    let operation = stream("events", events)
        .summary("Events")
        .parameter(Parameter::path("topic", Schema::string()).description("Which."));
    let document = document(api().operation(Method::Get, "/events/{topic}", operation));
    assert_eq!(
        document["channels"]["events"],
        json!({
            "address": "/events/{topic}",
            "summary": "Events",
            "parameters": {"topic": {"description": "Which."}},
            "messages": {
                "item/changed": {
                    "name": "item/changed",
                    "contentType": "application/json",
                    "payload": {"type": "integer"}
                },
                "log": {
                    "name": "log",
                    "description": "A line.",
                    "contentType": "text/plain",
                    "payload": {"type": "string"}
                }
            },
            "x-sse": true
        })
    );
    assert_eq!(
        document["operations"]["events.send"],
        json!({
            "action": "send",
            "channel": reference("#/channels/events"),
            "summary": "Events",
            "bindings": {"http": {"method": "GET", "bindingVersion": "0.3.0"}},
            "messages": [
                reference("#/channels/events/messages/item~1changed"),
                reference("#/channels/events/messages/log")
            ]
        })
    );
}

#[test]
fn stream_in_a_component_is_a_channel_too() {
    let operation = Operation::new("raw").response_ref(200, "Stream");
    let document = document(
        api()
            .response("Stream", Response::new("Open.").content(EventStream::new()))
            .operation(Method::Get, "/", operation),
    );
    assert_eq!(
        document["channels"]["raw"]["messages"],
        json!({
            "event": {
                "name": "event", "contentType": "text/plain", "payload": {"type": "string"}
            }
        })
    );
}

#[test]
fn channels_of_one_name_get_numbers() {
    let document = document(
        api()
            .operation(Method::Get, "/a", stream("Chat", EventStream::new()))
            .operation(Method::Get, "/b", stream("Chat-2", EventStream::new()))
            .hub(chat()),
    );
    let addresses: Vec<_> = ["Chat", "Chat-2", "Chat-2-2"]
        .iter()
        .map(|name| &document["channels"][name]["address"])
        .collect();
    assert_eq!(addresses, ["/hubs/chat", "/a", "/b"]);
}

#[test]
fn server_is_one_for_each_protocol() {
    let document = document(
        api()
            .server(
                Server::new("https://{region}.example.com/v2")
                    .description("Here")
                    .variable("region", "eu", &["eu", "us"]),
            )
            .server(Server::new("http://localhost:8080/"))
            .server(Server::new("/relative"))
            .operation(Method::Get, "/a", stream("a", EventStream::new()))
            .hub(chat()),
    );
    let variables = json!({"region": {"enum": ["eu", "us"], "default": "eu"}});
    let first = |protocol: &str| {
        json!({
            "host": "{region}.example.com",
            "pathname": "/v2",
            "protocol": protocol,
            "description": "Here",
            "variables": variables
        })
    };
    assert_eq!(
        document["servers"],
        json!({
            "websocket": first("wss"),
            "http": first("https"),
            "websocket2": {"host": "localhost:8080", "protocol": "ws"},
            "http2": {"host": "localhost:8080", "protocol": "http"}
        })
    );
    assert_eq!(
        document["channels"]["Chat"]["servers"],
        json!([
            reference("#/servers/websocket"),
            reference("#/servers/websocket2")
        ])
    );
    assert_eq!(
        document["channels"]["a"]["servers"],
        json!([reference("#/servers/http"), reference("#/servers/http2")])
    );
}

//= https://www.asyncapi.com/docs/reference/specification/v3.0.0#operationObject
//# Only one of the security scheme objects MUST be satisfied to authorize an operation.
#[test]
fn security_is_said_where_it_is_asked_for() {
    let operation = |hub: Hub| {
        let api = api()
            .security_scheme("key", SecurityScheme::api_key(KeyPlace::Header, "X-Key"))
            .security_scheme("basic", SecurityScheme::basic())
            .security("basic", &[]);
        document(api.hub(hub.method(HubMethod::new("m"))))
    };
    let security = |hub| {
        operation(hub)["operations"]["Chat.receive.m"]
            .get("security")
            .cloned()
    };
    let basic = reference("#/components/securitySchemes/basic");
    let key = reference("#/components/securitySchemes/key");
    assert_eq!(security(chat()), Some(json!([basic])));
    assert_eq!(security(chat().security("key", &[])), Some(json!([key])));
    assert_eq!(security(chat().security("key", &[]).anonymous()), None);
    assert_eq!(
        operation(chat())["components"]["securitySchemes"]["key"],
        json!({"type": "httpApiKey", "name": "X-Key", "in": "header"})
    );
}

//= https://www.asyncapi.com/docs/reference/specification/v3.0.0#schemaObject
//# This object is a superset of the JSON Schema Specification Draft 07.
#[test]
fn schemas_are_those_of_draft_07() {
    let check = |schema: serde_json::Value, expected: serde_json::Value| {
        let schema = Schema::try_from(Value::from(schema)).unwrap();
        let document = document(api().schema("S", schema));
        assert_eq!(document["components"]["schemas"]["S"], expected);
    };
    check(
        json!({"prefixItems": [true], "items": false}),
        json!({"items": [{}], "additionalItems": false}),
    );
    check(
        json!({"dependentRequired": {"a": ["b"]}, "dependentSchemas": {"c": {}}}),
        json!({"dependencies": {"a": ["b"], "c": {}}}),
    );
    check(json!({"example": 1}), json!({"examples": [1]}));
    check(
        json!({"contentMediaType": "text/html", "contentSchema": {}, "$comment": "c"}),
        json!({"contentMediaType": "text/html"}),
    );
    check(
        json!({"type": ["string", "null"], "const": 1}),
        json!({"type": ["string", "null"], "const": 1}),
    );
}

#[test]
fn other_events_and_payloads_of_any_shape_are_messages_too() {
    let any = Schema::try_from(Value::Bool(true)).unwrap();
    let events = EventStream::new()
        .event(Event::json("message", any))
        .others("Whatever is sent.");
    let document = document(api().operation(Method::Get, "/events", stream("events", events)));
    assert_eq!(
        document["channels"]["events"]["messages"],
        json!({
            "message": {"name": "message", "contentType": "application/json", "payload": {}},
            "event": {
                "name": "event",
                "description": "Whatever is sent.",
                "contentType": "text/plain",
                "payload": {"type": "string"}
            }
        })
    );
}
