//! The measuring and the table.

use std::{fmt::Write as _, time::Instant};

/// The crates in the order of the columns; the last copies bytes.
pub(crate) const COLUMNS: [&str; 6] = [
    "ws-frame",
    "tungstenite",
    "fastwebsockets",
    "tokio-websockets",
    "sockudo-ws",
    "memcpy",
];

/// How often each takes its turn, and how long a turn is at least, in nanoseconds.
const ROUNDS: usize = 60;
const TURN: u128 = 1_500_000;

/// Does one batch of work and returns how many bytes of payload it was.
pub(crate) type Run = Box<dyn FnMut() -> usize>;

/// One row of the table.
pub(crate) struct Cell {
    pub(crate) name: String,
    /// The messages of one batch, and their bytes of payload.
    pub(crate) messages: usize,
    pub(crate) bytes: usize,
    pub(crate) runs: [Run; 6],
}

#[expect(clippy::print_stdout, reason = "it is what the benchmark is for")]
pub(crate) fn print(title: &str, cells: impl Iterator<Item = Cell>) {
    println!(
        "| {title} | {} | best peer ÷ ws-frame | ws-frame ÷ memcpy |",
        COLUMNS.join(" | ")
    );
    println!("| --- |{}", " ---: |".repeat(COLUMNS.len() + 2));
    for cell in cells {
        println!("{}", row(cell));
    }
    println!();
}

fn row(mut cell: Cell) -> String {
    let turns: Vec<u32> = cell
        .runs
        .iter_mut()
        .zip(COLUMNS)
        .map(|(run, name)| {
            assert_eq!(run(), cell.bytes, "{name} misses bytes of {}", cell.name);
            let start = Instant::now();
            run();
            let batches = TURN / start.elapsed().as_nanos().max(1);
            u32::try_from(batches).unwrap_or(u32::MAX).max(1)
        })
        .collect();
    let mut best = [f64::INFINITY; 6];
    for _ in 0..ROUNDS {
        for ((run, best), &turns) in cell.runs.iter_mut().zip(&mut best).zip(&turns) {
            let start = Instant::now();
            for _ in 0..turns {
                run();
            }
            let batch = start.elapsed().as_secs_f64() / f64::from(turns);
            *best = best.min(batch);
        }
    }
    let messages = u32::try_from(cell.messages).expect("few messages");
    let [ours, peers @ .., memcpy] = best;
    let peer = peers.into_iter().fold(f64::INFINITY, f64::min);
    let mut row = format!("| {} |", cell.name);
    for seconds in best {
        let _ = write!(row, " {} |", nanoseconds(seconds / f64::from(messages)));
    }
    let _ = write!(row, " {:.1} | {:.1} |", peer / ours, ours / memcpy);
    row
}

fn nanoseconds(seconds: f64) -> String {
    let nanoseconds = seconds * 1e9;
    if nanoseconds < 100.0 {
        format!("{nanoseconds:.1}")
    } else {
        format!("{nanoseconds:.0}")
    }
}
