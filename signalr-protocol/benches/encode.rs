//! Writing messages, against the obvious struct and against a JSON tree.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark")]

mod cases;

use std::hint::black_box;

use bytes::BytesMut;
use cases::{Case, ID, Kind, TARGET};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use serde::Serialize;
use serde_json::{Value, json};
use signalr_protocol::{
    Arguments, Completion, Invocation, Message, Outcome, Payload, Protocol, StreamItem,
};

/// What one would write without this crate.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Obvious<'a> {
    #[serde(rename = "type")]
    kind: u8,
    invocation_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    arguments: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    item: Option<&'a str>,
}

impl<'a> Obvious<'a> {
    fn new(case: &'a Case) -> Self {
        let is = |kind| case.kind == kind;
        let text = &*case.texts[0];
        Self {
            kind: match case.kind {
                Kind::Invocation => 1,
                Kind::Item => 2,
                Kind::Completion => 3,
            },
            invocation_id: ID,
            target: is(Kind::Invocation).then_some(TARGET),
            arguments: is(Kind::Invocation).then_some(&case.texts),
            result: is(Kind::Completion).then_some(text),
            item: is(Kind::Item).then_some(text),
        }
    }
}

fn tree(case: &Case) -> Value {
    let text = &*case.texts[0];
    match case.kind {
        Kind::Invocation => {
            json!({"type": 1, "invocationId": ID, "target": TARGET, "arguments": case.texts})
        }
        Kind::Completion => json!({"type": 3, "invocationId": ID, "result": text}),
        Kind::Item => json!({"type": 2, "invocationId": ID, "item": text}),
    }
}

/// The message with what it carries encoded before, as it is sent on.
fn encoded<'a>(case: &Case, json: &'a str) -> Message<'a> {
    let payload = || Payload::json(json).unwrap();
    match case.kind {
        Kind::Invocation => {
            let mut message = Invocation::new(TARGET, Arguments::json(json).unwrap());
            message.invocation_id = Some(ID.into());
            Message::Invocation(message)
        }
        Kind::Completion => Message::Completion(Completion::new(ID, Outcome::Result(payload()))),
        Kind::Item => Message::StreamItem(StreamItem::new(ID, payload())),
    }
}

fn messages(c: &mut Criterion) {
    let mut dst = BytesMut::with_capacity(32_768);
    for case in Case::all() {
        let mut group = c.benchmark_group(case.group("write"));
        let id = case.id();
        let expected = format!(
            "{}\u{1e}",
            serde_json::to_string(&Obvious::new(&case)).unwrap()
        );
        group.throughput(Throughput::Bytes(expected.len() as u64));

        group.bench_function(BenchmarkId::new("signalr_protocol", &id), |b| {
            b.iter(|| {
                dst.clear();
                black_box(&case).encode(Protocol::Json, &mut dst);
            });
        });
        group.bench_function(BenchmarkId::new("derive", &id), |b| {
            b.iter(|| {
                dst.clear();
                let message = Obvious::new(black_box(&case));
                dst.extend_from_slice(&serde_json::to_vec(&message).unwrap());
                dst.extend_from_slice(&[0x1E]);
            });
        });
        group.bench_function(BenchmarkId::new("value", &id), |b| {
            b.iter(|| {
                dst.clear();
                let message = tree(black_box(&case));
                dst.extend_from_slice(&serde_json::to_vec(&message).unwrap());
                dst.extend_from_slice(&[0x1E]);
            });
        });
        // The throughput that is shown is that of the JSON.
        group.bench_function(BenchmarkId::new("messagepack", &id), |b| {
            b.iter(|| {
                dst.clear();
                black_box(&case).encode(Protocol::MessagePack, &mut dst);
            });
        });
        let json = match case.kind {
            Kind::Invocation => serde_json::to_string(&case.texts).unwrap(),
            Kind::Completion | Kind::Item => serde_json::to_string(&case.texts[0]).unwrap(),
        };
        let sent_on = encoded(&case, &json);
        group.bench_function(BenchmarkId::new("encoded", &id), |b| {
            b.iter(|| {
                dst.clear();
                black_box(&sent_on)
                    .encode(Protocol::Json, &mut dst)
                    .unwrap();
            });
        });
        let mut copy = vec![0; expected.len()];
        group.bench_function(BenchmarkId::new("memcpy", &id), |b| {
            b.iter(|| black_box(&mut *copy).copy_from_slice(black_box(expected.as_bytes())));
        });
        group.finish();

        dst.clear();
        case.encode(Protocol::Json, &mut dst);
        assert_eq!(dst, expected);
        dst.clear();
        sent_on.encode(Protocol::Json, &mut dst).unwrap();
        assert_eq!(dst, expected);
        assert_eq!(copy, expected.as_bytes());
    }
}

criterion_group!(benches, messages);
criterion_main!(benches);
