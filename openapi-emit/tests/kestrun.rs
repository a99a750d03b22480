//! The dialect of a Kestrun server, rule by rule.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

use openapi_emit::{
    Api, Dialect, Event, EventStream, Example, Hub, MediaType, Method, Operation, Parameter,
    RequestBody, Response, Schema, Status, Version,
};
use serde_json::json;

fn api() -> Api {
    Api::new("Test", "1").dialect(Dialect::Kestrun)
}

fn document(api: Api, version: Version) -> serde_json::Value {
    serde_json::to_value(api.build().unwrap().openapi(version)).unwrap()
}

fn operation(operation: Operation) -> serde_json::Value {
    let document = document(api().operation(Method::Post, "/", operation), Version::V3_1);
    document["paths"]["/"]["post"].clone()
}

/// Sorted, because the order of `serde_json` depends on the build; the golden file has ours.
fn statuses(operation_of: Operation) -> Vec<String> {
    let operation = operation(operation_of);
    let mut statuses: Vec<_> = operation["responses"]
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect();
    statuses.sort();
    statuses
}

#[test]
fn item_of_a_stream_is_the_payload() {
    let media_type = |stream: EventStream, version| {
        let example = Example::new("left-out", openapi_emit::Value::from(["x"]));
        let stream = MediaType::from(stream).example(example);
        let operation = Operation::new("s").response(200, Response::new("Open.").content(stream));
        let api = api().operation(Method::Get, "/", operation);
        let document = document(api, version);
        document["paths"]["/"]["get"]["responses"]["200"]["content"]["text/event-stream"].clone()
    };
    let number = || Event::json("n", Schema::number());
    for (stream, item) in [
        (EventStream::new(), json!({"type": "string"})),
        (
            EventStream::new().event(number()),
            json!({"type": "number"}),
        ),
        (
            EventStream::new().event(number()).event(Event::text("t")),
            json!({"oneOf": [{"type": "number"}, {"type": "string"}]}),
        ),
    ] {
        let before = json!({"x-oai-itemSchema": item});
        assert_eq!(media_type(stream.clone(), Version::V3_0), before);
        assert_eq!(media_type(stream.clone(), Version::V3_1), before);
        assert_eq!(
            media_type(stream, Version::V3_2),
            json!({"itemSchema": item})
        );
    }
}

#[test]
fn operations_of_a_hub_have_fixed_responses_and_no_ids() {
    let hub = Hub::new("NotificationsHub", "/hubs/kestrun")
        .tag("SignalR")
        .response(429, Response::new("left out"));
    let document = document(api().hub(hub), Version::V3_2);
    let responses = |status: &str, text: &str| {
        json!({
            status: {"description": text},
            "401": {"description": "Unauthorized"},
            "403": {"description": "Forbidden"},
            "404": {"description": "Not Found"},
            "500": {"description": "Internal Server Error"}
        })
    };
    let signalr = json!({
        "hub": "NotificationsHub",
        "path": "/hubs/kestrun",
        "negotiatePath": "/hubs/kestrun/negotiate",
        "connectOperation": "get:/hubs/kestrun",
        "transports": ["websocket", "sse", "longPolling"],
        "formats": ["json"]
    });
    assert_eq!(
        document["paths"]["/hubs/kestrun"]["get"],
        json!({
            "tags": ["SignalR"],
            "responses": responses("101", "Switching Protocols (WebSocket upgrade)"),
            "x-signalr-role": "connect",
            "x-signalr": signalr
        })
    );
    assert_eq!(
        document["paths"]["/hubs/kestrun/negotiate"]["post"],
        json!({
            "tags": ["SignalR"],
            "summary": "SignalR negotiate endpoint",
            "description": "Negotiates connection parameters for a SignalR client before \
                            establishing the transport.",
            "responses": responses("200", "Successful negotiation"),
            "x-signalr-role": "negotiate",
            "x-signalr": signalr
        })
    );
    assert_eq!(document.get("components"), None);
}

#[test]
fn responses_of_the_framework_follow_what_the_operation_takes_and_gives() {
    let new = || Operation::new("a");
    let done = || Response::new("Done.");
    let json = || MediaType::json(Schema::any());
    let parameter = || Parameter::query("q", Schema::string());
    assert_eq!(statuses(new().response(204, done())), ["204"]);
    assert_eq!(
        statuses(new().response(200, done().content(json()))),
        ["200", "406"]
    );
    assert_eq!(
        statuses(new().parameter(parameter()).response(204, done())),
        ["204", "400", "422"].map(str::to_owned)
    );
    assert_eq!(
        statuses(
            new()
                .body(RequestBody::new(json()))
                .response(200, done().content(json()))
        ),
        ["200", "400", "406", "415", "422"]
    );
}

#[test]
fn responses_of_the_framework_yield_to_declared_ones() {
    let with_body = |status: Status| {
        let body = RequestBody::new(MediaType::json(Schema::any()));
        Operation::new("a")
            .body(body)
            .response(status, Response::new("Mine."))
    };
    assert_eq!(statuses(with_body(Status::Default)), ["default"]);
    assert_eq!(statuses(with_body(Status::Range(4))), ["4XX"]);
    let operation = operation(with_body(Status::Code(415)));
    assert_eq!(
        operation["responses"]["415"],
        json!({"description": "Mine."})
    );
}

#[test]
fn null_stands_first_in_a_list_of_types() {
    let types = |version| {
        let api = api().schema("S", Schema::integer().nullable());
        document(api, version)["components"]["schemas"]["S"].clone()
    };
    assert_eq!(
        types(Version::V3_0),
        json!({"type": "integer", "nullable": true})
    );
    assert_eq!(types(Version::V3_1), json!({"type": ["null", "integer"]}));
    assert_eq!(types(Version::V3_2), json!({"type": ["null", "integer"]}));
}

#[test]
fn required_stands_first_in_a_schema() {
    let schema = Schema::object().property("a", Schema::string());
    let document = api().schema("S", schema).build().unwrap();
    for version in Version::ALL {
        let text = document.openapi(version).to_json();
        let place = |keyword: &str| text.find(keyword).unwrap();
        assert!(
            place("\"required\"") < place("\"type\": \"object\""),
            "{text}"
        );
    }
}

#[test]
fn operation_ids_may_repeat() {
    let operation = || Operation::new("same").response(204, Response::new("Done."));
    let api =
        api()
            .operation(Method::Get, "/a", operation())
            .operation(Method::Get, "/b", operation());
    let document = document(api, Version::V3_2);
    assert_eq!(document["paths"]["/a"]["get"]["operationId"], "same");
    assert_eq!(document["paths"]["/b"]["get"]["operationId"], "same");
}
