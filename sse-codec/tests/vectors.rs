//! The vectors of `vectors/sse.json`, collected from the standard, the Web Platform Tests and the
//! tests of other implementations.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a vector that cannot be read must fail the test"
)]

#[path = "support/seen.rs"]
mod seen;

use std::time::Duration;

use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::BytesMut;
use serde_json::Value;
use sse_codec::{Control, DecodeError, Decoder, EncodeError, EventRef, Limits};

use seen::Seen;

fn vectors(group: &str) -> Vec<Value> {
    let all: Value = serde_json::from_str(include_str!("vectors/sse.json")).unwrap();
    all[group].as_array().unwrap().clone()
}

fn chunks(vector: &Value) -> Vec<Vec<u8>> {
    let chunks = vector["chunks"].as_array().unwrap().iter();
    chunks
        .map(|chunk| BASE64_STANDARD.decode(chunk.as_str().unwrap()).unwrap())
        .collect()
}

fn decoder(vector: &Value) -> Decoder {
    let id = vector["initial_last_event_id"].as_str().unwrap_or("");
    Decoder::new(Limits::default())
        .with_comments()
        .with_last_event_id(id)
}

/// Decodes the chunks and compares everything that the vector says.
fn check(vector: &Value, chunks: &[&[u8]]) {
    let name = &vector["name"];
    let mut decoder = decoder(vector);
    let mut src = BytesMut::new();
    let seen = seen::decode(&mut decoder, &mut src, chunks);
    decoder.finish(&mut src);

    let mut events = Vec::new();
    let mut comments = Vec::new();
    let mut retries = Vec::new();
    for seen in seen {
        match seen {
            Seen::Event(event) => {
                events.push(serde_json::json!({
                    "event": EventRef::from(&event).event_type(),
                    "data": event.data,
                    "id": event.last_event_id,
                }));
                retries.extend(event.retry);
            }
            Seen::Control { retry, .. } => retries.extend(retry),
            Seen::Comment(text) => comments.push(text),
            Seen::Error(error) => panic!("{name}: {error}"),
        }
    }
    assert_eq!(Value::from(events), vector["events"], "{name}");
    assert_eq!(decoder.last_event_id(), vector["last_event_id"], "{name}");
    let millis = |retry: Duration| u64::try_from(retry.as_millis()).unwrap();
    assert_eq!(
        decoder.retry().map(millis),
        vector["retry"].as_u64(),
        "{name}"
    );
    if let Some(expected) = vector.get("comments") {
        assert_eq!(Value::from(comments), *expected, "{name}");
    }
    if let Some(expected) = vector.get("retry_updates") {
        let retries: Vec<u64> = retries.into_iter().map(millis).collect();
        assert_eq!(Value::from(retries), *expected, "{name}");
    }
}

#[test]
fn decodes_every_vector_in_its_own_chunks() {
    for vector in vectors("decode") {
        let chunks = chunks(&vector);
        check(
            &vector,
            &chunks.iter().map(Vec::as_slice).collect::<Vec<_>>(),
        );
    }
}

#[test]
fn decodes_every_vector_byte_by_byte() {
    for vector in vectors("decode") {
        check(
            &vector,
            &chunks(&vector).concat().chunks(1).collect::<Vec<_>>(),
        );
    }
}

/// Every place to cut a stream, or some all over a large one.
fn cuts(stream: &[u8]) -> impl Iterator<Item = usize> {
    let step = if stream.len() < 2_000 {
        1
    } else {
        stream.len() / 50
    };
    (0..=stream.len()).step_by(step)
}

#[test]
fn decodes_every_vector_in_two_parts() {
    for vector in vectors("decode") {
        let stream = chunks(&vector).concat();
        for at in cuts(&stream) {
            let (a, b) = stream.split_at(at);
            check(&vector, &[a, b]);
        }
    }
}

#[test]
fn decodes_every_vector_in_three_parts() {
    for vector in vectors("decode") {
        let stream = chunks(&vector).concat();
        let step = 1 + cuts(&stream).count() / 20;
        for first in cuts(&stream).step_by(step) {
            let (a, rest) = stream.split_at(first);
            for second in cuts(rest).step_by(step) {
                let (b, c) = rest.split_at(second);
                check(&vector, &[a, b, &[], c]);
            }
        }
    }
}

#[test]
fn delivers_every_event_with_the_chunk_that_completes_it() {
    for vector in vectors("decode") {
        let Some(expected) = vector["events_after_chunk"].as_array() else {
            continue;
        };
        let mut decoder = decoder(&vector);
        let mut src = BytesMut::new();
        let mut events = 0;
        for (chunk, expected) in chunks(&vector).iter().zip(expected) {
            let seen = seen::decode(&mut decoder, &mut src, &[chunk]);
            events += seen
                .iter()
                .filter(|seen| matches!(seen, Seen::Event(_)))
                .count();
            assert_eq!(Value::from(events), *expected, "{}", vector["name"]);
        }
    }
}

/// Encodes what the vector asks for, as the kind of block that can hold it.
fn encode(input: &Value, dst: &mut BytesMut) -> Result<(), EncodeError> {
    let retry = input["retry"].as_u64().map(Duration::from_millis);
    if let Some(data) = input["data"].as_str() {
        let mut event = EventRef::new(data);
        if let Some(retry) = retry {
            event = event.with_retry(retry);
        }
        if let Some(id) = input["id"].as_str() {
            event = event.with_id(id);
        }
        if let Some(name) = input["event"].as_str() {
            event = event.with_event(name);
        }
        return event.encode(dst);
    }
    let mut control = Control::new();
    if let Some(retry) = retry {
        control = control.with_retry(retry);
    }
    if let Some(comment) = input["comment"].as_str() {
        control = control.with_comment(comment);
    }
    control.encode(dst)
}

#[test]
fn encodes_every_vector_so_that_it_is_read_as_meant() {
    for vector in vectors("encode") {
        let name = &vector["name"];
        let mut wire = BytesMut::from("before");
        if vector["must"] == "reject" {
            encode(&vector["in"], &mut wire).unwrap_err();
            assert_eq!(wire, "before", "{name}");
            continue;
        }
        encode(&vector["in"], &mut wire).unwrap();
        let mut decoder = Decoder::new(Limits::default());
        let mut src = BytesMut::new();
        let seen = seen::decode(&mut decoder, &mut src, &[&wire["before".len()..]]);
        assert!(!decoder.finish(&mut src), "{name}");
        let events: Vec<_> = seen
            .iter()
            .filter(|seen| matches!(seen, Seen::Event(_)))
            .collect();
        let Some(expected) = vector.get("roundtrip") else {
            assert!(events.is_empty(), "{name}: {events:?}");
            let retry = vector["roundtrip_retry"]
                .as_u64()
                .map(Duration::from_millis);
            assert_eq!(decoder.retry(), retry, "{name}");
            continue;
        };
        let [Seen::Event(event)] = seen.as_slice() else {
            panic!("{name}: {seen:?}")
        };
        assert_eq!(
            EventRef::from(event).event_type(),
            expected["event"],
            "{name}"
        );
        assert_eq!(event.data, expected["data"], "{name}");
        assert_eq!(event.id.as_deref(), expected["id"].as_str(), "{name}");
        let retry = expected["retry"].as_u64().map(Duration::from_millis);
        assert_eq!(event.retry, retry, "{name}");
    }
}

#[test]
fn keeps_the_limit_of_every_vector() {
    for vector in vectors("limits") {
        let mut limits = Limits::default();
        limits.max_event = usize::try_from(vector["limit"].as_u64().unwrap()).unwrap();
        let stream = if let Some(repeat) = vector["repeat"].as_array() {
            let times = usize::try_from(repeat[1].as_u64().unwrap()).unwrap();
            repeat[0].as_str().unwrap().repeat(times)
        } else {
            let chunks = vector["chunks"].as_array().unwrap().iter();
            chunks.map(|chunk| chunk.as_str().unwrap()).collect()
        };
        let mut decoder = Decoder::new(limits);
        let seen = seen::decode(&mut decoder, &mut BytesMut::new(), &[stream.as_bytes()]);
        let overflow = Seen::Error(DecodeError::EventTooLarge {
            limit: limits.max_event,
        });
        assert_eq!(seen.first(), Some(&overflow), "{}", vector["name"]);
        let errors = seen
            .iter()
            .filter(|seen| matches!(seen, Seen::Error(_)))
            .count();
        assert_eq!(errors, 1, "{}", vector["name"]);
    }
}
