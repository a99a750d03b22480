//! Texts: mostly sensible ones, sometimes anything.

use openapi_emit::{Object, Value};
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::select;

const ODD: [&str; 16] = [
    "",
    " ",
    "a b",
    "\u{e4}",
    "x-",
    "%",
    "a/b",
    "a~b",
    "{a}",
    "\n",
    "http://[",
    "a:b",
    "//",
    "#",
    "$ref",
    "constructor",
];

/// What follows a choice of this crate's user that is wrong once in a while.
const SELDOM: u32 = 120;

pub(crate) fn odd() -> BoxedStrategy<String> {
    prop_oneof![select(&ODD[..]).prop_map(str::to_owned), ".{0,6}"].boxed()
}

pub(crate) fn mostly(names: &'static [&'static str]) -> BoxedStrategy<String> {
    prop_oneof![
        SELDOM => select(names).prop_map(str::to_owned),
        1 => select(&ODD[..]).prop_map(str::to_owned),
    ]
    .boxed()
}

/// A name that is seldom met twice.
pub(crate) fn name() -> BoxedStrategy<String> {
    prop_oneof![SELDOM => "[a-d][a-z0-9]{2}", 1 => odd()].boxed()
}

/// Prose, where everything is allowed.
pub(crate) fn text() -> BoxedStrategy<String> {
    prop_oneof![3 => Just("Some *text*.".to_owned()), 1 => odd()].boxed()
}

pub(crate) fn maybe_text() -> impl Strategy<Value = Option<String>> {
    weighted(0.3, text())
}

pub(crate) fn maybe<T: std::fmt::Debug>(
    inner: impl Strategy<Value = T>,
) -> impl Strategy<Value = Option<T>> {
    weighted(0.3, inner)
}

pub(crate) fn component() -> impl Strategy<Value = String> + Clone {
    mostly(&["A", "B", "C.d", "E-f", "G_1"])
}

pub(crate) fn url() -> impl Strategy<Value = String> {
    mostly(&[
        "https://example.com/a%20b?c=d#e",
        "http://u:p@[::1]:80/",
        "/docs",
        "docs/../a",
        "?q",
        "#part",
        "mailto:a@example.com",
        "",
        "//example.com",
    ])
}

pub(crate) fn token() -> impl Strategy<Value = String> {
    mostly(&["X-One", "ETag", "two", "x!#$%&'*+.^_`|~"])
}

/// Any JSON.
pub(crate) fn value() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        odd().prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::from),
            vec((odd(), inner), 0..3)
                .prop_map(|members| Value::from(members.into_iter().collect::<Object>())),
        ]
    })
    .boxed()
}
