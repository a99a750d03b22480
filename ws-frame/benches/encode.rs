//! What is sent: frames of a server and of a client behind each other, and a broadcast.
//!
//! `naive` writes byte by byte into memory of its own; `memcpy` only appends the payload.

use std::{hint::black_box, time::Duration};

use bytes::BytesMut;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ws_frame::{Frame, Message, Opcode};

const SIZES: [usize; 5] = [16, 125, 1024, 16 * 1024, 1024 * 1024];
const KEY: [u8; 4] = [0x37, 0xFA, 0x21, 0x3D];

fn server(payload: &[u8], dst: &mut BytesMut) {
    Message::Binary(payload).encode(dst).expect("a data frame");
}

fn client(payload: &[u8], dst: &mut BytesMut) {
    Message::Binary(payload)
        .encode_masked(KEY, dst)
        .expect("a data frame");
}

fn naive_head(mask: u8, len: usize) -> Vec<u8> {
    let mut head = vec![0x82];
    match (u8::try_from(len), u16::try_from(len)) {
        (Ok(len), _) if len < 126 => head.push(mask | len),
        (_, Ok(len)) => {
            head.push(mask | 0x7E);
            head.extend(len.to_be_bytes());
        }
        _ => {
            head.push(mask | 0x7F);
            head.extend((len as u64).to_be_bytes());
        }
    }
    head
}

fn naive_server(payload: &[u8], dst: &mut BytesMut) {
    let mut frame = naive_head(0, payload.len());
    frame.extend(payload);
    dst.extend_from_slice(&frame);
}

fn naive_client(payload: &[u8], dst: &mut BytesMut) {
    let mut frame = naive_head(0x80, payload.len());
    frame.extend(KEY);
    frame.extend(
        payload
            .iter()
            .zip(KEY.iter().cycle())
            .map(|(byte, key)| byte ^ key),
    );
    dst.extend_from_slice(&frame);
}

fn memcpy(payload: &[u8], dst: &mut BytesMut) {
    dst.extend_from_slice(payload);
}

type Encode = fn(&[u8], &mut BytesMut);

fn compare(criterion: &mut Criterion, role: &str, encoders: [(&str, Encode); 3]) {
    let mut group = criterion.benchmark_group(format!("encode/{role}"));
    group
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(600));
    group.sample_size(20);
    for size in SIZES {
        let payload: Vec<u8> = (0..=255).cycle().take(size).collect();
        let [(_, ours), (_, naive), _] = encoders;
        let (mut a, mut b) = (BytesMut::new(), BytesMut::new());
        ours(&payload, &mut a);
        naive(&payload, &mut b);
        assert_eq!(a, b);
        group.throughput(Throughput::Bytes(size as u64));
        for (name, encode) in encoders {
            group.bench_function(BenchmarkId::new(name, size), |bencher| {
                bencher.iter(|| {
                    a.clear();
                    encode(black_box(&payload), &mut a);
                    black_box(a.len())
                });
            });
        }
    }
    group.finish();
}

fn encode(criterion: &mut Criterion) {
    compare(
        criterion,
        "server",
        [
            ("ws-frame", server),
            ("naive", naive_server),
            ("memcpy", memcpy),
        ],
    );
    compare(
        criterion,
        "client",
        [
            ("ws-frame", client),
            ("naive", naive_client),
            ("memcpy", memcpy),
        ],
    );
}

/// One message to a thousand sockets: encoded once and shared, and encoded for each.
fn broadcast(criterion: &mut Criterion) {
    let payload = [0x61; 1024];
    let frame = Frame::new(Opcode::Text, &payload);
    let mut group = criterion.benchmark_group("encode/broadcast to 1000");
    group
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(600));
    group.sample_size(20).throughput(Throughput::Elements(1000));
    group.bench_function("ws-frame", |bencher| {
        bencher.iter(|| {
            let shared = frame.to_bytes().expect("a data frame");
            (0..1000)
                .map(|_| black_box(shared.clone()).len())
                .sum::<usize>()
        });
    });
    group.bench_function("naive", |bencher| {
        bencher.iter(|| {
            (0..1000)
                .map(|_| black_box(frame.to_bytes()).map_or(0, |bytes| bytes.len()))
                .sum::<usize>()
        });
    });
    group.finish();
}

criterion_group!(benches, encode, broadcast);
criterion_main!(benches);
