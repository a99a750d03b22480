//! Any API: it is refused exactly when it should be, and what is written reads back.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

use std::collections::BTreeSet;

use openapi_emit::{
    Api, Event, EventStream, Hub, HubMethod, MediaType, Method, Operation, Parameter, Response,
    Schema, Value, Version,
};
use proptest::prelude::*;
use serde_json::Value as Json;

const NAMES: [&str; 4] = ["A", "B", "C", "D"];

/// An API in a form that says beforehand what is wrong with it.
#[derive(Clone, Debug)]
struct Plan {
    schemas: Vec<(usize, Schema)>,
    operations: Vec<(usize, usize, bool, Schema)>,
    streams: Vec<(usize, Vec<Schema>)>,
    hubs: Vec<(usize, Schema)>,
}

fn schema() -> impl Strategy<Value = Schema> {
    let leaf = prop_oneof![
        Just(Schema::any()),
        Just(Schema::string()),
        Just(Schema::integer().with("exclusiveMinimum", 0)),
        Just(Schema::boolean().nullable()),
        Just(Schema::any().with("type", ["string", "array", "null"])),
        Just(Schema::constant("x")),
        Just(Schema::constant(Value::Null)),
        Just(Schema::string().with("contentMediaType", "application/json")),
        (0..NAMES.len()).prop_map(|name| Schema::reference(NAMES[name])),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(Schema::array),
            inner.clone().prop_map(Schema::nullable),
            inner
                .clone()
                .prop_map(|schema| schema.description("Described.")),
            inner
                .clone()
                .prop_map(|schema| Schema::string().with("contentSchema", schema)),
            (inner.clone(), inner.clone())
                .prop_map(|(a, b)| { Schema::object().property("const", a).optional("type", b) }),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| Schema::one_of([a, b])),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| Schema::any_of([a, b])),
            (inner.clone(), inner).prop_map(|(a, b)| {
                Schema::any()
                    .with("type", "array")
                    .with("prefixItems", [a, b])
                    .with("items", false)
            }),
        ]
    })
}

fn plan() -> impl Strategy<Value = Plan> {
    let name = || 0..NAMES.len();
    (
        // Mostly all four, so that most references resolve.
        prop_oneof![
            3 => schema().prop_map(|it| (0..NAMES.len()).map(|name| (name, it.clone())).collect()),
            1 => proptest::collection::vec((name(), schema()), 0..4),
        ],
        proptest::collection::vec((name(), name(), prop::bool::weighted(0.95), schema()), 0..3),
        proptest::collection::vec((name(), proptest::collection::vec(schema(), 0..3)), 0..2),
        proptest::collection::vec((name(), schema()), 0..2),
    )
        .prop_map(|(schemas, operations, streams, hubs)| Plan {
            schemas,
            operations,
            streams,
            hubs,
        })
}

impl Plan {
    fn api(&self) -> Api {
        let mut api = Api::new("Any", "1");
        for (name, schema) in &self.schemas {
            api = api.schema(NAMES[*name], schema.clone());
        }
        for (id, path, declared, schema) in &self.operations {
            let content = MediaType::json(schema.clone());
            let mut operation = Operation::new(&format!("operation{}", NAMES[*id]))
                .response(200, Response::new("Done.").content(content));
            if *declared {
                operation = operation.parameter(Parameter::path("id", Schema::string()));
            }
            api = api.operation(Method::Get, &format!("/{}/{{id}}", NAMES[*path]), operation);
        }
        for (id, events) in &self.streams {
            let events = events.iter().enumerate();
            let events = events.map(|(index, it)| Event::json(&index.to_string(), it.clone()));
            let stream = EventStream::new().events(events);
            let operation = Operation::new(&format!("stream{}", NAMES[*id]))
                .response(200, Response::new("Open.").content(stream));
            api = api.operation(Method::Get, &format!("/streams/{}", NAMES[*id]), operation);
        }
        for (name, schema) in &self.hubs {
            let method = HubMethod::new("m")
                .argument("a", schema.clone())
                .returns(schema.clone());
            let hub = Hub::new(NAMES[*name], &format!("/hubs/{}", NAMES[*name]));
            api = api.hub(hub.method(method));
        }
        api
    }

    /// Whether nothing is wrong, by looking at nothing but the plan.
    fn is_sound(&self) -> bool {
        let mut referenced = BTreeSet::new();
        for schema in self
            .schemas
            .iter()
            .map(|(_, schema)| schema)
            .chain(self.operations.iter().map(|(.., schema)| schema))
            .chain(self.streams.iter().flat_map(|(_, events)| events))
            .chain(self.hubs.iter().map(|(_, schema)| schema))
        {
            references(
                &serde_json::to_value(Value::from(schema.clone())).unwrap(),
                &mut referenced,
            );
        }
        let declared: BTreeSet<String> = self
            .schemas
            .iter()
            .map(|(name, _)| format!("#/components/schemas/{}", NAMES[*name]))
            .collect();
        let clash = self.schemas.iter().any(|(name, schema)| {
            self.schemas
                .iter()
                .any(|(other, another)| name == other && schema != another)
        });
        referenced.is_subset(&declared)
            && !clash
            && self.operations.iter().all(|(_, _, declared, _)| *declared)
            && are_distinct(self.operations.iter().map(|(id, ..)| id))
            && are_distinct(self.operations.iter().map(|(_, path, ..)| path))
            && are_distinct(self.streams.iter().map(|(id, _)| id))
            && are_distinct(self.hubs.iter().map(|(name, _)| name))
    }
}

fn are_distinct<'a>(items: impl Iterator<Item = &'a usize>) -> bool {
    let mut seen = BTreeSet::new();
    items.into_iter().all(|item| seen.insert(item))
}

fn references(value: &Json, found: &mut BTreeSet<String>) {
    match value {
        Json::Object(members) => {
            for (key, value) in members {
                match value {
                    Json::String(pointer) if key == "$ref" => {
                        found.insert(pointer.clone());
                    }
                    _ => references(value, found),
                }
            }
        }
        Json::Array(elements) => elements
            .iter()
            .for_each(|element| references(element, found)),
        _ => {}
    }
}

fn operation_ids(value: &Json, found: &mut Vec<String>) {
    match value {
        Json::Object(members) => {
            for (key, value) in members {
                match value {
                    Json::String(id) if key == "operationId" => found.push(id.clone()),
                    _ => operation_ids(value, found),
                }
            }
        }
        Json::Array(elements) => elements.iter().for_each(|it| operation_ids(it, found)),
        _ => {}
    }
}

fn check_references(document: &Json) {
    let mut found = BTreeSet::new();
    references(document, &mut found);
    for pointer in found {
        let target = document.pointer(pointer.strip_prefix('#').unwrap());
        assert!(target.is_some(), "{pointer} points at nothing");
    }
}

/// No place where a schema stands has a keyword, or a form of one, that 3.0 lacks.
fn check_schema_of_3_0(schema: &Json) {
    let schema = schema.as_object().unwrap();
    for (keyword, value) in schema {
        match keyword.as_str() {
            "const" | "prefixItems" | "contentMediaType" | "contentSchema" => {
                panic!("3.0 has no {keyword}")
            }
            "type" => assert!(value.is_string()),
            "exclusiveMinimum" => assert!(value.is_boolean()),
            "items" => check_schema_of_3_0(value),
            "allOf" | "anyOf" | "oneOf" => {
                value
                    .as_array()
                    .unwrap()
                    .iter()
                    .for_each(check_schema_of_3_0);
            }
            "properties" => value
                .as_object()
                .unwrap()
                .values()
                .for_each(check_schema_of_3_0),
            _ => {}
        }
    }
    if schema.get("type").is_some_and(|name| name == "array") {
        assert!(schema.contains_key("items"));
    }
}

proptest! {
    #[test]
    fn faults_are_found_and_nothing_else(plan in plan()) {
        let document = plan.api().build();
        prop_assert_eq!(document.is_ok(), plan.is_sound(), "{:?}", document.err());
    }

    #[test]
    fn accepted_documents_are_sound(plan in plan()) {
        prop_assume!(plan.is_sound());
        let document = plan.api().build().unwrap();
        for version in Version::ALL {
            let value = document.openapi(version);
            let read: Json = serde_json::from_str(&value.to_json()).unwrap();
            prop_assert_eq!(&read, &serde_json::to_value(&value).unwrap());
            check_references(&read);
            let mut ids = Vec::new();
            operation_ids(&read, &mut ids);
            prop_assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
            if version == Version::V3_0 {
                if let Some(schemas) = read.pointer("/components/schemas") {
                    schemas.as_object().unwrap().values().for_each(check_schema_of_3_0);
                }
            }
        }
        let value = document.asyncapi();
        let read: Json = serde_json::from_str(&value.to_json()).unwrap();
        prop_assert_eq!(&read, &serde_json::to_value(&value).unwrap());
        check_references(&read);
    }

    #[test]
    fn bytes_are_the_same_every_time(plan in plan()) {
        prop_assume!(plan.is_sound());
        let (first, second) = (plan.api().build().unwrap(), plan.api().build().unwrap());
        for version in Version::ALL {
            prop_assert_eq!(first.openapi(version).to_json(), second.openapi(version).to_json());
        }
        prop_assert_eq!(first.asyncapi().to_json(), second.asyncapi().to_json());
    }
}
