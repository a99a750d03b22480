use std::{
    env, fs,
    future::pending,
    io::{BufRead, BufReader, Write},
    net::{Ipv4Addr, SocketAddr},
    process::{Child, Command, Stdio},
    time::Duration,
};

use realtime_server::{config::WebSocketConfig, endpoint::WebSocket, server::ServerBuilder};
use tokio::net::TcpListener;

use super::Failure;

/// What the kernel counts processor time in: 10 ms.
const TICK: Duration = Duration::from_millis(10);

/// The servers, this crate first.
pub(crate) const SERVERS: &[&str] = &[
    "realtime-server",
    #[cfg(bench_peers)]
    "tungstenite",
    #[cfg(bench_peers)]
    "fastwebsockets",
    #[cfg(bench_peers)]
    "tokio-websockets",
    #[cfg(bench_peers)]
    "sockudo-ws",
];

/// A server in a process of its own, which ends with this.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    process: Child,
}

impl Server {
    pub(crate) fn start(name: &str) -> Result<Self, Failure> {
        let mut process = Command::new(env::current_exe()?)
            .args(["serve", name])
            .stdout(Stdio::piped())
            .spawn()?;
        let output = process.stdout.take().ok_or("no standard output")?;
        let mut address = String::new();
        BufReader::new(output).read_line(&mut address)?;
        Ok(Self {
            address: address.trim().parse()?,
            process,
        })
    }

    /// Processor time so far.
    pub(crate) fn processor_time(&self) -> Result<Duration, Failure> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.process.id()))?;
        // The name of the program may hold spaces; what follows its bracket does not.
        let fields = stat.rsplit_once(") ").map_or("", |(_, fields)| fields);
        let mut times = fields.split(' ').skip(11).take(2).map(str::parse::<u32>);
        match (times.next(), times.next()) {
            (Some(user), Some(system)) => Ok(TICK * (user? + system?)),
            _ => Err("the server has ended".into()),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended already where this fails.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Is that server, until it is killed.
pub(crate) async fn serve(name: &str) -> Result<(), Failure> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    writeln!(std::io::stdout(), "{}", listener.local_addr()?)?;
    if name == "realtime-server" {
        let mut server = ServerBuilder::new();
        server.websocket("/echo", WebSocketConfig::default(), echo)?;
        server.build()?.serve(listener, pending()).await;
        return Ok(());
    }
    #[cfg(bench_peers)]
    return super::peers::serve(name, listener).await;
    #[cfg(not(bench_peers))]
    Err(format!("there is no server {name}").into())
}

async fn echo(mut socket: WebSocket) {
    while let Some(message) = socket.receive().await {
        if socket.send(message).await.is_err() {
            return;
        }
    }
}
