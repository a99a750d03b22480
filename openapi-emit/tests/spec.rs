//! Shapes of streams, hubs and the rest, by the sentences they follow.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

use openapi_emit::{
    Api, Event, EventStream, Format, Hub, MediaType, Method, Operation, Parameter, RequestBody,
    Response, Schema, SecurityScheme, Server, Transport, Version,
};
use serde_json::json;

fn document(api: Api) -> serde_json::Value {
    serde_json::to_value(api.build().unwrap().openapi(Version::V3_2)).unwrap()
}

fn item(stream: EventStream) -> serde_json::Value {
    let response = Response::new("Open.").content(stream);
    let operation = Operation::new("stream").response(200, response);
    let api = Api::new("Test", "1").operation(Method::Get, "/", operation);
    let document = document(api);
    let content = &document["paths"]["/"]["get"]["responses"]["200"]["content"];
    content["text/event-stream"]["itemSchema"].clone()
}

//= https://spec.openapis.org/oas/v3.2.0.html#special-considerations-for-server-sent-events
//# Use JSON Schema's keywords for working with the contents of string-encoded data, particularly `contentMediaType` and `contentSchema`
#[test]
fn item_has_a_branch_for_each_type_of_event() {
    let stream = EventStream::new()
        .event(Event::json("progress", Schema::integer()).description("Further."))
        .event(Event::text("log"));
    assert_eq!(
        item(stream),
        json!({
            "allOf": [{"$ref": "#/components/schemas/SseEvent"}],
            "required": ["event"],
            "oneOf": [
                {
                    "properties": {
                        "event": {"const": "progress"},
                        "data": {
                            "contentMediaType": "application/json",
                            "contentSchema": {"type": "integer"}
                        }
                    },
                    "description": "Further."
                },
                {"properties": {"event": {"const": "log"}}}
            ]
        })
    );
}

#[test]
fn events_of_other_types_have_a_branch_of_their_own() {
    let stream = EventStream::new()
        .event(Event::text("message"))
        .event(Event::text("log"))
        .others("Whatever is sent.");
    assert_eq!(
        item(stream)["oneOf"],
        json!([
            {"properties": {"event": {"const": "message"}}},
            {"properties": {"event": {"const": "log"}}, "required": ["event"]},
            {
                "properties": {"event": {"not": {"enum": ["message", "log"]}}},
                "required": ["event"],
                "description": "Whatever is sent."
            }
        ])
    );
}

#[test]
fn event_without_a_type_is_a_message() {
    let stream = EventStream::new()
        .event(Event::text("message"))
        .event(Event::text("log"));
    assert_eq!(
        item(stream),
        json!({
            "allOf": [{"$ref": "#/components/schemas/SseEvent"}],
            "oneOf": [
                {"properties": {"event": {"const": "message"}}},
                {"properties": {"event": {"const": "log"}}, "required": ["event"]}
            ]
        })
    );
}

//= https://spec.openapis.org/oas/v3.2.0.html#special-considerations-for-server-sent-events
//# The following Schema Object is a generic schema for the `text/event-stream` media type
#[test]
fn any_event_is_an_object_of_its_fields() {
    let response = Response::new("Open.").content(EventStream::new());
    let document = document(Api::new("Test", "1").response("Stream", response));
    let schema = &document["components"]["schemas"]["SseEvent"];
    assert_eq!(schema["type"], "object");
    assert_eq!(schema["required"], json!(["data"]));
    assert_eq!(
        schema["properties"],
        json!({
            "data": {"type": "string"},
            "event": {"type": "string"},
            "id": {"type": "string"},
            "retry": {"type": "integer", "minimum": 0}
        })
    );
}

fn chat() -> Hub {
    Hub::new("Chat", "/hubs/chat").tag("SignalR")
}

#[test]
fn both_operations_of_a_hub_say_what_they_belong_to() {
    let document =
        document(Api::new("Test", "1").hub(chat().formats(&[Format::Json, Format::MessagePack])));
    let signalr = json!({
        "hub": "Chat",
        "path": "/hubs/chat",
        "negotiatePath": "/hubs/chat/negotiate",
        "connectOperation": "get:/hubs/chat",
        "transports": ["websocket", "sse", "longPolling"],
        "formats": ["json", "messagepack"]
    });
    let connect = &document["paths"]["/hubs/chat"]["get"];
    assert_eq!(connect["operationId"], "connectChat");
    assert_eq!(connect["tags"], json!(["SignalR"]));
    assert_eq!(connect["x-signalr-role"], "connect");
    assert_eq!(connect["x-signalr"], signalr);
    let negotiate = &document["paths"]["/hubs/chat/negotiate"]["post"];
    assert_eq!(negotiate["operationId"], "negotiateChat");
    assert_eq!(negotiate["x-signalr-role"], "negotiate");
    assert_eq!(negotiate["x-signalr"], signalr);
}

#[test]
fn negotiation_has_its_parameters_and_its_three_answers() {
    let document = document(Api::new("Test", "1").hub(chat()));
    let negotiate = &document["paths"]["/hubs/chat/negotiate"]["post"];
    let names: Vec<_> = negotiate["parameters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["name"])
        .collect();
    assert_eq!(names, ["negotiateVersion", "useStatefulReconnect"]);
    assert_eq!(
        negotiate["responses"]["200"]["content"]["application/json"]["schema"],
        json!({"$ref": "#/components/schemas/NegotiateResponse"})
    );
    let answers = document["components"]["schemas"]["NegotiateResponse"]["anyOf"].clone();
    let titles: Vec<_> = answers
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["title"])
        .collect();
    assert_eq!(titles, ["Connect", "Redirect", "Error"]);
}

#[test]
fn slash_at_the_end_of_a_hub_is_not_doubled() {
    for (path, negotiate) in [
        ("/hubs/chat/", "/hubs/chat/negotiate"),
        ("/", "/negotiate"),
        ("/chat/negotiate", "/chat/negotiate"),
    ] {
        let document = document(Api::new("Test", "1").hub(Hub::new("Chat", path)));
        assert_eq!(
            document["paths"][negotiate]["post"]["operationId"], "negotiateChat",
            "{path}"
        );
    }
}

#[test]
fn responses_of_a_hub_follow_its_transports() {
    let statuses = |transports: &[Transport]| -> Vec<String> {
        let document = document(Api::new("Test", "1").hub(chat().transports(transports)));
        let responses = &document["paths"]["/hubs/chat"]["get"]["responses"];
        responses.as_object().unwrap().keys().cloned().collect()
    };
    assert_eq!(statuses(&[Transport::WebSocket]), ["101", "404"]);
    assert_eq!(statuses(&[Transport::ServerSentEvents]), ["200", "404"]);
    assert_eq!(statuses(&[Transport::LongPolling]), ["200", "204", "404"]);
}

#[test]
fn own_responses_of_a_hub_replace_its_defaults() {
    let hub = chat()
        .response(404, Response::new("Mine."))
        .response(401, Response::new("Who?"));
    let document = document(Api::new("Test", "1").hub(hub));
    for (path, method) in [("/hubs/chat", "get"), ("/hubs/chat/negotiate", "post")] {
        let responses = &document["paths"][path][method]["responses"];
        assert_eq!(responses["404"], json!({"description": "Mine."}));
        assert_eq!(responses["401"], json!({"description": "Who?"}));
    }
}

#[test]
fn response_of_one_operation_of_a_hub_stays_out_of_the_other() {
    let hub = chat()
        .connect_response(404, Response::new("Mine."))
        .negotiate_response(503, Response::new("Later."));
    let document = document(Api::new("Test", "1").hub(hub));
    let responses = |path: &str, method: &str| document["paths"][path][method]["responses"].clone();
    let connect = responses("/hubs/chat", "get");
    assert_eq!(connect["404"], json!({"description": "Mine."}));
    assert_eq!(connect.get("503"), None);
    let negotiate = responses("/hubs/chat/negotiate", "post");
    assert_eq!(negotiate["503"], json!({"description": "Later."}));
    assert_eq!(negotiate.get("404"), None);
}

#[test]
fn token_in_the_query_is_for_hubs_that_ask_for_one() {
    let names = |api: Api| -> Vec<String> {
        let document = document(api.security_scheme("bearer", SecurityScheme::bearer("JWT")));
        let parameters = document["paths"]["/hubs/chat"]["get"]["parameters"].clone();
        let parameters = parameters.as_array().unwrap();
        parameters
            .iter()
            .map(|it| it["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let api = || Api::new("Test", "1");
    assert_eq!(names(api().hub(chat())), ["id"]);
    assert_eq!(
        names(api().hub(chat().security("bearer", &[]))),
        ["id", "access_token"]
    );
    assert_eq!(
        names(api().hub(chat()).security("bearer", &[])),
        ["id", "access_token"]
    );
}

//= https://spec.openapis.org/oas/v3.2.0.html#operation-object
//# To make security optional, an empty security requirement (`{}`) can be included in the array.
#[test]
fn security_of_an_operation_counts_instead_of_that_of_the_api() {
    let operation = Operation::new("a")
        .response(204, Response::new("Done."))
        .security("oidc", &["read"])
        .anonymous();
    let api = Api::new("Test", "1")
        .security_scheme("basic", SecurityScheme::basic())
        .security_scheme(
            "oidc",
            SecurityScheme::open_id_connect("https://example.com"),
        )
        .security("basic", &[])
        .operation(Method::Get, "/", operation);
    let document = document(api);
    assert_eq!(document["security"], json!([{"basic": []}]));
    assert_eq!(
        document["paths"]["/"]["get"]["security"],
        json!([{"oidc": ["read"]}, {}])
    );
}

//= https://spec.openapis.org/oas/v3.2.0.html#parameter-object
//# If the parameter location is `"path"`, this field is **REQUIRED** and its value MUST be `true`.
#[test]
fn path_parameters_are_required() {
    let operation = Operation::new("a")
        .parameter(Parameter::path("id", Schema::string()))
        .parameter(Parameter::query("q", Schema::string()))
        .response(204, Response::new("Done."));
    let document = document(Api::new("Test", "1").operation(Method::Get, "/{id}", operation));
    let parameters = &document["paths"]["/{id}"]["get"]["parameters"];
    assert_eq!(parameters[0]["required"], true);
    assert_eq!(parameters[1].get("required"), None);
}

#[test]
fn request_body_is_required_unless_said_otherwise() {
    let body = || RequestBody::new(MediaType::opaque("image/png"));
    let api = Api::new("Test", "1")
        .request_body("A", body())
        .request_body("B", body().optional());
    let document = document(api);
    let bodies = &document["components"]["requestBodies"];
    assert_eq!(
        bodies["A"],
        json!({"content": {"image/png": {}}, "required": true})
    );
    assert_eq!(bodies["B"], json!({"content": {"image/png": {}}}));
}

#[test]
fn documents_say_their_version() {
    let document = Api::new("Test", "1").build().unwrap();
    for (version, number) in [
        (Version::V3_0, "3.0.4"),
        (Version::V3_1, "3.1.2"),
        (Version::V3_2, "3.2.0"),
    ] {
        let value = serde_json::to_value(document.openapi(version)).unwrap();
        assert_eq!(
            value,
            json!({"openapi": number, "info": {"title": "Test", "version": "1"}, "paths": {}})
        );
    }
}

#[test]
fn members_stand_in_the_order_they_were_written() {
    let operation = |id| Operation::new(id).response(204, Response::new("Done."));
    let text = Api::new("Test", "1")
        .server(Server::new("/"))
        .schema(
            "Z",
            Schema::object()
                .property("z", Schema::any())
                .property("a", Schema::any()),
        )
        .schema("A", Schema::any())
        .operation(Method::Post, "/z", operation("first"))
        .operation(Method::Get, "/a", operation("second"))
        .operation(Method::Get, "/z", operation("third"))
        .build()
        .unwrap()
        .openapi(Version::V3_2)
        .to_json();
    let mut rest = text.as_str();
    for key in [
        "\"servers\"",
        "\"/z\"",
        "\"post\"",
        "\"get\"",
        "\"third\"",
        "\"/a\"",
        "\"Z\"",
        "\"z\"",
        "\"a\"",
        "\"A\"",
    ] {
        let at = rest.find(key);
        assert!(at.is_some(), "{key} stands after the one before it");
        rest = &rest[at.unwrap() + 1..];
    }
}

#[test]
fn stream_may_be_a_request() {
    let operation = Operation::new("push")
        .body(RequestBody::new(EventStream::new()))
        .response(204, Response::new("Done."));
    let in_place = document(Api::new("Test", "1").operation(Method::Post, "/", operation));
    assert_eq!(
        in_place["components"]["schemas"]["SseEvent"]["type"],
        "object"
    );
    let body = RequestBody::new(EventStream::new());
    let in_component = document(Api::new("Test", "1").request_body("Push", body));
    assert_eq!(
        in_component["components"]["schemas"]["SseEvent"]["type"],
        "object"
    );
}

#[test]
fn negotiation_can_be_left_out() {
    let document = document(Api::new("Test", "1").hub(chat().without_negotiate()));
    let paths: Vec<_> = document["paths"].as_object().unwrap().keys().collect();
    assert_eq!(paths, ["/hubs/chat"]);
    assert_eq!(
        document["components"]["schemas"].get("NegotiateResponse"),
        None
    );
}

#[test]
fn null_is_allowed_beside_a_list_of_values() {
    let schema = Schema::string().with("enum", ["a"]).nullable();
    let document = document(Api::new("Test", "1").schema("S", schema));
    assert_eq!(
        document["components"]["schemas"]["S"],
        json!({"anyOf": [{"type": "string", "enum": ["a"]}, {"type": "null"}]})
    );
}
