//! Reading invocations and completions, against a JSON tree and against the obvious struct.
#![expect(clippy::unwrap_used, reason = "a benchmark")]

use std::{borrow::Cow, fmt::Write, hint::black_box};

use bytes::BytesMut;
use criterion::{
    BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main,
    measurement::WallTime,
};
use serde::Deserialize;
use serde_json::{Value, value::RawValue};
use signalr_protocol::{Decoder, Limits, Message, Outcome, Protocol, Record};
#[cfg(feature = "messagepack")]
use signalr_protocol::{Invocation, Typed};

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

/// `count` strings that together with their quotes and commas take about `size` bytes.
fn strings(count: usize, size: usize) -> String {
    let mut list = String::new();
    for index in 0..count {
        let separator = if index == 0 { "" } else { "," };
        write!(
            list,
            "{separator}\"{}\"",
            "x".repeat((size / count).saturating_sub(3))
        )
        .unwrap();
    }
    list
}

fn invocation(count: usize, size: usize) -> String {
    let arguments = strings(count, size);
    format!(r#"{{"type":1,"invocationId":"17","target":"SendMessage","arguments":[{arguments}]}}"#)
}

fn completion(size: usize) -> String {
    format!(
        r#"{{"type":3,"invocationId":"17","result":{}}}"#,
        strings(1, size)
    )
}

fn parse(text: &str) -> Message<'_> {
    Message::parse(&Record::new(Protocol::Json, text.as_bytes()))
        .unwrap()
        .unwrap()
}

fn invocations(c: &mut Criterion) {
    let mut group = c.benchmark_group("parse_invocation");
    for (count, size) in [(1, 32), (2, 32), (8, 256), (2, 1_024), (1, 16_384)] {
        let json = invocation(count, size);
        let id = format!("{count}x{size}");
        group.throughput(Throughput::Bytes(json.len() as u64));

        let Message::Invocation(message) = parse(&json) else {
            panic!("{json}")
        };
        assert_eq!(
            (&*message.target, message.arguments.len()),
            ("SendMessage", count)
        );
        group.bench_with_input(
            BenchmarkId::new("signalr_protocol", &id),
            &json,
            |b, json| {
                b.iter(|| match parse(black_box(json)) {
                    Message::Invocation(message) => message.arguments.len(),
                    _ => unreachable!(),
                });
            },
        );
        let obvious: Obvious<'_> = serde_json::from_str(&json).unwrap();
        assert_eq!((obvious.kind, obvious.arguments.unwrap().len()), (1, count));
        group.bench_with_input(BenchmarkId::new("derive", &id), &json, |b, json| {
            b.iter(|| {
                let message: Obvious<'_> =
                    serde_json::from_slice(black_box(json.as_bytes())).unwrap();
                black_box((message.kind, &message.invocation_id, &message.target));
                message.arguments.map_or(0, |arguments| arguments.len())
            });
        });
        group.bench_with_input(BenchmarkId::new("value", &id), &json, |b, json| {
            b.iter(|| serde_json::from_slice::<Value>(black_box(json.as_bytes())).unwrap());
        });
        bounds(&mut group, &id, json.as_bytes());
        #[cfg(feature = "messagepack")]
        messagepack(&mut group, &id, &message);
    }
    group.finish();
}

/// What is least to be done with the bytes: to copy them, and to look for the separator.
fn bounds(group: &mut BenchmarkGroup<'_, WallTime>, id: &str, json: &[u8]) {
    let mut copy = vec![0; json.len()];
    group.bench_with_input(BenchmarkId::new("memcpy", id), json, |b, json| {
        b.iter(|| black_box(&mut *copy).copy_from_slice(black_box(json)));
    });
    assert_eq!(copy, json);
    assert_eq!(memchr::memchr(0x1E, json), None);
    group.bench_with_input(BenchmarkId::new("memchr", id), json, |b, json| {
        b.iter(|| memchr::memchr(0x1E, black_box(json)));
    });
}

/// The same call in the other protocol. The throughput that is shown is that of the JSON.
#[cfg(feature = "messagepack")]
fn messagepack(group: &mut BenchmarkGroup<'_, WallTime>, id: &str, call: &Invocation<'_>) {
    let arguments: Vec<&str> = call
        .arguments
        .iter()
        .map(|text| text.to().unwrap())
        .collect();
    let mut same = Invocation::new(&*call.target, Typed(&*arguments));
    same.invocation_id.clone_from(&call.invocation_id);
    let mut framed = BytesMut::new();
    same.encode(Protocol::MessagePack, &mut framed).unwrap();
    let mut decoder = Decoder::new(Limits::default());
    decoder.set_protocol(Protocol::MessagePack);
    let record = decoder.decode(&mut framed).unwrap().unwrap();
    let bytes = record.as_bytes().to_vec();
    let parse = |bytes: &[u8]| {
        let record = Record::new(Protocol::MessagePack, bytes);
        match Message::parse(&record).unwrap().unwrap() {
            Message::Invocation(message) => message.arguments.len(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(parse(&bytes), arguments.len());
    group.bench_with_input(BenchmarkId::new("messagepack", id), &*bytes, |b, bytes| {
        b.iter(|| parse(black_box(bytes)));
    });
}

fn completions(c: &mut Criterion) {
    let mut group = c.benchmark_group("parse_completion");
    for size in [32, 16_384] {
        let json = completion(size);
        group.throughput(Throughput::Bytes(json.len() as u64));
        group.bench_with_input(
            BenchmarkId::new("signalr_protocol", size),
            &json,
            |b, json| {
                b.iter(|| match parse(black_box(json)) {
                    Message::Completion(message) => match message.outcome {
                        Outcome::Result(result) => result.as_bytes().len(),
                        other => panic!("{other:?}"),
                    },
                    _ => unreachable!(),
                });
            },
        );
        group.bench_with_input(BenchmarkId::new("derive", size), &json, |b, json| {
            b.iter(|| {
                let message: Obvious<'_> =
                    serde_json::from_slice(black_box(json.as_bytes())).unwrap();
                black_box((message.kind, &message.invocation_id, &message.error));
                message.result.map_or(0, |result| result.get().len())
            });
        });
    }
    group.finish();
}

fn items(c: &mut Criterion) {
    let mut group = c.benchmark_group("parse_item");
    for size in [32, 16_384] {
        let json = format!(
            r#"{{"type":2,"invocationId":"17","item":{}}}"#,
            strings(1, size)
        );
        group.throughput(Throughput::Bytes(json.len() as u64));
        let obvious: Obvious<'_> = serde_json::from_str(&json).unwrap();
        let expected = obvious.item.unwrap().get().len();
        let ours = |json: &str| match parse(json) {
            Message::StreamItem(message) => message.item.as_bytes().len(),
            other => panic!("{other:?}"),
        };
        assert_eq!(ours(&json), expected);
        group.bench_with_input(
            BenchmarkId::new("signalr_protocol", size),
            &json,
            |b, json| b.iter(|| ours(black_box(json))),
        );
        group.bench_with_input(BenchmarkId::new("derive", size), &json, |b, json| {
            b.iter(|| {
                let message: Obvious<'_> =
                    serde_json::from_slice(black_box(json.as_bytes())).unwrap();
                black_box((message.kind, &message.invocation_id));
                message.item.map_or(0, |item| item.get().len())
            });
        });
        bounds(&mut group, &size.to_string(), json.as_bytes());
    }
    group.finish();
}

fn bound(c: &mut Criterion) {
    let mut group = c.benchmark_group("parse_and_bind");
    let json = r#"{"type":1,"invocationId":"17","target":"SendMessage","arguments":["ada",42]}"#;
    group.throughput(Throughput::Bytes(json.len() as u64));
    group.bench_function("signalr_protocol", |b| {
        b.iter(|| match parse(black_box(json)) {
            Message::Invocation(message) => {
                let mut arguments = message.arguments.bind(2).unwrap();
                (
                    arguments.take::<&str>().unwrap().len(),
                    arguments.take::<u64>().unwrap(),
                )
            }
            _ => unreachable!(),
        });
    });
    group.bench_function("derive", |b| {
        b.iter(|| {
            let message: Obvious<'_> = serde_json::from_slice(black_box(json.as_bytes())).unwrap();
            black_box((message.kind, &message.invocation_id, &message.target));
            let arguments = message.arguments.unwrap();
            let [user, number] = *arguments.as_slice() else {
                panic!("{json}")
            };
            (
                serde_json::from_str::<&str>(user.get()).unwrap().len(),
                serde_json::from_str::<u64>(number.get()).unwrap(),
            )
        });
    });
    group.finish();
}

fn records(c: &mut Criterion) {
    let mut group = c.benchmark_group("decode_records");
    let stream = format!("{}\u{1e}", invocation(2, 64)).repeat(64);
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

criterion_group!(benches, invocations, completions, items, bound, records);
criterion_main!(benches);
