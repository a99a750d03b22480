//! Measures what a WebSocket echo server spends on a message: `connections` of them, each with
//! `in_flight` messages of `size` bytes on their way, for `seconds`; the processor time is that of
//! the process `pid` (Linux).
//!
//! `cargo run --release -p realtime-server --example echo_load -- --url 127.0.0.1:5001/ws-echo
//! --pid 4711 --connections 10 --in-flight 32`

use std::{
    error::Error,
    fs,
    io::Write,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use bytes::BytesMut;
use clap::Parser;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::sleep,
};
use ws_frame::{Assembler, Frame, Limits, Message, Opcode, Role, handshake::Offer};

/// What the kernel counts processor time in: 10 ms.
const TICKS_PER_SECOND: f64 = 100.0;
/// How long the server runs before it is measured.
const WARM_UP: Duration = Duration::from_millis(300);

#[derive(Clone, Parser)]
struct Options {
    /// Authority and path
    #[arg(long)]
    url: String,
    #[arg(long)]
    pid: u32,
    #[arg(long, default_value_t = 10)]
    connections: usize,
    #[arg(long, default_value_t = 32)]
    in_flight: usize,
    #[arg(long, default_value_t = 16)]
    size: usize,
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let (echoed, stop) = (
        Arc::new(AtomicU64::new(0)),
        Arc::new(AtomicBool::new(false)),
    );
    let mut clients = Vec::new();
    for _ in 0..options.connections {
        let socket = open(&options.url).await?;
        let (options, echoed, stop) = (options.clone(), Arc::clone(&echoed), Arc::clone(&stop));
        clients.push(tokio::spawn(async move {
            // A task of its own; what fails shows as a server that echoes nothing.
            drop(run(socket, &options, &echoed, &stop).await);
        }));
    }
    sleep(WARM_UP).await;
    let (began, before, cpu) = (Instant::now(), echoed.load(Relaxed), ticks(options.pid)?);
    sleep(Duration::from_secs_f64(options.seconds)).await;
    let messages = echoed.load(Relaxed) - before;
    let spent = (ticks(options.pid)? - cpu) / TICKS_PER_SECOND;
    let elapsed = began.elapsed().as_secs_f64();
    stop.store(true, Relaxed);
    assert!(messages > 0, "the server echoes nothing");
    #[expect(clippy::cast_precision_loss, reason = "a count of a few seconds")]
    let messages = messages as f64;
    writeln!(
        std::io::stdout(),
        "{} x {} in flight: {:.0} messages/s, {:.3} us of server time each",
        options.connections,
        options.in_flight,
        messages / elapsed,
        spent / messages * 1e6,
    )?;
    Ok(())
}

async fn open(url: &str) -> Result<TcpStream, Box<dyn Error>> {
    let (authority, path) = url.split_once('/').unwrap_or((url, ""));
    let mut socket = TcpStream::connect(authority).await?;
    socket.set_nodelay(true)?;
    let mut head = format!("GET /{path} HTTP/1.1\r\nHost: {authority}\r\n");
    for (name, value) in Offer::new([7; 16], &[])?.fields() {
        head.extend([name, ": ", value, "\r\n"]);
    }
    head.push_str("\r\n");
    socket.write_all(head.as_bytes()).await?;
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        answer.push(socket.read_u8().await?);
    }
    if answer.starts_with(b"HTTP/1.1 101 ") {
        Ok(socket)
    } else {
        Err(String::from_utf8_lossy(&answer).into())
    }
}

async fn run(
    mut socket: TcpStream,
    options: &Options,
    echoed: &AtomicU64,
    stop: &AtomicBool,
) -> Result<(), Box<dyn Error>> {
    let payload = vec![b'x'; options.size];
    let mut message = BytesMut::new();
    Frame::new(Opcode::Binary, &payload).encode_masked([1, 2, 3, 4], &mut message)?;
    let mut output = message.repeat(options.in_flight);
    let mut assembler = Assembler::new(Role::Client, Limits::default());
    let mut input = BytesMut::new();
    while !stop.load(Relaxed) {
        socket.write_all(&output).await?;
        output.clear();
        input.reserve(64 * 1024);
        if socket.read_buf(&mut input).await? == 0 {
            return Err("the server closed".into());
        }
        let mut count = 0;
        while let Some(Message::Binary(echo)) = assembler.decode(&mut input)? {
            assert_eq!(echo.len(), options.size);
            output.extend_from_slice(&message);
            count += 1;
        }
        echoed.fetch_add(count, Relaxed);
    }
    Ok(())
}

/// The processor time of a process so far.
fn ticks(pid: u32) -> Result<f64, Box<dyn Error>> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name of the program may hold spaces; what follows its bracket does not.
    let fields = stat.rsplit_once(") ").map_or("", |(_, fields)| fields);
    let mut times = fields.split(' ').skip(11).take(2).map(str::parse::<f64>);
    match (times.next(), times.next()) {
        (Some(user), Some(system)) => Ok(user? + system?),
        _ => Err("no such process".into()),
    }
}
