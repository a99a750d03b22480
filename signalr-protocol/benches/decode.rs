//! Reading messages, against a JSON tree and against the obvious struct.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark")]

mod cases;

use std::{borrow::Cow, hint::black_box};

use bytes::BytesMut;
use cases::Case;
use criterion::{
    BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main,
    measurement::WallTime,
};
use serde::Deserialize;
use serde_json::{Value, value::RawValue};
use signalr_protocol::{Decoder, Limits, Message, Outcome, Protocol, Record};

/// What one would write without this crate.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Obvious<'a> {
    #[serde(rename = "type")]
    kind: u8,
    #[serde(borrow)]
    invocation_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    target: Option<Cow<'a, str>>,
    #[serde(borrow)]
    arguments: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    result: Option<&'a RawValue>,
    #[serde(borrow)]
    error: Option<Cow<'a, str>>,
    #[serde(borrow)]
    item: Option<&'a RawValue>,
}

impl Obvious<'_> {
    /// How many arguments it has, or how many bytes its result or item.
    fn parse(json: &[u8]) -> usize {
        let message: Obvious<'_> = serde_json::from_slice(json).unwrap();
        black_box((message.kind, &message.invocation_id));
        black_box((&message.target, &message.error));
        match message.arguments {
            Some(arguments) => arguments.len(),
            None => message.result.or(message.item).unwrap().get().len(),
        }
    }
}

/// How many arguments a message has, or how many bytes its result or item.
fn parse(protocol: Protocol, record: &[u8]) -> usize {
    let record = Record::new(protocol, record);
    match Message::parse(&record).unwrap().unwrap() {
        Message::Invocation(message) => message.arguments.len(),
        Message::StreamItem(message) => message.item.as_bytes().len(),
        Message::Completion(message) => match message.outcome {
            Outcome::Result(result) => result.as_bytes().len(),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

fn messages(c: &mut Criterion) {
    for case in Case::all() {
        let mut group = c.benchmark_group(case.group("parse"));
        let id = case.id();
        let json = &*case.record(Protocol::Json);
        let messagepack = &*case.record(Protocol::MessagePack);
        assert_eq!(parse(Protocol::Json, json), Obvious::parse(json));
        group.throughput(Throughput::Bytes(json.len() as u64));

        group.bench_function(BenchmarkId::new("signalr_protocol", &id), |b| {
            b.iter(|| parse(Protocol::Json, black_box(json)));
        });
        group.bench_function(BenchmarkId::new("derive", &id), |b| {
            b.iter(|| Obvious::parse(black_box(json)));
        });
        group.bench_function(BenchmarkId::new("value", &id), |b| {
            b.iter(|| serde_json::from_slice::<Value>(black_box(json)).unwrap());
        });
        // The throughput that is shown is that of the JSON.
        group.bench_function(BenchmarkId::new("messagepack", &id), |b| {
            b.iter(|| parse(Protocol::MessagePack, black_box(messagepack)));
        });
        bounds(&mut group, &id, json);
        group.finish();
    }
}

/// What is least to be done with the bytes: to copy them, and to look for the separator.
fn bounds(group: &mut BenchmarkGroup<'_, WallTime>, id: &str, json: &[u8]) {
    let mut copy = vec![0; json.len()];
    group.bench_function(BenchmarkId::new("memcpy", id), |b| {
        b.iter(|| black_box(&mut *copy).copy_from_slice(black_box(json)));
    });
    assert_eq!(copy, json);
    assert_eq!(memchr::memchr(0x1E, json), None);
    group.bench_function(BenchmarkId::new("memchr", id), |b| {
        b.iter(|| memchr::memchr(0x1E, black_box(json)));
    });
}

fn bound(c: &mut Criterion) {
    let mut group = c.benchmark_group("parse_and_bind");
    let json = br#"{"type":1,"invocationId":"17","target":"SendMessage","arguments":["ada",42]}"#;
    group.throughput(Throughput::Bytes(json.len() as u64));
    group.bench_function("signalr_protocol", |b| {
        b.iter(|| {
            let record = Record::new(Protocol::Json, black_box(json));
            let Some(Message::Invocation(message)) = Message::parse(&record).unwrap() else {
                panic!("not an invocation")
            };
            let mut arguments = message.arguments.bind(2).unwrap();
            (
                arguments.take::<&str>().unwrap().len(),
                arguments.take::<u64>().unwrap(),
            )
        });
    });
    group.bench_function("derive", |b| {
        b.iter(|| {
            let message: Obvious<'_> = serde_json::from_slice(black_box(json)).unwrap();
            black_box((message.kind, &message.invocation_id, &message.target));
            let arguments = message.arguments.unwrap();
            (
                serde_json::from_str::<&str>(arguments[0].get())
                    .unwrap()
                    .len(),
                serde_json::from_str::<u64>(arguments[1].get()).unwrap(),
            )
        });
    });
    group.finish();
}

fn records(c: &mut Criterion) {
    let mut group = c.benchmark_group("decode_records");
    let stream =
        "{\"type\":1,\"target\":\"SendMessage\",\"arguments\":[\"ada\",42]}\u{1e}".repeat(64);
    group.throughput(Throughput::Bytes(stream.len() as u64));
    group.bench_function("signalr_protocol", |b| {
        b.iter(|| {
            let mut src = BytesMut::from(black_box(&*stream));
            let mut decoder = Decoder::new(Limits::default());
            let mut count = 0;
            while let Some(record) = decoder.decode(&mut src).unwrap() {
                count += usize::from(!record.as_bytes().is_empty());
            }
            assert_eq!(count, 64);
        });
    });
    group.bench_function("split", |b| {
        b.iter(|| {
            let count = black_box(&stream)
                .split('\u{1e}')
                .filter(|record| !record.is_empty());
            assert_eq!(count.count(), 64);
        });
    });
    group.finish();
}

criterion_group!(benches, messages, bound, records);
criterion_main!(benches);
