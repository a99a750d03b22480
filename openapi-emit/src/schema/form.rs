//! What may stand under a keyword: the meta-schema of JSON Schema 2020-12, and what `OpenAPI` adds.

use super::keyword::{Holds, holds};
use crate::uri;
use crate::value::Value;

const TYPES: [&str; 7] = [
    "array", "boolean", "integer", "null", "number", "object", "string",
];

/// Whether the keyword may have this value. Keywords that nobody defines may have any.
pub(super) fn fits(keyword: &str, value: &Value) -> bool {
    match holds(keyword) {
        Holds::Schema => is_schema(value),
        Holds::List => is_list(value, is_schema) && value.as_array() != Some(&[]),
        Holds::Map => is_map(value, is_schema),
        Holds::Data => data_fits(keyword, value),
    }
}

fn data_fits(keyword: &str, value: &Value) -> bool {
    match keyword {
        "$comment" | "contentEncoding" | "contentMediaType" | "description" | "format"
        | "pattern" | "title" => is_text(value),
        "deprecated" | "nullable" | "readOnly" | "uniqueItems" | "writeOnly" => {
            matches!(value, Value::Bool(_))
        }
        "exclusiveMaximum" | "exclusiveMinimum" | "maximum" | "minimum" => {
            matches!(value, Value::Number(_))
        }
        "multipleOf" => {
            matches!(value, Value::Number(number) if number.as_f64().is_some_and(|it| it > 0.0))
        }
        "maxContains" | "maxItems" | "maxLength" | "maxProperties" | "minContains" | "minItems"
        | "minLength" | "minProperties" => {
            matches!(value, Value::Number(number) if number.as_u64().is_some())
        }
        "enum" | "examples" => value.as_array().is_some(),
        "required" => are_names(value),
        // The second is that of the drafts before, which also had schemas there.
        "dependentRequired" | "dependencies" => is_map(value, are_names),
        "type" => is_type(value) || (is_list(value, is_type) && are_names(value) && has_any(value)),
        "$ref" | "$dynamicRef" | "$recursiveRef" => value.as_str().is_some_and(uri::is_reference),
        "$id" => value
            .as_str()
            .is_some_and(|id| uri::is_reference(id) && !id.trim_end_matches('#').contains('#')),
        "$schema" => value.as_str().is_some_and(uri::is_absolute),
        "$anchor" | "$dynamicAnchor" => value.as_str().is_some_and(is_anchor),
        "discriminator" => is_discriminator(value),
        "externalDocs" => is_external_docs(value),
        // The one makes a meta-schema, the other is for XML, and the third for drafts before.
        "$vocabulary" | "xml" | "$recursiveAnchor" => false,
        _ => true,
    }
}

fn is_schema(value: &Value) -> bool {
    matches!(value, Value::Object(_) | Value::Bool(_))
}

fn is_text(value: &Value) -> bool {
    matches!(value, Value::String(_))
}

fn is_list(value: &Value, fits: impl Fn(&Value) -> bool) -> bool {
    value.as_array().is_some_and(|all| all.iter().all(fits))
}

fn has_any(value: &Value) -> bool {
    value.as_array().is_some_and(|all| !all.is_empty())
}

fn is_map(value: &Value, fits: impl Fn(&Value) -> bool) -> bool {
    value
        .as_object()
        .is_some_and(|all| all.iter().all(|(_, it)| fits(it)))
}

/// Strings, none of them twice.
fn are_names(value: &Value) -> bool {
    let Some(names) = value.as_array() else {
        return false;
    };
    names
        .iter()
        .enumerate()
        .all(|(index, name)| is_text(name) && !names.iter().take(index).any(|it| it == name))
}

fn is_type(value: &Value) -> bool {
    value.as_str().is_some_and(|name| TYPES.contains(&name))
}

fn is_anchor(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
}

fn is_discriminator(value: &Value) -> bool {
    value.as_object().is_some_and(|members| {
        members.contains("propertyName")
            && members.iter().all(|(name, value)| match name {
                "propertyName" | "defaultMapping" => is_text(value),
                "mapping" => is_map(value, is_text),
                _ => name.starts_with("x-"),
            })
    })
}

fn is_external_docs(value: &Value) -> bool {
    value.as_object().is_some_and(|members| {
        members.contains("url")
            && members.iter().all(|(name, value)| match name {
                "url" => value.as_str().is_some_and(uri::is_reference),
                "description" => is_text(value),
                _ => name.starts_with("x-"),
            })
    })
}
