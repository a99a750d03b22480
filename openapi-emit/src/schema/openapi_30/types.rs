//! `type`, which in 3.0 is one name and never `null`.

use crate::value::{Object, Value};

/// `type: [x, "null"]` becomes `nullable`; several types become `anyOf`.
pub(super) fn lower(keywords: &mut Object) {
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
//# `items` MUST be present if `type` is `"array"`.
pub(super) fn arrays_have_items(keywords: &mut Object) {
    if keywords.get("type").and_then(Value::as_str) == Some("array")
        && !keywords.contains("items")
        && !keywords.contains("prefixItems")
    {
        keywords.insert("items", Object::new());
    }
}

/// Null and nothing else.
//= https://spec.openapis.org/oas/v3.0.4.html#schema-object
//# This keyword only takes effect if `type` is explicitly defined within the same Schema Object.
pub(super) fn only_null(keywords: &mut Object) {
    keywords.remove("const");
    keywords.insert("type", "string");
    keywords.insert("nullable", true);
    keywords.insert("enum", [Value::Null]);
}

fn is_null(name: &Value) -> bool {
    name.as_str() == Some("null")
}
