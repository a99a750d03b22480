//! JSON in the order it was written.

use openapi_emit::{NotASchema, Object, Schema, Value};
use serde_json::json;

#[test]
fn json_is_written_with_two_spaces_and_a_line_end() {
    let value = Value::from(Object::from([
        (
            "b",
            Value::from([
                Value::from(1),
                Value::from(-1),
                Value::from(1.5),
                Value::Null,
            ]),
        ),
        ("a", Value::from(Object::new())),
        ("c", Value::from("\"\n\u{1f980}")),
    ]));
    let text = "\
{
  \"b\": [
    1,
    -1,
    1.5,
    null
  ],
  \"a\": {},
  \"c\": \"\\\"\\n\u{1f980}\"
}
";
    assert_eq!(value.to_json(), text);
}

#[test]
fn member_keeps_its_place_when_it_gets_a_new_value() {
    let mut object = Object::from([("a", 1), ("b", 2), ("c", 3)]);
    object.insert("a", 4);
    assert_eq!(object.remove("b"), Some(Value::from(2)));
    object.insert("b", 5);
    let members: Vec<_> = object.iter().collect();
    let (four, three, five) = (Value::from(4), Value::from(3), Value::from(5));
    assert_eq!(members, [("a", &four), ("c", &three), ("b", &five)]);
    assert_eq!(object.get("c"), Some(&three));
    assert_eq!(object.get("d"), None);
    assert_eq!(object.remove("d"), None);
}

#[test]
fn objects_in_another_order_are_not_equal() {
    assert_ne!(
        Object::from([("a", 1), ("b", 2)]),
        Object::from([("b", 2), ("a", 1)])
    );
}

#[test]
fn keys_from_serde_json_are_sorted() {
    let value = Value::from(json!({"b": {"d": 1, "c": 2}, "a": [true, "x", null]}));
    let expected = Object::from([
        (
            "a",
            Value::from([Value::from(true), Value::from("x"), Value::Null]),
        ),
        ("b", Value::from(Object::from([("c", 2), ("d", 1)]))),
    ]);
    assert_eq!(value, Value::from(expected));
}

#[test]
fn numbers_that_json_lacks_become_null() {
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert_eq!(Value::from(number), Value::Null);
    }
}

#[test]
fn only_objects_and_booleans_are_schemas() {
    for value in [
        Value::Null,
        Value::from(1),
        Value::from("a"),
        Value::Array(Vec::new()),
    ] {
        let refused = Schema::try_from(value).unwrap_err();
        assert_eq!(refused, NotASchema);
    }
    let allowed = Schema::try_from(Value::from(true)).unwrap();
    assert_eq!(
        Value::from(allowed.with("title", "ignored")),
        Value::from(true)
    );
}
