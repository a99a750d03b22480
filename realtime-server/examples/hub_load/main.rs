//! Measures what connections of a hub cost a server of another process, for each transport: memory
//! of one that is idle, how long a broadcast takes to reach them, and processor time (Linux).
//!
//! `cargo build --release -p realtime-server --bins --example hub_load`, then `hub_load --server
//! target/release/realtime-server`; `scripts/load` does both.

mod http;
mod listener;
#[path = "../measured/process.rs"]
mod process;
mod server;
mod transport;

use std::{
    error::Error,
    io::Write,
    path::PathBuf,
    time::{Duration, Instant},
};

use clap::Parser;
use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::{task::JoinSet, time};

use self::{
    http::Connection,
    server::{Server, slab_kib},
    transport::{HUB, Kind, Transport},
};

type Failure = Box<dyn Error + Send + Sync>;

/// How many connections are opened at once.
const OPENING: usize = 64;
/// How long memory and sockets may come to rest.
const SETTLE: Duration = Duration::from_secs(2);
/// How long all may take for what they are still to get.
const PATIENCE: Duration = Duration::from_secs(60);
/// What clients are told with a broadcast, to make it as large as a line of a chat.
const TEXT: &str = "The quick brown fox jumps over the lazy dog, and then it does so again.";

#[derive(Parser)]
struct Options {
    /// The built server
    #[arg(long)]
    server: PathBuf,
    #[arg(long, default_value_t = 5_000)]
    connections: usize,
    /// Broadcasts, each to all of them
    #[arg(long, default_value_t = 50)]
    broadcasts: usize,
    /// Pause between two broadcasts, in milliseconds
    #[arg(long, default_value_t = 500)]
    interval: u64,
    /// Fail if an idle connection takes more memory of the server, in KiB
    #[arg(long)]
    limit: Option<f64>,
}

/// What was measured with one transport.
struct Measured {
    /// Of an idle connection, in KiB.
    resident: f64,
    /// The same after the broadcasts.
    resident_after: f64,
    /// Of an idle connection in the kernel, both ends of its socket, in KiB.
    kernel: f64,
    /// From the publishing request to each client, ascending.
    latencies: Vec<Duration>,
    /// Processor time of the server for each message to a client.
    processor: Duration,
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let options = Options::parse();
    rlimit::increase_nofile_limit(rlimit::INFINITY)?;
    let mut out = std::io::stdout();
    writeln!(
        out,
        "| {} connections | memory, idle | after broadcasts | kernel, both ends | broadcast to \
         half | to 99 % | to all | processor per message |\n| --- | ---: | ---: | ---: | ---: | \
         ---: | ---: | ---: |",
        options.connections
    )?;
    for kind in Kind::ALL {
        let measured = measure(kind, &options).await?;
        writeln!(out, "| {kind} | {measured}")?;
        if let Some(limit) = options.limit
            && measured.resident > limit
        {
            return Err(format!("an idle connection takes more than {limit} KiB").into());
        }
    }
    Ok(())
}

async fn measure(kind: Kind, options: &Options) -> Result<Measured, Failure> {
    let server = Server::start(&options.server)?;
    let epoch = Instant::now();
    let mut listeners = JoinSet::new();
    // The first one makes what is made once, and is not counted.
    let first = Transport::open(server.address, kind).await?;
    listeners.spawn(listener::listen(first, options.broadcasts, epoch));
    let (resident, slab) = (server.resident_kib()?, slab_kib()?);
    let mut opened = stream::iter(0..options.connections)
        .map(|_| Transport::open(server.address, kind))
        .buffer_unordered(OPENING);
    while let Some(transport) = opened.try_next().await? {
        listeners.spawn(listener::listen(transport, options.broadcasts, epoch));
    }
    time::sleep(SETTLE).await;
    let each = |before: u64, after: u64| {
        Ok::<_, Failure>(
            f64::from(u32::try_from(after.saturating_sub(before))?)
                / f64::from(u32::try_from(options.connections)?),
        )
    };
    let idle = each(resident, server.resident_kib()?)?;
    let kernel = each(slab, slab_kib()?)?;

    let processor = server.process.processor_time()?;
    broadcast(&server, options, epoch).await?;
    let listened = time::timeout(PATIENCE, listeners.join_all()).await?;
    let processor = server.process.processor_time()?.saturating_sub(processor);
    let resident_after = each(resident, server.resident_kib()?)?;
    let mut latencies = Vec::new();
    for listened in listened {
        let (_, of_one) = listened?;
        latencies.extend(of_one);
    }
    latencies.sort_unstable();
    Ok(Measured {
        resident: idle,
        resident_after,
        kernel,
        processor: processor / u32::try_from(latencies.len())?,
        latencies,
    })
}

/// Publishes as a backend does, and has the server say that everybody was meant.
async fn broadcast(server: &Server, options: &Options, epoch: Instant) -> Result<(), Failure> {
    let mut backend = Connection::open(server.address).await?;
    let mut ticks = time::interval(Duration::from_millis(options.interval));
    for number in 0..options.broadcasts {
        ticks.tick().await;
        let sent = epoch.elapsed().as_nanos();
        let call = format!(
            "{{\"target\":\"{}\",\"arguments\":[{number},{sent},\"{TEXT}\"]}}",
            listener::TARGET
        );
        let answer = backend
            .ask("POST", &format!("/api{HUB}/send"), &call)
            .await?;
        let expected = format!("{{\"connections\":{}}}", options.connections + 1);
        if answer != expected {
            return Err(format!("broadcast {number}: {answer:?}").into());
        }
    }
    Ok(())
}

impl std::fmt::Display for Measured {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let at = |per_mille: usize| {
            let last = self.latencies.len().saturating_sub(1);
            let latency = self.latencies.get(last * per_mille / 1_000);
            latency.map_or(f64::NAN, |latency| latency.as_secs_f64() * 1e3)
        };
        write!(
            f,
            "{:.1} KiB | {:.1} KiB | {:.1} KiB | {:.0} ms | {:.0} ms | {:.0} ms | {:.1} µs |",
            self.resident,
            self.resident_after,
            self.kernel,
            at(500),
            at(990),
            at(1_000),
            self.processor.as_secs_f64() * 1e6,
        )
    }
}
