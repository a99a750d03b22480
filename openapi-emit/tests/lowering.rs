//! What a version lacks, rule by rule.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

use openapi_emit::{
    Api, EventStream, Example, License, MediaType, Method, Object, Operation, Response, Schema,
    Tag, Value, Version,
};
use serde_json::json;

fn document(api: Api, version: Version) -> serde_json::Value {
    serde_json::to_value(api.build().unwrap().openapi(version)).unwrap()
}

fn lowered(schema: serde_json::Value, version: Version) -> serde_json::Value {
    let schema = Schema::try_from(Value::from(schema)).unwrap();
    let api = Api::new("Test", "1")
        .schema("Other", Schema::any())
        .schema("S", schema);
    document(api, version)["components"]["schemas"]["S"].clone()
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "both are written where it is called"
)]
fn check(schema: serde_json::Value, in_3_0: serde_json::Value) {
    assert_eq!(lowered(schema.clone(), Version::V3_0), in_3_0);
    for version in [Version::V3_1, Version::V3_2] {
        assert_eq!(
            lowered(schema.clone(), version),
            schema,
            "{version:?} keeps what is written"
        );
    }
}

//= https://spec.openapis.org/oas/v3.0.4.html#schema-object
//# A `true` value indicates that both `null` values and values of the type specified by `type` are allowed.
#[test]
fn null_in_a_list_of_types_becomes_nullable() {
    check(
        json!({"type": ["string", "null"]}),
        json!({"type": "string", "nullable": true}),
    );
    check(json!({"type": ["integer"]}), json!({"type": "integer"}));
}

//= https://spec.openapis.org/oas/v3.0.4.html#schema-object
//# This keyword only takes effect if `type` is explicitly defined within the same Schema Object.
#[test]
fn null_alone_becomes_a_nullable_type_with_nothing_else_allowed() {
    let only_null = json!({"type": "string", "nullable": true, "enum": [null]});
    check(json!({"type": "null"}), only_null.clone());
    check(json!({"type": ["null"]}), only_null.clone());
    check(json!({"const": null}), only_null.clone());
    check(json!({"type": "null", "const": null}), only_null.clone());
    check(
        json!({"anyOf": [{"$ref": "#/components/schemas/Other"}, {"type": "null"}]}),
        json!({"anyOf": [{"$ref": "#/components/schemas/Other"}, only_null]}),
    );
}

#[test]
fn several_types_become_alternatives() {
    check(
        json!({"type": ["string", "array", "null"], "maxLength": 3}),
        json!({
            "anyOf": [
                {"type": "string", "nullable": true},
                {"type": "array", "items": {}, "nullable": true}
            ],
            "maxLength": 3
        }),
    );
    check(
        json!({"type": ["string", "integer"], "anyOf": [{}], "allOf": [{"minLength": 1}]}),
        json!({
            "anyOf": [{}],
            "allOf": [{"minLength": 1}, {"anyOf": [{"type": "string"}, {"type": "integer"}]}]
        }),
    );
}

#[test]
fn constant_becomes_a_choice_of_one() {
    check(
        json!({"const": "a"}),
        json!({"enum": ["a"], "type": "string"}),
    );
    check(json!({"const": 7}), json!({"enum": [7], "type": "number"}));
    check(
        json!({"const": true}),
        json!({"enum": [true], "type": "boolean"}),
    );
    check(
        json!({"const": []}),
        json!({"enum": [[]], "type": "array", "items": {}}),
    );
    check(
        json!({"const": {"a": 1}}),
        json!({"enum": [{"a": 1}], "type": "object"}),
    );
    check(
        json!({"type": "integer", "const": 7}),
        json!({"type": "integer", "enum": [7]}),
    );
}

#[test]
fn exclusive_bound_becomes_a_flag() {
    check(
        json!({"exclusiveMinimum": 1}),
        json!({"minimum": 1, "exclusiveMinimum": true}),
    );
    check(
        json!({"exclusiveMaximum": 1}),
        json!({"maximum": 1, "exclusiveMaximum": true}),
    );
}

#[test]
fn tighter_of_two_bounds_stays() {
    check(
        json!({"minimum": 2, "exclusiveMinimum": 1}),
        json!({"minimum": 2}),
    );
    check(
        json!({"minimum": 1, "exclusiveMinimum": 1}),
        json!({"minimum": 1, "exclusiveMinimum": true}),
    );
    check(
        json!({"maximum": 1, "exclusiveMaximum": 2}),
        json!({"maximum": 1}),
    );
    check(
        json!({"maximum": 3, "exclusiveMaximum": 2}),
        json!({"maximum": 2, "exclusiveMaximum": true}),
    );
}

//= https://spec.openapis.org/oas/v3.0.4.html#schema-object
//# `items` MUST be present if `type` is `"array"`.
#[test]
fn array_gets_items() {
    check(
        json!({"type": "array"}),
        json!({"type": "array", "items": {}}),
    );
}

#[test]
fn tuple_becomes_an_array_of_its_places() {
    check(
        json!({"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}]}),
        json!({"type": "array", "items": {}}),
    );
    check(
        json!({"type": "array", "prefixItems": [{"type": "string"}], "items": false}),
        json!({"type": "array", "items": {"type": "string"}, "maxItems": 1}),
    );
    check(
        json!({
            "type": "array",
            "prefixItems": [{"type": "string"}, {"type": "string"}],
            "items": {"type": "integer"}
        }),
        json!({"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "integer"}]}}),
    );
}

#[test]
fn content_of_a_string_is_told_in_words() {
    check(
        json!({
            "contentMediaType": "application/json",
            "contentSchema": {"$ref": "#/components/schemas/Other"}
        }),
        json!({"type": "string", "description": "JSON text: Other."}),
    );
    check(
        json!({
            "type": "string",
            "description": "A page.",
            "contentMediaType": "text/html",
        }),
        json!({"type": "string", "description": "A page. text/html text."}),
    );
    check(
        json!({"contentEncoding": "base64"}),
        json!({"format": "byte"}),
    );
}

#[test]
fn first_of_the_examples_stays() {
    check(json!({"examples": [1, 2]}), json!({"example": 1}));
    check(
        json!({"example": 0, "examples": [1]}),
        json!({"example": 0}),
    );
}

#[test]
fn boolean_schemas_become_objects() {
    check(
        json!({"properties": {"b": false}, "additionalProperties": false}),
        json!({"properties": {"b": {"not": {}}}, "additionalProperties": false}),
    );
    for version in Version::ALL {
        assert_eq!(
            lowered(
                json!({"properties": {"a": true}, "additionalProperties": true}),
                version
            ),
            json!({"properties": {"a": {}}, "additionalProperties": true}),
            "{version:?}"
        );
    }
}

#[test]
fn keywords_that_3_0_lacks_are_left_out() {
    check(
        json!({
            "$comment": "c",
            "if": {},
            "then": {},
            "unevaluatedProperties": false,
            "dependentRequired": {"a": ["b"]},
            "title": "T",
            "x-own": 1
        }),
        json!({"title": "T", "x-own": 1}),
    );
}

#[test]
fn closed_object_with_patterns_is_opened() {
    check(
        json!({"patternProperties": {"^x": {}}, "additionalProperties": false}),
        json!({}),
    );
}

#[test]
fn rules_reach_every_schema_inside() {
    let inner = json!({"const": 1});
    let lowered = json!({"enum": [1], "type": "number"});
    for keyword in ["items", "additionalProperties", "not"] {
        check(json!({keyword: inner}), json!({keyword: lowered}));
    }
    for keyword in ["allOf", "anyOf", "oneOf"] {
        check(json!({keyword: [inner]}), json!({keyword: [lowered]}));
    }
    check(
        json!({"properties": {"const": inner}}),
        json!({"properties": {"const": lowered}}),
    );
}

#[test]
fn data_is_not_taken_for_schemas() {
    let data = json!({"default": {"$ref": "#/nowhere", "const": 1}, "enum": [{"const": 1}]});
    check(data.clone(), data);
}

#[test]
fn neighbours_of_a_reference_move_out_of_its_way_in_every_version() {
    let schema = json!({
        "$ref": "#/components/schemas/Other", "description": "d", "allOf": [{"type": "object"}]
    });
    for version in Version::ALL {
        assert_eq!(
            lowered(schema.clone(), version),
            json!({
                "allOf": [{"$ref": "#/components/schemas/Other"}, {"type": "object"}],
                "description": "d"
            })
        );
    }
}

fn stream_api() -> Api {
    let events = Value::from([Object::from([("id", "1"), ("data", "a\nb")])]);
    let stream = MediaType::from(EventStream::new()).example(Example::new("one", events));
    let response = Response::new("Open.").content(stream);
    Api::new("Test", "1").operation(
        Method::Get,
        "/",
        Operation::new("s").response(200, response),
    )
}

//= https://spec.openapis.org/oas/v3.2.0.html#media-type-object
//# A schema describing each item within a sequential media type.
#[test]
fn item_schema_is_an_extension_before_3_2() {
    let content = |version| {
        let document = document(stream_api(), version);
        document["paths"]["/"]["get"]["responses"]["200"]["content"]["text/event-stream"].clone()
    };
    let item = json!({"allOf": [{"$ref": "#/components/schemas/SseEvent"}]});
    let text = "id: 1\ndata: a\ndata: b\n\n";
    for version in [Version::V3_0, Version::V3_1] {
        assert_eq!(
            content(version),
            json!({
                "schema": {"type": "string"},
                "x-oai-itemSchema": item,
                "examples": {"one": {"value": text}}
            })
        );
    }
    let data = json!([{"id": "1", "data": "a\nb"}]);
    assert_eq!(
        content(Version::V3_2),
        json!({
            "itemSchema": item,
            "examples": {"one": {"dataValue": data, "serializedValue": text}}
        })
    );
}

#[test]
fn tag_fields_of_3_2_are_extensions_before() {
    let tags = |version| {
        let api = Api::new("Test", "1")
            .tag(
                Tag::new("a")
                    .description("d")
                    .external_docs("https://example.com", "e"),
            )
            .tag(Tag::new("b").summary("s").parent("a").kind("nav"));
        document(api, version)["tags"].clone()
    };
    let first = json!({
        "name": "a",
        "description": "d",
        "externalDocs": {"description": "e", "url": "https://example.com"}
    });
    let before = json!({
        "name": "b", "x-oas-summary": "s", "x-oas-parent": "a", "x-oas-kind": "nav"
    });
    assert_eq!(tags(Version::V3_0), json!([first, before]));
    assert_eq!(tags(Version::V3_1), json!([first, before]));
    let since = json!({"name": "b", "summary": "s", "parent": "a", "kind": "nav"});
    assert_eq!(tags(Version::V3_2), json!([first, since]));
}

#[test]
fn summary_of_the_api_is_the_description_in_3_0_if_there_is_no_other() {
    let info = |api, version| document(api, version)["info"].clone();
    let api = Api::new("Test", "1").summary("s");
    assert_eq!(
        info(api.clone(), Version::V3_0),
        json!({"title": "Test", "description": "s", "version": "1"})
    );
    assert_eq!(
        info(api.clone(), Version::V3_1),
        json!({"title": "Test", "summary": "s", "version": "1"})
    );
    assert_eq!(
        info(api.description("d"), Version::V3_0),
        json!({"title": "Test", "description": "d", "version": "1"})
    );
}

#[test]
fn identifier_of_the_licence_is_an_address_in_3_0_if_it_has_one() {
    let license = |license, version| {
        document(Api::new("Test", "1").license(license), version)["info"]["license"].clone()
    };
    assert_eq!(
        license(License::spdx("MIT"), Version::V3_0),
        json!({"name": "MIT", "url": "https://spdx.org/licenses/MIT.html"})
    );
    assert_eq!(
        license(License::spdx("MIT OR 0BSD"), Version::V3_0),
        json!({"name": "MIT OR 0BSD"})
    );
    assert_eq!(
        license(License::spdx("MIT OR 0BSD"), Version::V3_1),
        json!({"name": "MIT OR 0BSD", "identifier": "MIT OR 0BSD"})
    );
    for version in Version::ALL {
        assert_eq!(
            license(License::at("Own", "https://example.com"), version),
            json!({"name": "Own", "url": "https://example.com"})
        );
    }
}
