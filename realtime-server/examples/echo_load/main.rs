//! Measures what a WebSocket echo server spends on a message: its processor time (Linux), divided by
//! the messages that it has sent back. Every server is a process of its own and has one thread; the
//! rounds of one follow those of another, so that what else the machine does strikes all alike.
//!
//! `scripts/bench-echo` compares this crate with others; without its `--cfg bench_peers` this crate is
//! measured alone.

mod client;
#[cfg(bench_peers)]
mod peers;
#[path = "../measured/process.rs"]
mod process;
mod server;

use std::{
    error::Error,
    io::Write,
    time::{Duration, Instant},
};

use clap::{Parser, Subcommand};
use tokio::time::sleep;

use self::{
    client::Clients,
    server::{SERVERS, Server},
};

type Failure = Box<dyn Error + Send + Sync>;

/// How long a server runs before it is measured.
const WARM_UP: Duration = Duration::from_millis(200);
/// Bytes of a message.
const SIZE: usize = 16;
/// Connections, and messages of each that are on their way at once.
const SHAPES: [(usize, usize); 2] = [(100, 1), (10, 32)];

#[derive(Parser)]
struct Options {
    #[command(subcommand)]
    command: Option<Command>,
    /// Rounds of each server
    #[arg(long, default_value_t = 7)]
    rounds: usize,
    /// Seconds of a round
    #[arg(long, default_value_t = 1.0)]
    seconds: f64,
}

#[derive(Subcommand)]
enum Command {
    /// Is one of the servers, and writes its address
    Serve { name: String },
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let options = Options::parse();
    match options.command {
        Some(Command::Serve { name }) => server::serve(&name).await,
        None => compare(options.rounds, Duration::from_secs_f64(options.seconds)).await,
    }
}

async fn compare(rounds: usize, length: Duration) -> Result<(), Failure> {
    let mut output = std::io::stdout();
    writeln!(
        output,
        "| connections × messages on their way | server | processor time of a message | of realtime-server |"
    )?;
    writeln!(output, "| --- | --- | ---: | ---: |")?;
    for (connections, in_flight) in SHAPES {
        let mut measured = vec![Vec::new(); SERVERS.len()];
        for _ in 0..rounds {
            for (name, times) in SERVERS.iter().zip(&mut measured) {
                times.push(round(name, connections, in_flight, length).await?);
            }
        }
        let ours = measured.first().cloned().unwrap_or_default();
        for (name, times) in SERVERS.iter().zip(&measured) {
            let ratios = times.iter().zip(&ours).map(|(time, ours)| time / ours);
            writeln!(
                output,
                "| {connections} × {in_flight} | {name} | {:.2} µs | {:.1} |",
                median(times.iter().copied()),
                median(ratios),
            )?;
        }
    }
    Ok(())
}

/// Microseconds of the server's processor time for each message.
async fn round(
    name: &str,
    connections: usize,
    in_flight: usize,
    length: Duration,
) -> Result<f64, Failure> {
    let server = Server::start(name)?;
    let clients = Clients::open(server.address, connections, in_flight).await?;
    sleep(WARM_UP).await;
    let (before, spent) = (clients.echoed(), server.process.processor_time()?);
    let began = Instant::now();
    sleep(length).await;
    let messages = u32::try_from(clients.echoed() - before)?;
    let spent = server.process.processor_time()?.saturating_sub(spent);
    if messages == 0 {
        return Err(format!("{name} has echoed nothing in {:?}", began.elapsed()).into());
    }
    Ok(spent.as_secs_f64() * 1e6 / f64::from(messages))
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
