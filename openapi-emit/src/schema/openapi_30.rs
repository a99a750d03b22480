//! The Schema Object of `OpenAPI` 3.0, which is a dialect of an old JSON Schema draft.

use crate::value::{Object, Value};

//= https://spec.openapis.org/oas/v3.0.4.html#schema-object
//# The following keywords are taken directly from the JSON Schema definition and follow the same specifications
const KEYWORDS: [&str; 35] = [
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
    types(&mut keywords);
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

/// `type: [x, "null"]` becomes `nullable`; several types become `anyOf`.
fn types(keywords: &mut Object) {
    let (nullable, others) = match keywords.get("type") {
        Some(Value::Array(types)) => {
            let (null, others): (Vec<_>, Vec<_>) = types.iter().cloned().partition(is_null);
            (!null.is_empty(), others)
        }
        Some(name) if is_null(name) => (true, Vec::new()),
        _ => return arrays_have_items(keywords),
    };
    match <[Value; 1]>::try_from(others) {
        Ok([only]) => {
            keywords.insert("type", only);
            if nullable {
                keywords.insert("nullable", true);
            }
        }
        Err(none) if none.is_empty() => only_null(keywords),
        Err(several) => {
            let branches = several.into_iter().map(|name| {
                let mut branch = Object::from([("type", name)]);
                if nullable {
                    branch.insert("nullable", true);
                }
                arrays_have_items(&mut branch);
                branch
            });
            let branches = Value::array(branches);
            if keywords.contains("anyOf") {
                let mut all = match keywords.remove("allOf") {
                    Some(Value::Array(all)) => all,
                    _ => Vec::new(),
                };
                all.push(Object::from([("anyOf", branches)]).into());
                keywords.replace("type", "allOf", all);
            } else {
                keywords.replace("type", "anyOf", branches);
            }
        }
    }
    arrays_have_items(keywords);
}

//= https://spec.openapis.org/oas/v3.0.4.html#schema-object
//# `items` MUST be present if the `type` is `array`.
fn arrays_have_items(keywords: &mut Object) {
    if keywords.get("type").and_then(Value::as_str) == Some("array")
        && !keywords.contains("items")
        && !keywords.contains("prefixItems")
    {
        keywords.insert("items", Object::new());
    }
}

fn constant(keywords: &mut Object) {
    let Some(value) = keywords.get("const").cloned() else {
        return;
    };
    let name = match &value {
        Value::Null => return only_null(keywords),
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    keywords.replace("const", "enum", [value]);
    if !keywords.contains("type") {
        keywords.insert("type", name);
        arrays_have_items(keywords);
    }
}

/// Null and nothing else.
//= https://spec.openapis.org/oas/v3.0.4.html#schema-object
//# This keyword only takes effect if `type` is explicitly defined within the same Schema Object.
fn only_null(keywords: &mut Object) {
    keywords.remove("const");
    keywords.insert("type", "string");
    keywords.insert("nullable", true);
    keywords.insert("enum", [Value::Null]);
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
        Err(several) => Object::from([("anyOf", several)]).into(),
    };
    keywords.insert("items", items);
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

fn is_null(name: &Value) -> bool {
    name.as_str() == Some("null")
}
