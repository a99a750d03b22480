//! Schemas and events of Rust types.
#![cfg(feature = "schemars")]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]
#![expect(dead_code, reason = "only the schemas of the types are of interest")]

use openapi_emit::{
    Api, Event, EventStream, Method, NotTagged, Operation, Response, Schema, TypeSchemas, Version,
};
use schemars::JsonSchema;
use serde_json::json;

#[derive(JsonSchema)]
struct Progress {
    job: String,
    total: Option<u32>,
    parent: Option<Box<Progress>>,
    #[serde(default)]
    note: String,
}

#[derive(JsonSchema)]
#[serde(tag = "event", content = "data", rename_all = "camelCase")]
enum Notice {
    /// A job has come further.
    Progress(Progress),
    Count(u8),
    Renamed {
        from: String,
    },
    Closing,
}

#[derive(JsonSchema)]
#[serde(tag = "kind")]
enum Change {
    Added {
        id: u8,
    },
    /// All of them.
    Cleared,
}

fn document(api: Api, version: Version) -> serde_json::Value {
    serde_json::to_value(api.build().unwrap().openapi(version)).unwrap()
}

fn branches(events: Vec<Event>) -> serde_json::Value {
    let stream = EventStream::new().events(events);
    let operation = Operation::new("s").response(200, Response::new("Open.").content(stream));
    let api = Api::new("Test", "1")
        .operation(Method::Get, "/", operation)
        .schema("Progress", Schema::any());
    let document = document(api, Version::V3_2);
    let content = &document["paths"]["/"]["get"]["responses"]["200"]["content"];
    content["text/event-stream"]["itemSchema"]["oneOf"].clone()
}

fn data(schema: &serde_json::Value) -> serde_json::Value {
    json!({"contentMediaType": "application/json", "contentSchema": schema})
}

#[test]
fn content_of_a_variant_is_the_data_of_its_event() {
    let events = TypeSchemas::sent().events::<Notice>().unwrap();
    let uint8 = json!({"type": "integer", "format": "uint8", "minimum": 0, "maximum": 255});
    let renamed = json!({
        "type": "object", "properties": {"from": {"type": "string"}}, "required": ["from"]
    });
    assert_eq!(
        branches(events),
        json!([
            {
                "properties": {
                    "event": {"const": "progress"},
                    "data": data(&json!({"$ref": "#/components/schemas/Progress"}))
                },
                "description": "A job has come further."
            },
            {"properties": {"event": {"const": "count"}, "data": data(&uint8)}},
            {"properties": {"event": {"const": "renamed"}, "data": data(&renamed)}},
            {"properties": {"event": {"const": "closing"}}}
        ])
    );
}

#[test]
fn tag_inside_the_data_stays_there() {
    let events = TypeSchemas::sent().events::<Change>().unwrap();
    let branches = branches(events);
    assert_eq!(
        branches[0]["properties"]["event"],
        json!({"const": "Added"})
    );
    assert_eq!(
        branches[0]["properties"]["data"]["contentSchema"]["required"],
        json!(["kind", "id"])
    );
    assert_eq!(branches[1]["description"], "All of them.");
    assert_eq!(
        branches[1]["properties"]["data"],
        data(&json!({
            "type": "object",
            "properties": {"kind": {"type": "string", "const": "Cleared"}},
            "required": ["kind"]
        }))
    );
}

#[test]
fn types_without_a_tag_are_no_events() {
    #[derive(JsonSchema)]
    enum External {
        A(u8),
        B(u8),
    }
    #[derive(JsonSchema)]
    #[serde(untagged)]
    enum Untagged {
        A(u8),
        B(String),
    }
    let mut types = TypeSchemas::sent();
    assert_eq!(types.events::<Progress>(), Err(NotTagged));
    assert_eq!(types.events::<External>(), Err(NotTagged));
    assert_eq!(types.events::<Untagged>(), Err(NotTagged));
    assert_eq!(types.events::<u8>(), Err(NotTagged));
}

#[test]
fn named_types_go_to_the_components_and_are_lowered_there() {
    let mut types = TypeSchemas::sent();
    assert_eq!(types.schema::<Progress>(), Schema::reference("Progress"));
    assert_eq!(types.schema::<String>(), Schema::string());
    let document = document(Api::new("Test", "1").schemas(types), Version::V3_0);
    let schema = &document["components"]["schemas"]["Progress"];
    assert_eq!(
        schema["properties"]["total"],
        json!({"type": "integer", "format": "uint32", "minimum": 0, "nullable": true})
    );
    assert_eq!(
        schema["properties"]["parent"]["anyOf"][0],
        json!({"$ref": "#/components/schemas/Progress"})
    );
}

#[test]
fn fields_with_a_default_may_be_absent_in_what_is_received() {
    let required = |mut types: TypeSchemas| {
        let _ = types.schema::<Progress>();
        let document = document(Api::new("Test", "1").schemas(types), Version::V3_2);
        document["components"]["schemas"]["Progress"]["required"].clone()
    };
    assert_eq!(required(TypeSchemas::received()), json!(["job"]));
    assert_eq!(
        required(TypeSchemas::sent()),
        json!(["job", "total", "parent", "note"])
    );
}

#[test]
fn two_types_of_one_name_get_two_names() {
    mod other {
        #[derive(schemars::JsonSchema)]
        pub(super) struct Progress {
            percent: u8,
        }
    }
    let mut types = TypeSchemas::sent();
    let first = types.schema::<Progress>();
    let second = types.schema::<other::Progress>();
    assert_eq!(first, Schema::reference("Progress"));
    assert_eq!(second, Schema::reference("Progress2"));
    let names: Vec<String> = types.into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["Progress", "Progress2"]);
}

#[test]
fn keywords_are_sorted_in_every_build() {
    let mut types = TypeSchemas::sent();
    let schema = types.schema::<(u8, Vec<String>)>();
    let document = Api::new("Test", "1").schema("S", schema).build().unwrap();
    let json = document.openapi(Version::V3_1).to_json();
    let keywords: Vec<&str> = json
        .lines()
        .filter(|line| line.starts_with("        \""))
        .filter_map(|line| line.split('"').nth(1))
        .collect();
    assert_eq!(keywords, ["maxItems", "minItems", "prefixItems", "type"]);
}
