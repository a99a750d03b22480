//! Writing invocations and completions, against the obvious struct and against a JSON tree.
#![expect(clippy::unwrap_used, reason = "a benchmark")]

use std::hint::black_box;

use bytes::BytesMut;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use serde::Serialize;
use serde_json::json;
use signalr_protocol::{
    Arguments, Completion, Invocation, Message, Outcome, Payload, Protocol, Typed,
};

/// What one would write without this crate.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Obvious<'a, A> {
    #[serde(rename = "type")]
    kind: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    invocation_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    arguments: Option<A>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<A>,
}

fn invocations(c: &mut Criterion) {
    let mut group = c.benchmark_group("write_invocation");
    for size in [32, 1_024, 16_384] {
        let text = "x".repeat(size);
        let arguments = (&*text, 42);
        let obvious = Obvious {
            kind: 1,
            invocation_id: None,
            target: Some("ReceiveMessage"),
            arguments: Some(arguments),
            result: None,
        };
        let mut dst = BytesMut::with_capacity(32_768);
        let typed = Invocation::new("ReceiveMessage", Typed(&arguments));
        typed.encode(Protocol::Json, &mut dst).unwrap();
        let expected = format!("{}\u{1e}", serde_json::to_string(&obvious).unwrap());
        assert_eq!(dst, expected);
        group.throughput(Throughput::Bytes(dst.len() as u64));

        group.bench_function(BenchmarkId::new("typed", size), |b| {
            b.iter(|| {
                dst.clear();
                let message = Invocation::new("ReceiveMessage", Typed(black_box(&arguments)));
                message.encode(Protocol::Json, &mut dst).unwrap();
            });
        });
        group.bench_function(BenchmarkId::new("derive", size), |b| {
            b.iter(|| {
                dst.clear();
                dst.extend_from_slice(&serde_json::to_vec(black_box(&obvious)).unwrap());
                dst.extend_from_slice(&[0x1E]);
            });
        });
        group.bench_function(BenchmarkId::new("value", size), |b| {
            b.iter(|| {
                dst.clear();
                let value = json!({
                    "type": 1,
                    "target": "ReceiveMessage",
                    "arguments": [black_box(&*text), 42],
                });
                dst.extend_from_slice(&serde_json::to_vec(&value).unwrap());
                dst.extend_from_slice(&[0x1E]);
            });
        });

        let encoded = serde_json::to_string(&arguments).unwrap();
        let arguments = Arguments::json(&encoded).unwrap();
        let raw = Message::Invocation(Invocation::new("ReceiveMessage", arguments));
        group.bench_function(BenchmarkId::new("raw", size), |b| {
            b.iter(|| {
                dst.clear();
                black_box(&raw).encode(Protocol::Json, &mut dst).unwrap();
            });
        });
        assert_eq!(dst, expected);
    }
    group.finish();
}

fn completions(c: &mut Criterion) {
    let mut group = c.benchmark_group("write_completion");
    let mut dst = BytesMut::with_capacity(1_024);
    let payload = Payload::json("42").unwrap();
    let expected = "{\"type\":3,\"invocationId\":\"17\",\"result\":42}\u{1e}";
    group.throughput(Throughput::Bytes(expected.len() as u64));
    group.bench_function("typed", |b| {
        b.iter(|| {
            dst.clear();
            let message = Completion::new("17", Outcome::Result(Typed(black_box(&42))));
            message.encode(Protocol::Json, &mut dst).unwrap();
        });
    });
    assert_eq!(dst, expected);
    group.bench_function("raw", |b| {
        b.iter(|| {
            dst.clear();
            let message = Completion::new("17", Outcome::Result(black_box(payload)));
            message.encode(Protocol::Json, &mut dst).unwrap();
        });
    });
    assert_eq!(dst, expected);
    group.bench_function("derive", |b| {
        b.iter(|| {
            dst.clear();
            let obvious = Obvious {
                kind: 3,
                invocation_id: Some("17"),
                target: None,
                arguments: None,
                result: Some(black_box(42)),
            };
            dst.extend_from_slice(&serde_json::to_vec(&obvious).unwrap());
            dst.extend_from_slice(&[0x1E]);
        });
    });
    assert_eq!(dst, expected);
    group.finish();
}

criterion_group!(benches, invocations, completions);
criterion_main!(benches);
