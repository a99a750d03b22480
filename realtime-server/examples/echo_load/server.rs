use std::{
    env,
    future::pending,
    io::{BufRead, BufReader, Write},
    net::{Ipv4Addr, SocketAddr},
    process::{Command, Stdio},
};

use realtime_server::{config::WebSocketConfig, endpoint::WebSocket, server::ServerBuilder};
use tokio::net::TcpListener;

use super::{Failure, process::Process};

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

/// A server in a process of its own.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) process: Process,
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
            process: Process(process),
        })
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
