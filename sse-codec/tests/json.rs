//! Data as JSON.

#![cfg(feature = "serde")]

use std::error::Error;

use bytes::BytesMut;
use serde::{Deserialize, Serialize, Serializer, ser};
use serde_json::value::RawValue;
use sse_codec::{Decoder, EncodeError, EventRef, EventWriter, Item, JsonError, Limits};

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Delta<'a> {
    index: u32,
    #[serde(borrow)]
    content: &'a str,
}

/// Writes a part of itself before it fails.
struct Unserializable;

impl Serialize for Unserializable {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use ser::SerializeSeq;
        let mut seq = serializer.serialize_seq(None)?;
        seq.serialize_element("part")?;
        Err(ser::Error::custom("no"))
    }
}

#[test]
fn a_value_comes_out_as_it_went_in_and_borrows() {
    let delta = Delta {
        index: 1,
        content: " token",
    };
    let mut wire = BytesMut::new();
    let event = EventRef::new("").with_event("delta").with_id("9");
    event.encode_json(&delta, &mut wire).unwrap();
    assert_eq!(
        wire,
        "id: 9\nevent: delta\ndata: {\"index\":1,\"content\":\" token\"}\n\n"
    );
    let mut decoder = Decoder::new(Limits::default());
    let Some(Item::Event(event)) = decoder.decode(&mut wire).unwrap() else {
        panic!("the event is complete")
    };
    assert_eq!(event.data_as::<Delta<'_>>().unwrap(), delta);
    let event = event.into_owned();
    assert_eq!(event.data_as::<Delta<'_>>().unwrap(), delta);
}

#[test]
fn line_breaks_in_text_are_escaped_and_between_tokens_become_lines() {
    let mut dst = BytesMut::new();
    EventRef::new("")
        .encode_json("a\r\nb\u{2028}", &mut dst)
        .unwrap();
    assert_eq!(dst, "data: \"a\\r\\nb\u{2028}\"\n\n");

    let raw = RawValue::from_string("[1,\r\n\r2,\n3]".to_owned()).unwrap();
    dst.clear();
    EventRef::new("").encode_json(&raw, &mut dst).unwrap();
    assert_eq!(dst, "data: [1,\ndata:\ndata: 2,\ndata: 3]\n\n");
}

#[test]
fn json_is_a_piece_of_data_like_others() {
    let raw = RawValue::from_string("[1,\n2]".to_owned()).unwrap();
    let mut dst = BytesMut::new();
    let mut writer = EventWriter::begin(&mut dst, EventRef::new("a\r")).unwrap();
    writer.push_json(&1).unwrap();
    writer.push("\r");
    writer.push_json(&raw).unwrap();
    writer.push("\n");
    writer.push_json("x").unwrap();
    writer.push("b");
    writer.finish();
    assert_eq!(
        dst,
        "data: a\ndata: 1\ndata: [1,\ndata: 2]\ndata: \"x\"b\n\n"
    );
}

#[test]
fn a_cr_before_json_is_not_joined_with_a_later_lf() {
    let mut dst = BytesMut::new();
    let mut writer = EventWriter::begin(&mut dst, EventRef::new("a\r")).unwrap();
    writer.push_json(&1).unwrap();
    writer.push("\nb");
    writer.finish();
    assert_eq!(dst, "data: a\ndata: 1\ndata: b\n\n");
}

#[test]
fn a_value_that_fails_leaves_the_data_as_it_was() {
    let mut dst = BytesMut::new();
    let mut writer = EventWriter::begin(&mut dst, EventRef::new("")).unwrap();
    assert_eq!(
        writer.push_json(&Unserializable).unwrap_err().to_string(),
        "no"
    );
    writer.push("a");
    writer.push_json(&Unserializable).unwrap_err();
    writer.push("b");
    writer.finish();
    assert_eq!(dst, "data: ab\n\n");
}

#[test]
fn an_event_that_fails_is_not_written() {
    let mut dst = BytesMut::from("before");
    let error = EventRef::new("")
        .encode_json(&Unserializable, &mut dst)
        .unwrap_err();
    assert_eq!(error.to_string(), "value cannot be written as JSON");
    assert_eq!(error.source().unwrap().to_string(), "no");
    let error = EventRef::new("")
        .with_id("\0")
        .encode_json(&1, &mut dst)
        .unwrap_err();
    assert!(matches!(
        error,
        JsonError::Encode(EncodeError::NulInId { at: 0 })
    ));
    assert_eq!(error.to_string(), "event cannot be written");
    assert_eq!(
        error.source().unwrap().to_string(),
        "id has a NUL at byte 0"
    );
    assert_eq!(dst, "before");
}

#[test]
fn data_that_is_not_of_the_type_is_an_error() {
    let error = EventRef::new("[1").data_as::<Vec<u32>>().unwrap_err();
    assert!(error.is_eof());
    let error = EventRef::new("[DONE]").data_as::<Delta<'_>>().unwrap_err();
    assert!(error.is_syntax());
}
