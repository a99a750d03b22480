//! The Schema Object of `OpenAPI` 3.0, which is a dialect of an old JSON Schema draft.

mod types;

use crate::value::{Object, Value};

//= https://spec.openapis.org/oas/v3.0.4.html#schema-object
//# The following keywords are taken directly from the JSON Schema definition and follow the same specifications
const KEYWORDS: [&str; 36] = [
    "$ref",
    "additionalProperties",
    "allOf",
    "anyOf",
    "default",
    "deprecated",
    "description",
    "discriminator",
    "enum",
    "example",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "externalDocs",
    "format",
    "items",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "nullable",
    "oneOf",
    "pattern",
    "properties",
    "readOnly",
    "required",
    "title",
    "type",
    "uniqueItems",
    "writeOnly",
    "xml",
];

/// The schemas `true` and `false`, which 3.0 does not know.
pub(super) fn from_boolean(schema: &Value) -> Value {
    Value::Object(if *schema == Value::Bool(false) {
        nothing()
    } else {
        Object::new()
    })
}

pub(super) fn lower(mut keywords: Object) -> Object {
    types::lower(&mut keywords);
    constant(&mut keywords);
    bound(
        &mut keywords,
        "minimum",
        "exclusiveMinimum",
        |limit, exclusive| limit > exclusive,
    );
    bound(
        &mut keywords,
        "maximum",
        "exclusiveMaximum",
        |limit, exclusive| limit < exclusive,
    );
    tuple(&mut keywords);
    empty_lists(&mut keywords);
    content(&mut keywords);
    example(&mut keywords);
    if keywords.contains("patternProperties") {
        // What the patterns allowed must not fall under this keyword.
        keywords.remove("additionalProperties");
    }
    keywords
        .into_iter()
        .filter(|(keyword, _)| KEYWORDS.contains(&keyword.as_str()) || keyword.starts_with("x-"))
        .collect()
}

fn constant(keywords: &mut Object) {
    let Some(value) = keywords.get("const").cloned() else {
        return;
    };
    let name = match &value {
        Value::Null => return types::only_null(keywords),
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let values = match keywords.get("enum") {
        Some(Value::Array(others)) if !others.contains(&value) => Vec::new(),
        _ => vec![value],
    };
    keywords.replace("const", "enum", values);
    if !keywords.contains("type") {
        keywords.insert("type", name);
        types::arrays_have_items(keywords);
    }
}

/// In 3.0 an exclusive bound is a flag on the inclusive one.
fn bound(
    keywords: &mut Object,
    limit: &str,
    exclusive: &str,
    is_tighter: impl FnOnce(f64, f64) -> bool,
) {
    let Some(Value::Number(number)) = keywords.get(exclusive).cloned() else {
        return;
    };
    let inclusive = match keywords.get(limit) {
        Some(Value::Number(inclusive)) => inclusive.as_f64(),
        _ => None,
    };
    match (inclusive, number.as_f64()) {
        (Some(inclusive), Some(other)) if is_tighter(inclusive, other) => {
            keywords.remove(exclusive);
        }
        (Some(_), _) => {
            keywords.insert(limit, Value::Number(number));
            keywords.insert(exclusive, true);
        }
        (None, _) => {
            keywords.replace(exclusive, limit, Value::Number(number));
            keywords.insert(exclusive, true);
        }
    }
}

/// A tuple becomes an array of what its places may hold.
fn tuple(keywords: &mut Object) {
    let Some(Value::Array(mut places)) = keywords.remove("prefixItems") else {
        return;
    };
    match keywords.remove("items") {
        Some(Value::Object(rest)) if rest == nothing() => {
            if !keywords.contains("maxItems") {
                let count = u64::try_from(places.len()).unwrap_or(u64::MAX);
                keywords.insert("maxItems", count);
            }
        }
        Some(rest) => places.push(rest),
        None => places = vec![Value::Object(Object::new())],
    }
    let mut distinct: Vec<Value> = Vec::new();
    for place in places {
        if !distinct.contains(&place) {
            distinct.push(place);
        }
    }
    let items = match <[Value; 1]>::try_from(distinct) {
        Ok([only]) => only,
        Err(none) if none.is_empty() => Object::new().into(),
        Err(several) => Object::from([("anyOf", several)]).into(),
    };
    keywords.insert("items", items);
}

/// Lists that 2020-12 lets be empty. Nothing is among no values.
fn empty_lists(keywords: &mut Object) {
    let is_empty =
        |keywords: &Object, keyword| keywords.get(keyword).and_then(Value::as_array) == Some(&[]);
    if is_empty(keywords, "required") {
        keywords.remove("required");
    }
    if is_empty(keywords, "enum") {
        keywords.remove("enum");
        keywords.insert("not", Object::new());
    }
}

/// What a string contains can only be told to humans.
fn content(keywords: &mut Object) {
    if keywords.get("contentEncoding").and_then(Value::as_str) == Some("base64")
        && !keywords.contains("format")
    {
        keywords.insert("format", "byte");
    }
    let Some(media_type) = keywords.get("contentMediaType").and_then(Value::as_str) else {
        return;
    };
    let kind = if media_type == "application/json" {
        "JSON"
    } else {
        media_type
    };
    let told = match keywords.get("contentSchema").and_then(schema_name) {
        Some(name) => format!("{kind} text: {name}."),
        None => format!("{kind} text."),
    };
    let description = match keywords.get("description").and_then(Value::as_str) {
        Some(description) => format!("{description} {told}"),
        None => told,
    };
    if !keywords.contains("type") {
        keywords.replace("contentMediaType", "type", "string");
    }
    keywords.insert("description", description);
}

fn schema_name(schema: &Value) -> Option<&str> {
    let keywords = schema.as_object()?;
    match keywords.get("$ref").and_then(Value::as_str) {
        Some(pointer) => pointer.rsplit('/').next(),
        None => keywords.get("title").and_then(Value::as_str),
    }
}

fn example(keywords: &mut Object) {
    let first = match keywords.get("examples") {
        Some(Value::Array(examples)) => examples.first().cloned(),
        _ => None,
    };
    if let (Some(first), false) = (first, keywords.contains("example")) {
        keywords.replace("examples", "example", first);
    }
}

fn nothing() -> Object {
    Object::from([("not", Object::new())])
}
