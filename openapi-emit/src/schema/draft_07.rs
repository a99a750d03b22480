//! The Schema Object of `AsyncAPI` 3.0.

use crate::uri;
use crate::value::{Object, Value};

//= https://www.asyncapi.com/docs/reference/specification/v3.0.0#schemaObject
//# This object is a superset of the JSON Schema Specification Draft 07.
/// Keywords that draft 07 lacks or that mean another thing in `AsyncAPI`.
const UNKNOWN: [&str; 15] = [
    "$anchor",
    "$comment",
    "$defs",
    "$dynamicAnchor",
    "$dynamicRef",
    "$id",
    "$schema",
    "contentSchema",
    "discriminator",
    "maxContains",
    "minContains",
    "schema",
    "unevaluatedItems",
    "unevaluatedProperties",
    "xml",
];

pub(super) fn lower(mut keywords: Object) -> Object {
    // A keyword of that draft; to the caller it means nothing.
    keywords.remove("additionalItems");
    tuple(&mut keywords);
    dependencies(&mut keywords);
    external_docs(&mut keywords);
    if let (Some(example), false) = (keywords.get("example"), keywords.contains("examples")) {
        let example = example.clone();
        keywords.replace("example", "examples", [example]);
    }
    keywords
        .into_iter()
        .filter(|(keyword, _)| !UNKNOWN.contains(&keyword.as_str()))
        .collect()
}

/// The array form of `items`, whose rest is `additionalItems`.
fn tuple(keywords: &mut Object) {
    let Some(places) = keywords.remove("prefixItems") else {
        return;
    };
    if let Some(rest) = keywords.remove("items") {
        keywords.insert("additionalItems", rest);
    }
    keywords.insert("items", places);
}

/// One keyword holds what 2020-12 keeps in two.
fn dependencies(keywords: &mut Object) {
    let mut merged = Object::new();
    for keyword in ["dependencies", "dependentRequired", "dependentSchemas"] {
        if let Some(Value::Object(members)) = keywords.remove(keyword) {
            for (name, value) in members {
                let value = match merged.remove(&name) {
                    Some(earlier) => both(earlier, value),
                    None => value,
                };
                merged.insert(name, value);
            }
        }
    }
    if !merged.is_empty() {
        keywords.insert("dependencies", merged);
    }
}

/// A schema of two dependencies, each of which may be a list of names.
fn both(one: Value, other: Value) -> Value {
    let schema = |dependency: Value| match dependency {
        Value::Array(names) => Object::from([("required", names)]).into(),
        schema => schema,
    };
    Object::from([("allOf", [schema(one), schema(other)])]).into()
}

/// Their address has to be absolute.
fn external_docs(keywords: &mut Object) {
    let url = keywords
        .get("externalDocs")
        .and_then(|docs| docs.as_object()?.get("url")?.as_str());
    if url.is_some_and(|url| !uri::is_absolute(url)) {
        keywords.remove("externalDocs");
    }
}
