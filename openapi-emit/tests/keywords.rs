//! Keywords of schemas: what each may hold, and what the older forms make of it.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

use openapi_emit::{Api, BuildError, Document, Object, Schema, Value, Version};
use serde_json::json;

fn build(schema: Schema) -> Result<Document, BuildError> {
    Api::new("Test", "1").schema("S", schema).build()
}

fn openapi(schema: Schema, version: Version) -> serde_json::Value {
    let document = build(schema).unwrap().openapi(version);
    serde_json::to_value(document).unwrap()["components"]["schemas"]["S"].clone()
}

fn asyncapi(schema: Schema) -> serde_json::Value {
    let document = build(schema).unwrap().asyncapi();
    serde_json::to_value(document).unwrap()["components"]["schemas"]["S"].clone()
}

#[test]
fn refuses_values_that_a_keyword_cannot_have() {
    let list = |values: &[&str]| Value::array(values.iter().copied());
    for (keyword, value) in [
        ("type", Value::from("text")),
        ("type", list(&[])),
        ("type", list(&["string", "string"])),
        ("oneOf", list(&[])),
        ("anyOf", Value::from(["no schema"])),
        ("items", Value::from(1)),
        ("properties", Value::from(true)),
        ("$defs", Object::from([("a", 1)]).into()),
        ("required", list(&["a", "a"])),
        ("required", Value::from(true)),
        ("dependentRequired", Object::from([("a", "b")]).into()),
        (
            "dependencies",
            Object::from([("a", Schema::string())]).into(),
        ),
        ("enum", Value::from("a")),
        ("examples", Value::from("a")),
        ("title", Value::from(1)),
        ("pattern", Value::Null),
        ("deprecated", Value::from("yes")),
        ("minimum", Value::from("1")),
        ("exclusiveMinimum", Value::from(true)),
        ("multipleOf", Value::from(0)),
        ("maxLength", Value::from(-1)),
        ("maxLength", Value::from(1.5)),
        ("$ref", Value::from("no reference")),
        ("$id", Value::from("https://example.com/#part")),
        ("$anchor", Value::from("1st")),
        ("$schema", Value::from("draft")),
        ("externalDocs", Object::from([("description", "a")]).into()),
        ("discriminator", Value::from("kind")),
        ("discriminator", Object::from([("mapping", "a")]).into()),
        ("xml", Object::new().into()),
    ] {
        let keyword = keyword.to_owned();
        let schema = Schema::any().with(&keyword, value);
        let nested = Schema::array(schema.clone());
        let refusal = Some(BuildError::InvalidKeyword { keyword });
        assert_eq!(build(schema).err(), refusal);
        assert_eq!(build(nested).err(), refusal);
    }
}

#[test]
fn keywords_that_nobody_defines_may_hold_anything() {
    let schema = Schema::any().with("x-mine", 1).with("nobodys", Value::Null);
    assert_eq!(
        openapi(schema, Version::V3_2),
        json!({"x-mine": 1, "nobodys": null})
    );
}

#[test]
fn lists_that_must_not_be_empty_in_3_0_are_said_otherwise() {
    let none = || Value::Array(Vec::new());
    let schema = || Schema::object().with("required", none());
    assert_eq!(openapi(schema(), Version::V3_0), json!({"type": "object"}));
    assert_eq!(
        openapi(schema(), Version::V3_1),
        json!({"type": "object", "required": []})
    );
    let schema = Schema::any().with("enum", none());
    assert_eq!(openapi(schema, Version::V3_0), json!({"not": {}}));
}

#[test]
fn default_of_a_discriminator_is_of_3_2() {
    let named = || Object::from([("propertyName", "kind")]);
    let mut discriminator = named();
    discriminator.insert("defaultMapping", "S");
    let schema = Schema::object().with("discriminator", discriminator);
    let before = json!({"type": "object", "discriminator": {"propertyName": "kind"}});
    assert_eq!(openapi(schema.clone(), Version::V3_0), before);
    assert_eq!(openapi(schema.clone(), Version::V3_1), before);
    assert_eq!(
        openapi(schema, Version::V3_2)["discriminator"]["defaultMapping"],
        "S"
    );
}

#[test]
fn asyncapi_takes_booleans_only_inside_of_schemas() {
    let nothing = || Schema::try_from(Value::from(false)).unwrap();
    assert_eq!(asyncapi(nothing()), json!({"not": {}}));
    assert_eq!(
        asyncapi(Schema::any().with("not", nothing())),
        json!({"not": false})
    );
}

#[test]
fn asyncapi_does_not_give_a_meaning_to_what_had_none() {
    let schema = Schema::any()
        .with(
            "additionalItems",
            Object::from([("multipleOf", Value::Null)]),
        )
        .with("schema", 1);
    assert_eq!(asyncapi(schema), json!({}));
}

#[test]
fn asyncapi_keeps_all_that_depends_on_a_property() {
    let names = |name: &str| Object::from([("a", Value::from([name]))]);
    let schema = Schema::any()
        .with("dependentRequired", names("b"))
        .with("dependentSchemas", Object::from([("a", Schema::string())]));
    assert_eq!(
        asyncapi(schema),
        json!({"dependencies": {"a": {"allOf": [{"required": ["b"]}, {"type": "string"}]}}})
    );
}

#[test]
fn two_keywords_that_become_one_are_written_once() {
    let values = |values: [i32; 2]| Schema::any().with("const", 1).with("enum", values);
    assert_eq!(
        openapi(values([1, 2]), Version::V3_0),
        json!({"enum": [1], "type": "number"})
    );
    assert_eq!(
        openapi(values([2, 3]), Version::V3_0),
        json!({"type": "number", "not": {}})
    );
    let examples = Schema::any().with("example", 1).with("examples", [2]);
    assert_eq!(
        asyncapi(examples.clone()),
        json!({"example": 1, "examples": [2]})
    );
    let text = build(examples).unwrap().openapi(Version::V3_0).to_json();
    assert_eq!(text.matches("example").count(), 1, "{text}");
}

#[test]
fn member_that_is_added_again_replaces_the_first() {
    let schema = Schema::object()
        .property("a", Schema::string())
        .property("b", Schema::string())
        .property("a", Schema::integer());
    assert_eq!(
        openapi(schema, Version::V3_2),
        json!({
            "type": "object",
            "required": ["a", "b"],
            "properties": {"a": {"type": "integer"}, "b": {"type": "string"}}
        })
    );
}
