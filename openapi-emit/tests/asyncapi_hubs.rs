//! Hubs as channels: the frames both ways.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use openapi_emit::{Api, Hub, HubMethod, Schema, SecurityScheme, Transport};
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

fn reference(pointer: &str) -> serde_json::Value {
    json!({"$ref": pointer})
}

#[test]
fn call_of_a_client_method_is_sent() {
    let method = HubMethod::new("Receive")
        .description("A message came.")
        .argument("user", Schema::string())
        .argument("count", Schema::integer());
    let document = document(api().hub(chat().client_method(method)));
    assert_eq!(
        document["operations"]["Chat.send.Receive"],
        json!({
            "action": "send",
            "channel": reference("#/channels/Chat"),
            "title": "Receive",
            "description": "A message came.",
            "messages": [reference("#/channels/Chat/messages/call.Receive")],
            "x-signalr-role": "client-method"
        })
    );
    assert_eq!(
        document["channels"]["Chat"]["messages"]["call.Receive"],
        json!({
            "name": "Receive",
            "description": "A message came.",
            "correlationId": {"location": "$message.payload#/invocationId"},
            "payload": {
                "type": "object",
                "required": ["type", "target", "arguments"],
                "properties": {
                    "type": {"const": 1},
                    "invocationId": {"type": "string"},
                    "target": {"const": "Receive"},
                    "arguments": {
                        "type": "array",
                        "items": [
                            {"type": "string", "title": "user"},
                            {"type": "integer", "title": "count"}
                        ],
                        "additionalItems": false,
                        "minItems": 2,
                        "maxItems": 2
                    }
                }
            }
        })
    );
}

#[test]
fn result_of_a_client_is_the_reply_and_needs_an_id() {
    let hub = chat().client_method(HubMethod::new("GetName").returns(Schema::string()));
    let document = document(api().hub(hub));
    let operation = &document["operations"]["Chat.send.GetName"];
    assert_eq!(
        operation["reply"],
        json!({
            "channel": reference("#/channels/Chat"),
            "messages": [reference("#/channels/Chat/messages/result.GetName")]
        })
    );
    let messages = &document["channels"]["Chat"]["messages"];
    assert_eq!(
        messages["call.GetName"]["payload"]["required"],
        json!(["type", "invocationId", "target", "arguments"])
    );
    assert_eq!(
        messages["call.GetName"]["payload"]["properties"]["arguments"],
        json!({"type": "array", "maxItems": 0})
    );
    assert_eq!(
        messages["result.GetName"]["payload"]["properties"]["result"],
        json!({"type": "string"})
    );
}

#[test]
fn invocation_of_a_hub_method_is_received_and_completed() {
    let hub = chat()
        .method(
            HubMethod::new("Add")
                .argument("a", Schema::integer())
                .returns(Schema::integer()),
        )
        .method(HubMethod::new("Send"));
    let document = document(api().hub(hub));
    let operation = &document["operations"]["Chat.receive.Add"];
    assert_eq!(operation["action"], "receive");
    assert_eq!(operation["x-signalr-role"], "hub-method");
    assert_eq!(
        operation["reply"]["messages"],
        json!([reference("#/channels/Chat/messages/complete.Add")])
    );
    let messages = &document["channels"]["Chat"]["messages"];
    assert_eq!(
        messages["complete.Add"]["payload"],
        json!({
            "type": "object",
            "required": ["type", "invocationId"],
            "properties": {
                "type": {"const": 3},
                "invocationId": {"type": "string"},
                "result": {"type": "integer"},
                "error": {"type": "string"}
            }
        })
    );
    assert_eq!(
        messages["complete.Send"]["payload"]["properties"].get("result"),
        None
    );
}

#[test]
fn streaming_hub_method_replies_with_items_and_a_completion() {
    let hub = chat().method(HubMethod::new("Count").streams(Schema::integer()));
    let document = document(api().hub(hub));
    assert_eq!(
        document["operations"]["Chat.receive.Count"]["reply"]["messages"],
        json!([
            reference("#/channels/Chat/messages/item.Count"),
            reference("#/channels/Chat/messages/complete.Count")
        ])
    );
    let messages = &document["channels"]["Chat"]["messages"];
    let invocation = &messages["invoke.Count"]["payload"];
    assert_eq!(invocation["properties"]["type"], json!({"const": 4}));
    assert_eq!(
        invocation["required"],
        json!(["type", "invocationId", "target", "arguments"])
    );
    assert_eq!(
        messages["item.Count"]["payload"],
        json!({
            "type": "object",
            "required": ["type", "invocationId", "item"],
            "properties": {
                "type": {"const": 2},
                "invocationId": {"type": "string"},
                "item": {"type": "integer"}
            }
        })
    );
}

#[test]
fn uploads_follow_the_invocation() {
    let sum = HubMethod::new("Sum")
        .uploads(Schema::integer())
        .returns(Schema::integer());
    let both = HubMethod::new("Both")
        .uploads(Schema::integer())
        .uploads(Schema::string());
    let document = document(api().hub(chat().method(sum).method(both)));
    assert_eq!(
        document["operations"]["Chat.receive.Sum"]["messages"],
        json!([
            reference("#/channels/Chat/messages/invoke.Sum"),
            reference("#/channels/Chat/messages/upload.Sum"),
            reference("#/channels/Chat/messages/uploaded.Sum")
        ])
    );
    let messages = &document["channels"]["Chat"]["messages"];
    let ids = |count: u8| json!({"type": "array", "items": {"type": "string"}, "minItems": count, "maxItems": count});
    let invocation = &messages["invoke.Sum"]["payload"];
    assert_eq!(invocation["properties"]["streamIds"], ids(1));
    assert_eq!(
        invocation["required"],
        json!(["type", "target", "arguments", "streamIds"])
    );
    let item = |name: &str| messages[name]["payload"]["properties"]["item"].clone();
    assert_eq!(item("upload.Sum"), json!({"type": "integer"}));
    assert_eq!(
        messages["invoke.Both"]["payload"]["properties"]["streamIds"],
        ids(2)
    );
    assert_eq!(
        item("upload.Both"),
        json!({"anyOf": [{"type": "integer"}, {"type": "string"}]})
    );
}

#[test]
fn hub_with_websockets_says_how_one_is_opened() {
    let scheme = SecurityScheme::bearer("JWT");
    let secured = chat().security("bearer", &[]);
    let channel = document(api().security_scheme("bearer", scheme).hub(secured));
    let channel = &channel["channels"]["Chat"];
    assert_eq!(channel["address"], "/hubs/chat");
    assert_eq!(
        channel["bindings"]["ws"],
        json!({
            "method": "GET",
            "query": {
                "type": "object",
                "properties": {"id": {"type": "string"}, "access_token": {"type": "string"}}
            },
            "bindingVersion": "0.1.0"
        })
    );
    let without = document(api().hub(chat().transports(&[Transport::LongPolling])));
    assert_eq!(without["channels"]["Chat"].get("bindings"), None);
}
