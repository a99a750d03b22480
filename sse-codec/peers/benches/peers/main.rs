//! Decoding beside the peers: one table, every contender timed in turn within each round.
//!
//! `cargo bench -p sse-codec-peers [-- STREAM]`; `scripts/bench-sse` puts the table into the README.

#![expect(clippy::print_stdout, reason = "the table is the result")]

mod contenders;
#[path = "../../../benches/support/streams.rs"]
mod streams;

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use contenders::{CONTENDERS, Is};
use streams::Input;

/// Sizes of the chunks: a read buffer, an Ethernet frame, and a hostile one.
const CHUNKS: [(&str, usize); 3] = [("64 KiB", 64 * 1024), ("1400 B", 1400), ("17 B", 17)];
const ROUNDS: usize = 40;
/// A contender slower than this is timed in the first rounds only.
const SLOW: Duration = Duration::from_millis(60);
const ROUNDS_IF_SLOW: usize = 2;

fn main() {
    // `cargo bench` says so; `cargo test` only wants to see that everybody decodes the same.
    let (flags, names): (Vec<_>, Vec<_>) = std::env::args()
        .skip(1)
        .partition(|arg| arg.starts_with("--"));
    let measures = flags.iter().any(|flag| flag == "--bench");
    let len = if measures { 1024 * 1024 } else { 1024 };
    if measures {
        print_head();
    }
    for input in streams::inputs(len) {
        if !names.iter().all(|name| input.name.contains(name)) {
            continue;
        }
        let stream = input.stream.as_bytes();
        for (chunk_name, chunk) in CHUNKS {
            for contender in CONTENDERS
                .iter()
                .filter(|contender| contender.is != Is::Measure)
            {
                let count = (contender.run)(stream, chunk);
                assert_eq!(count, input.expected, "{}: {}", contender.name, input.name);
            }
            if measures {
                print_row(&input, chunk_name, &best_times(stream, chunk));
            }
        }
    }
}

/// The shortest time of each contender: on a machine that others use, the least disturbed one.
fn best_times(stream: &[u8], chunk: usize) -> [Duration; CONTENDERS.len()] {
    let mut best = [Duration::MAX; CONTENDERS.len()];
    for round in 0..ROUNDS {
        for (contender, best) in CONTENDERS.iter().zip(&mut best) {
            if round >= ROUNDS_IF_SLOW && *best > SLOW {
                continue;
            }
            let start = Instant::now();
            black_box((contender.run)(black_box(stream), black_box(chunk)));
            *best = start.elapsed().min(*best);
        }
    }
    best
}

fn print_head() {
    print!("| stream | chunks |");
    for contender in &CONTENDERS {
        print!(" {} |", contender.name);
    }
    println!(" to the best peer |");
    println!("| --- | --- |{}", " --: |".repeat(CONTENDERS.len() + 1));
}

fn print_row(input: &Input, chunk_name: &str, times: &[Duration]) {
    print!("| {} | {chunk_name} |", input.name);
    let mut ours = None;
    let mut best_peer: f64 = 0.0;
    for (contender, time) in CONTENDERS.iter().zip(times) {
        let len = u32::try_from(input.stream.len()).expect("a stream is a few MiB long");
        let speed = f64::from(len) / time.as_secs_f64() / 1e6;
        print!(" {} |", three_digits(speed));
        ours = ours.or(Some(speed));
        if contender.is == Is::Peer {
            best_peer = best_peer.max(speed);
        }
    }
    println!(" {:.1} |", ours.unwrap_or_default() / best_peer);
}

/// Megabytes per second, no more exact than they were measured.
fn three_digits(speed: f64) -> String {
    if speed < 10.0 {
        format!("{speed:.1}")
    } else {
        format!("{speed:.0}")
    }
}
