//! What a server receives: masked messages out of reads of 64 KiB and of 1400 bytes.
//!
//! `naive` unmasks byte by byte and gives every message memory of its own; `memcpy` only copies the
//! reads into the buffer, which all of them have to do.

mod payload;

use std::{hint::black_box, time::Duration};

use bytes::{Buf, BytesMut};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use payload::payload;
use ws_frame::{Assembler, Frame, Limits, Message, Opcode, Role};

const SIZES: [usize; 5] = [16, 125, 1024, 16 * 1024, 1024 * 1024];
const READS: [usize; 2] = [64 * 1024, 1400];
/// The wire of one iteration holds as many messages as fit, but at least one.
const WIRE: usize = 64 * 1024;

/// As many masked messages as fit into `WIRE`, and how many these are.
fn wire(opcode: Opcode, payload: &[u8]) -> (BytesMut, usize) {
    let frame = Frame::new(opcode, payload);
    let count = (WIRE / (frame.encoded_len() + 4)).max(1);
    let mut wire = BytesMut::new();
    for _ in 0..count {
        frame
            .encode_masked([0x37, 0xFA, 0x21, 0x3D], &mut wire)
            .expect("a data frame");
    }
    (wire, count)
}

/// Returns the sum of the messages' lengths.
fn assemble(wire: &[u8], read: usize, src: &mut BytesMut) -> usize {
    let mut assembler = Assembler::new(Role::Server, Limits::default());
    let mut sum = 0;
    for chunk in wire.chunks(read) {
        src.extend_from_slice(chunk);
        while let Some(message) = assembler.decode(src).expect("valid frames") {
            sum += match black_box(message) {
                Message::Text(text) => text.as_bytes().len(),
                Message::Binary(bytes) => bytes.len(),
                _ => 0,
            };
        }
    }
    sum
}

fn naive(wire: &[u8], read: usize, src: &mut BytesMut) -> usize {
    let mut sum = 0;
    for chunk in wire.chunks(read) {
        src.extend_from_slice(chunk);
        while let Some(message) = naive_message(src) {
            sum += black_box(message).len();
        }
    }
    sum
}

fn naive_message(src: &mut BytesMut) -> Option<Vec<u8>> {
    let (len, at) = match src.get(1)? & 0x7F {
        126 => (
            usize::from(u16::from_be_bytes(*src.get(2..)?.first_chunk()?)),
            4,
        ),
        127 => (
            usize::try_from(u64::from_be_bytes(*src.get(2..)?.first_chunk()?)).ok()?,
            10,
        ),
        len => (usize::from(len), 2),
    };
    let key: [u8; 4] = *src.get(at..)?.first_chunk()?;
    let masked = src.get(at + 4..at + 4 + len)?;
    let payload: Vec<u8> = masked
        .iter()
        .zip(key.iter().cycle())
        .map(|(byte, key)| byte ^ key)
        .collect();
    let is_text = src.first()? & 0xF == 1;
    src.advance(at + 4 + len);
    if is_text {
        String::from_utf8(payload).ok().map(String::into_bytes)
    } else {
        Some(payload)
    }
}

fn memcpy(wire: &[u8], read: usize, src: &mut BytesMut) -> usize {
    let mut sum = 0;
    for chunk in wire.chunks(read) {
        src.extend_from_slice(chunk);
        sum += black_box(&src[..]).len();
        src.clear();
    }
    sum
}

fn decode(criterion: &mut Criterion) {
    for (kind, opcode) in [
        ("binary", Opcode::Binary),
        ("ascii", Opcode::Text),
        ("mixed", Opcode::Text),
    ] {
        for read in READS {
            let mut group = criterion.benchmark_group(format!("decode/{kind}/reads of {read}"));
            group
                .warm_up_time(Duration::from_millis(200))
                .measurement_time(Duration::from_millis(600));
            group.sample_size(20);
            for size in SIZES {
                let (wire, count) = wire(opcode, &payload(kind, size));
                group.throughput(Throughput::Bytes(wire.len() as u64));
                let mut src = BytesMut::with_capacity(wire.len());
                assert_eq!(assemble(&wire, read, &mut src), count * size);
                assert_eq!(naive(&wire, read, &mut src), count * size);
                for (name, run) in [
                    (
                        "ws-frame",
                        assemble as fn(&[u8], usize, &mut BytesMut) -> usize,
                    ),
                    ("naive", naive),
                    ("memcpy", memcpy),
                ] {
                    group.bench_function(BenchmarkId::new(name, size), |bencher| {
                        bencher.iter(|| run(black_box(&wire), read, &mut src));
                    });
                }
            }
            group.finish();
        }
    }
}

criterion_group!(benches, decode);
criterion_main!(benches);
