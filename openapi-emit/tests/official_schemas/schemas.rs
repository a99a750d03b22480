//! Schemas with all the keywords there are, and some that there are not.

use openapi_emit::{Object, Schema, Value};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::words::{maybe, mostly, odd, text, url, value};

const SCHEMA: [&str; 13] = [
    "items",
    "additionalProperties",
    "not",
    "if",
    "then",
    "else",
    "contains",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
    "contentSchema",
    "additionalItems",
    "x-schema",
];
const LIST: [&str; 4] = ["allOf", "anyOf", "oneOf", "prefixItems"];
const MAP: [&str; 5] = [
    "properties",
    "patternProperties",
    "dependentSchemas",
    "$defs",
    "definitions",
];
const TEXT: [&str; 5] = [
    "title",
    "description",
    "format",
    "contentMediaType",
    "$comment",
];
const FLAG: [&str; 5] = [
    "deprecated",
    "readOnly",
    "writeOnly",
    "uniqueItems",
    "nullable",
];
const NUMBER: [&str; 4] = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"];
const COUNT: [&str; 8] = [
    "maxLength",
    "minLength",
    "maxItems",
    "minItems",
    "maxProperties",
    "minProperties",
    "maxContains",
    "minContains",
];
const TYPES: [&str; 7] = [
    "null", "boolean", "object", "array", "number", "string", "integer",
];
/// Each of the keywords that have a form, for values that are mostly not of that form.
const ANY: [&str; 26] = [
    "type",
    "enum",
    "const",
    "required",
    "properties",
    "items",
    "allOf",
    "oneOf",
    "not",
    "$ref",
    "$id",
    "$anchor",
    "$schema",
    "$vocabulary",
    "multipleOf",
    "minimum",
    "maxLength",
    "pattern",
    "discriminator",
    "externalDocs",
    "xml",
    "examples",
    "dependencies",
    "dependentRequired",
    "additionalProperties",
    "x-any",
];

/// A name of the components that are all declared, or seldom of none.
pub(crate) fn reference() -> BoxedStrategy<Schema> {
    mostly(&["A", "B", "C.d"])
        .prop_map(|name| Schema::reference(&name))
        .boxed()
}

pub(crate) fn schema() -> BoxedStrategy<Schema> {
    let leaf = prop_oneof![
        8 => vec(plain_keyword(), 0..4).prop_map(with_all),
        2 => reference(),
        1 => any::<bool>().prop_map(|it| Schema::try_from(Value::from(it)).unwrap()),
    ];
    leaf.prop_recursive(3, 16, 3, |inner| {
        let keyword = prop_oneof![
            (select(&SCHEMA[..]), inner.clone()).prop_map(|(name, it)| (name, Value::from(it))),
            (select(&LIST[..]), vec(inner.clone(), 1..3))
                .prop_map(|(name, it)| (name, Value::array(it))),
            (select(&MAP[..]), vec((property(), inner.clone()), 0..3)).prop_map(|(name, it)| {
                let members: Object = it.into_iter().collect();
                (name, Value::from(members))
            }),
            plain_keyword(),
        ];
        prop_oneof![
            4 => vec(keyword, 0..5).prop_map(with_all),
            1 => inner.clone().prop_map(Schema::array),
            1 => inner.clone().prop_map(Schema::nullable),
            1 => (inner.clone(), text()).prop_map(|(it, text)| it.description(&text)),
            1 => (property(), inner.clone(), property(), inner.clone()).prop_map(
                |(a, one, b, other)| Schema::object().property(&a, one).optional(&b, other)
            ),
            1 => vec(inner.clone(), 1..3).prop_map(Schema::one_of),
            1 => vec(inner.clone(), 1..3).prop_map(Schema::any_of),
            1 => vec(inner, 1..3).prop_map(Schema::all_of),
        ]
    })
    .boxed()
}

/// Any key is a property, one that looks like a keyword too.
fn property() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => select(&["a", "type", "const", "items", "^x"][..]).prop_map(str::to_owned),
        1 => odd().prop_map(|name| name.replace(['(', ')', '[', ']', '*', '+', '?', '{', '}', '\\'], "")),
    ]
}

fn with_all(keywords: Vec<(&'static str, Value)>) -> Schema {
    keywords
        .into_iter()
        .fold(Schema::any(), |schema, (keyword, value)| {
            schema.with(keyword, value)
        })
}

/// A keyword that holds no schema.
fn plain_keyword() -> BoxedStrategy<(&'static str, Value)> {
    let names = || subsequence(&["a", "b", "c"][..], 0..3).prop_map(Value::from);
    prop_oneof![
        12 => type_keyword(),
        6 => (select(&TEXT[..]), text()).prop_map(|(name, it)| (name, Value::from(it))),
        6 => (select(&FLAG[..]), any::<bool>()).prop_map(|(name, it)| (name, Value::from(it))),
        6 => (select(&NUMBER[..]), number()).prop_map(|(name, it)| (name, it)),
        6 => (select(&COUNT[..]), any::<u32>()).prop_map(|(name, it)| (name, Value::from(it))),
        3 => (select(&["const", "default", "example", "x-any"][..]), value()),
        3 => (select(&["enum", "examples"][..]), vec(value(), 0..3))
            .prop_map(|(name, it)| (name, Value::from(it))),
        3 => names().prop_map(|it| ("required", it)),
        2 => names().prop_map(|it| ("dependentRequired", Object::from([("a", it)]).into())),
        2 => names().prop_map(|it| ("dependencies", Object::from([("a", it)]).into())),
        2 => (1_u32..9).prop_map(|it| ("multipleOf", it.into())),
        1 => Just(("contentEncoding", "base64".into())),
        1 => Just(("contentMediaType", "application/json".into())),
        1 => Just(("pattern", "^[a-z]+$".into())),
        1 => Just(("$anchor", "here".into())),
        1 => discriminator().prop_map(|it| ("discriminator", it)),
        1 => (url(), maybe(text())).prop_map(|(url, text)| {
            let mut docs = Object::from([("url", url)]);
            text.into_iter().for_each(|text| docs.insert("description", text));
            ("externalDocs", docs.into())
        }),
        1 => (select(&ANY[..]), seldom(value())).prop_map(|(name, it)| match it {
            Some(value) => (name, value),
            None => ("x-none", Value::Null),
        }),
    ]
    .boxed()
}

fn seldom<T: std::fmt::Debug>(inner: impl Strategy<Value = T>) -> impl Strategy<Value = Option<T>> {
    proptest::option::weighted(0.1, inner)
}

fn type_keyword() -> impl Strategy<Value = (&'static str, Value)> {
    prop_oneof![
        select(&TYPES[..]).prop_map(|it| ("type", Value::from(it))),
        subsequence(&TYPES[..], 1..4).prop_map(|it| ("type", Value::from(it))),
    ]
}

fn number() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<i32>().prop_map(Value::from),
        (-1e9..1e9).prop_map(Value::from)
    ]
}

fn discriminator() -> impl Strategy<Value = Value> {
    (any::<bool>(), any::<bool>()).prop_map(|(has_mapping, has_default)| {
        let mut members = Object::from([("propertyName", Value::from("kind"))]);
        if has_mapping {
            members.insert("mapping", Object::from([("a", "#/components/schemas/A")]));
        }
        if has_default {
            members.insert("defaultMapping", "A");
        }
        members.into()
    })
}
