//! Encoding per byte of output, against `format!` and against a copy of the finished block.
//!
//! `cargo bench -p sse-codec --bench encode`

use std::{hint::black_box, time::Duration};

use bytes::BytesMut;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sse_codec::EventRef;

fn naive(event: &str, data: &str) -> String {
    let lines: Vec<_> = data.lines().map(|line| format!("data: {line}\n")).collect();
    format!("event: {event}\n{}\n", lines.concat())
}

fn encode(criterion: &mut Criterion) {
    let tick = r#"{"symbol":"ABC","price":123.45}"#.to_owned();
    let token = r#"{"choices":[{"index":0,"delta":{"content":" token"}}]}"#.repeat(4);
    let long_line = "0123456789abcdef".repeat(64 * 1024 / 16);
    let many_lines = ["line 00 of event 000000"; 50].join("\n");
    for (name, data) in [
        ("tick_40B", tick),
        ("token_200B", token),
        ("line_64KiB", long_line),
        ("event_of_50_lines", many_lines),
    ] {
        let event = EventRef::new(&data).with_event("tick");
        let finished = naive("tick", &data);
        let mut dst = BytesMut::new();
        assert_eq!(event.encode(&mut dst), Ok(()));
        assert_eq!(dst, finished);

        let mut group = criterion.benchmark_group(format!("encode/{name}"));
        group
            .throughput(Throughput::Bytes(finished.len() as u64))
            .sample_size(10)
            .warm_up_time(Duration::from_millis(300))
            .measurement_time(Duration::from_secs(1));
        group.bench_function("sse-codec", |bencher| {
            bencher.iter(|| {
                dst.clear();
                black_box(event).encode(&mut dst)
            });
        });
        group.bench_function("sse-codec to_bytes", |bencher| {
            bencher.iter(|| black_box(event).to_bytes());
        });
        group.bench_function("naive", |bencher| {
            bencher.iter(|| naive("tick", black_box(&data)));
        });
        group.bench_function("memcpy", |bencher| {
            bencher.iter(|| {
                dst.clear();
                dst.extend_from_slice(black_box(finished.as_bytes()));
            });
        });
        group.finish();
    }
}

criterion_group!(benches, encode);
criterion_main!(benches);
