//! From JSON Schema 2020-12 to the form of a document.

use super::keyword::{Holds, holds};
use super::{Schema, draft_07, form, openapi_30};
use crate::emit::{Emitter, SchemaForm};
use crate::error::BuildError;
use crate::kestrun;
use crate::value::{Object, Value};
use crate::version::{Dialect, Version};

impl Schema {
    pub(crate) fn emit(&self, emitter: &mut Emitter) -> Value {
        match (emitter.form, &self.0) {
            // Its own schema takes booleans inside of others only.
            (SchemaForm::Draft07, Value::Bool(_)) => openapi_30::from_boolean(&self.0),
            _ => emit_schema(&self.0, emitter),
        }
    }
}

/// Works inside out: a rule sees children that are already in the target's form.
fn emit_schema(schema: &Value, emitter: &mut Emitter) -> Value {
    let Value::Object(keywords) = schema else {
        return match emitter.form {
            SchemaForm::OpenApi30 => openapi_30::from_boolean(schema),
            // It says the same, and some readers take nothing but an object.
            SchemaForm::Draft202012 | SchemaForm::Draft07 if *schema == Value::Bool(true) => {
                Object::new().into()
            }
            SchemaForm::Draft202012 | SchemaForm::Draft07 => schema.clone(),
        };
    };
    let mut lowered = Object::new();
    for (keyword, value) in keywords.iter() {
        if !form::fits(keyword, value) {
            let keyword = keyword.to_owned();
            emitter.fail(BuildError::InvalidKeyword { keyword });
        }
        if let ("$ref", Value::String(pointer)) = (keyword, value) {
            emitter.note(pointer);
        }
        lowered.insert(keyword, emit_keyword(keyword, value, emitter));
    }
    let mut lowered = separate_reference(lowered);
    if emitter.version < Version::V3_2 {
        default_mapping(&mut lowered);
    }
    Value::Object(match emitter.form {
        SchemaForm::OpenApi30 if emitter.dialect == Dialect::Kestrun => {
            kestrun::order(openapi_30::lower(lowered))
        }
        SchemaForm::OpenApi30 => openapi_30::lower(lowered),
        SchemaForm::Draft07 => draft_07::lower(lowered),
        SchemaForm::Draft202012 if emitter.dialect == Dialect::Kestrun => kestrun::order(lowered),
        SchemaForm::Draft202012 => lowered,
    })
}

fn emit_keyword(keyword: &str, value: &Value, emitter: &mut Emitter) -> Value {
    match (holds(keyword), value) {
        // Booleans stay booleans here in every form.
        (Holds::Schema, Value::Bool(_)) if keyword == "additionalProperties" => value.clone(),
        (Holds::Schema, _) => emit_schema(value, emitter),
        (Holds::List, Value::Array(schemas)) => schemas
            .iter()
            .map(|schema| emit_schema(schema, emitter))
            .collect(),
        (Holds::Map, Value::Object(schemas)) => Value::Object(
            schemas
                .iter()
                .map(|(name, schema)| (name, emit_schema(schema, emitter)))
                .collect(),
        ),
        _ => value.clone(),
    }
}

/// Moves a `$ref` that has neighbours into `allOf`.
///
/// 2020-12 allows neighbours, the older forms ignore them, and some readers of 3.1 fail on them;
/// `allOf` says the same everywhere.
fn separate_reference(mut keywords: Object) -> Object {
    if keywords.len() < 2 {
        return keywords;
    }
    let Some(pointer) = keywords.remove("$ref") else {
        return keywords;
    };
    let mut all = vec![Value::Object(Object::from([("$ref", pointer)]))];
    if let Some(Value::Array(others)) = keywords.remove("allOf") {
        all.extend(others);
    }
    let mut separated = Object::from([("allOf", all)]);
    for (keyword, value) in keywords {
        separated.insert(keyword, value);
    }
    separated
}

/// The schema that a discriminator names where the property is absent; 3.2 has it first.
fn default_mapping(keywords: &mut Object) {
    if let Some(Value::Object(discriminator)) = keywords.get("discriminator") {
        let mut discriminator = discriminator.clone();
        discriminator.remove("defaultMapping");
        keywords.insert("discriminator", discriminator);
    }
}
