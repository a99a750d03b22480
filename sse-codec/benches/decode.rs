//! Decoding per byte, against a naive decoder and against what only finds lines or copies bytes.
//!
//! `cargo bench -p sse-codec --bench decode`

use std::{fmt::Write, hint::black_box, time::Duration};

use bytes::BytesMut;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use sse_codec::{Decoder, Item, Limits};

/// A stream, and how many events and bytes of data are in it.
struct Input {
    name: &'static str,
    stream: String,
    expected: Count,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Count {
    events: usize,
    data: usize,
}

const STREAM_LEN: usize = 1024 * 1024;

fn inputs() -> [Input; 4] {
    let ticks = input("ticks_60B", |n, stream| {
        let data = format!(
            r#"{{"symbol":"ABC","price":{}.{:02}}}"#,
            100 + n % 900,
            n % 100
        );
        _ = write!(stream, "id: {n}\nevent: tick\ndata: {data}\n\n");
        data.len()
    });
    let tokens = input("tokens_200B", |n, stream| {
        let data = format!(
            r#"{{"id":"chatcmpl-8f2c","object":"chat.completion.chunk","created":1700000000,"model":"m-1","choices":[{{"index":0,"delta":{{"content":" token{:04}"}},"finish_reason":null}}]}}"#,
            n % 10_000
        );
        _ = write!(stream, "data: {data}\n\n");
        data.len()
    });
    let long_lines = input("lines_64KiB", |_, stream| {
        let data = "0123456789abcdef".repeat(64 * 1024 / 16);
        _ = write!(stream, "data: {data}\n\n");
        data.len()
    });
    let many_lines = input("events_of_50_lines", |n, stream| {
        for line in 0..50 {
            _ = writeln!(stream, "data: line {line:02} of event {:06}", n % 1_000_000);
        }
        stream.push('\n');
        50 * "line 00 of event 000000".len() + 49
    });
    [ticks, tokens, long_lines, many_lines]
}

fn input(name: &'static str, mut event: impl FnMut(usize, &mut String) -> usize) -> Input {
    let mut stream = String::new();
    let mut expected = Count::default();
    while stream.len() < STREAM_LEN {
        expected.data += event(expected.events, &mut stream);
        expected.events += 1;
    }
    Input {
        name,
        stream,
        expected,
    }
}

fn ours(stream: &[u8], chunk: usize, src: &mut BytesMut) -> Count {
    let mut decoder = Decoder::new(Limits::default());
    let mut count = Count::default();
    for chunk in stream.chunks(chunk) {
        src.extend_from_slice(chunk);
        while let Ok(Some(item)) = decoder.decode(src) {
            if let Item::Event(event) = black_box(item) {
                count.events += 1;
                count.data += event.data().len();
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
            let data = black_box(data.join("\n"));
            count.events += 1;
            count.data += data.len();
        }
    }
    count
}

fn decode(criterion: &mut Criterion) {
    for Input {
        name,
        stream,
        expected,
    } in inputs()
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
