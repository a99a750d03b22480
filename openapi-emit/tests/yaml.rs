//! YAML, read back by somebody else.
#![cfg(feature = "yaml")]

use openapi_emit::{Object, Value};
use proptest::prelude::*;
use yaml_rust2::{Yaml, YamlLoader};

#[test]
fn block_style_is_used() {
    let inner = Object::from([("a", Value::from([Value::from(1), Value::Null]))]);
    let value = Value::from(Object::from([
        ("text", Value::from("plain words")),
        (
            "list",
            Value::from([Value::from(inner), Value::from([Value::from(true)])]),
        ),
        (
            "empty",
            Value::from([Value::from(Object::new()), Value::Array(Vec::new())]),
        ),
        ("number", Value::from(1.5)),
    ]));
    let text = "\
text: plain words
list:
  - a:
      - 1
      - null
  - - true
empty:
  - {}
  - []
number: 1.5
";
    assert_eq!(value.to_yaml(), text);
}

#[test]
fn text_that_could_be_something_else_is_quoted() {
    for text in [
        "",
        " a",
        "a ",
        "true",
        "True",
        "NO",
        "null",
        "~",
        "1",
        "1e3",
        "0x1",
        ".5",
        "-",
        "- a",
        "a: b",
        "a #b",
        "#",
        "*a",
        "&a",
        "!a",
        "%a",
        "@a",
        "`a`",
        "{a}",
        "[a]",
        "'a'",
        "2026-11-24",
        "1:30",
        "=",
        "<<",
        "?",
        "|",
        ">",
        "y",
        "Off",
        "...",
        "---",
    ] {
        assert_eq!(Value::from(text).to_yaml(), format!("\"{text}\"\n"));
    }
}

#[test]
fn plain_text_is_not_quoted() {
    for text in [
        "a",
        "getItem",
        "An open stream.",
        "application/json",
        "/hubs/chat",
        "$ref",
        "X-A",
    ] {
        assert_eq!(Value::from(text).to_yaml(), format!("{text}\n"));
    }
}

#[test]
fn characters_that_cannot_stand_in_a_line_are_escaped() {
    let text = Value::from("\"\\\n\r\t\0\u{7f}\u{85}\u{2028}\u{feff}\u{1f980}").to_yaml();
    let expected = "\"\\\"\\\\\\n\\r\\t\\u0000\\u007F\\u0085\\u2028\\uFEFF\u{1f980}\"\n";
    assert_eq!(text, expected);
}

fn value() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,8}".prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[a-z0-9:#{}\\[\\]&*!|>'\"%@` .-]{0,6}".prop_map(Value::from),
    ];
    scalar.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            proptest::collection::vec(("[a-z$/{}:0-9 ]{0,5}", inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn is_same(value: &Value, yaml: &Yaml) -> bool {
    match (value, yaml) {
        (Value::Null, Yaml::Null) => true,
        (Value::Bool(a), Yaml::Boolean(b)) => a == b,
        (Value::Number(a), Yaml::Integer(b)) => a.as_i64() == Some(*b),
        (Value::String(a), Yaml::String(b)) => a == b,
        (Value::Array(a), Yaml::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_same(a, b))
        }
        (Value::Object(a), Yaml::Hash(b)) => {
            a.len() == b.len()
                && a.iter()
                    .zip(b)
                    .all(|((key, a), (other, b))| other.as_str() == Some(key) && is_same(a, b))
        }
        _ => false,
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(value in value()) {
        let text = value.to_yaml();
        let read = YamlLoader::load_from_str(&text).unwrap();
        prop_assert_eq!(read.len(), 1);
        prop_assert!(is_same(&value, &read[0]), "{}", text);
    }
}
