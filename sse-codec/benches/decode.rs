//! Decoding per byte, against a naive decoder and against what only finds lines or copies bytes.
//!
//! `cargo bench -p sse-codec --bench decode`

#[path = "support/streams.rs"]
mod streams;

use std::{hint::black_box, time::Duration};

use bytes::BytesMut;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use sse_codec::{Decoder, Item, Limits};

use streams::{Count, Input};

const STREAM_LEN: usize = 1024 * 1024;

fn ours(stream: &[u8], chunk: usize, src: &mut BytesMut) -> Count {
    let mut decoder = Decoder::new(Limits::default());
    let mut count = Count::default();
    for chunk in stream.chunks(chunk) {
        src.extend_from_slice(chunk);
        while let Ok(Some(item)) = decoder.decode(src) {
            if let Item::Event(event) = black_box(&item) {
                count.add(event.data());
            }
        }
    }
    count
}

/// What one writes in ten minutes: right for these inputs, with owned strings and no limits.
fn naive(stream: &[u8], chunk: usize) -> Count {
    let mut pending = String::new();
    let mut count = Count::default();
    for chunk in stream.chunks(chunk) {
        pending.push_str(&String::from_utf8_lossy(chunk));
        while let Some(end) = pending.find("\n\n") {
            let block: String = pending.drain(..end + 2).collect();
            let data: Vec<_> = block
                .lines()
                .filter_map(|line| line.strip_prefix("data: "))
                .collect();
            count.add(&black_box(data.join("\n")));
        }
    }
    count
}

fn decode(criterion: &mut Criterion) {
    for Input {
        name,
        stream,
        expected,
    } in streams::inputs(STREAM_LEN)
    {
        let stream = stream.as_bytes();
        let mut group = criterion.benchmark_group(format!("decode/{name}"));
        group
            .throughput(Throughput::Bytes(stream.len() as u64))
            .sample_size(10)
            .warm_up_time(Duration::from_millis(300))
            .measurement_time(Duration::from_secs(1));
        for chunk in [64 * 1024, 1400, 17] {
            let mut src = BytesMut::new();
            assert_eq!(ours(stream, chunk, &mut src), expected);
            group.bench_function(BenchmarkId::new("sse-codec", chunk), |bencher| {
                bencher.iter(|| ours(black_box(stream), chunk, &mut src));
            });
        }
        assert_eq!(naive(stream, 1400), expected);
        group.bench_function(BenchmarkId::new("naive", 1400), |bencher| {
            bencher.iter(|| naive(black_box(stream), 1400));
        });
        group.bench_function("memchr", |bencher| {
            bencher.iter(|| memchr::memchr_iter(b'\n', black_box(stream)).count());
        });
        let mut copy = vec![0; stream.len()];
        group.bench_function("memcpy", |bencher| {
            bencher.iter(|| copy.copy_from_slice(black_box(stream)));
        });
        group.finish();
    }
}

criterion_group!(benches, decode);
criterion_main!(benches);
