//! A server for other people's clients and test suites: every route, hub and stream that they ask
//! for, written with the public API of `realtime-server` alone.
//!
//! `cargo run --release -p realtime-server --example conformance -- --listen 127.0.0.1:5001`

mod app;

use std::{
    error::Error,
    io::{self, Write},
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use clap::Parser;
use realtime_server::{
    config::{HubConfig, TlsConfig},
    endpoint::Directory,
    http::Tls,
    server::{Listener, ServerBuilder},
};
use tokio::net::TcpListener;

#[derive(Parser)]
struct Options {
    /// Where to listen; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:5001")]
    listen: SocketAddr,
    /// Where to listen with TLS
    #[arg(long, requires_all = ["tls_cert", "tls_key"])]
    listen_tls: Option<SocketAddr>,
    /// The certificate as a PEM file
    #[arg(long)]
    tls_cert: Option<PathBuf>,
    /// The private key as a PEM file
    #[arg(long)]
    tls_key: Option<PathBuf>,
    /// The directory whose files are served below /static, /lib and /dist
    #[arg(long)]
    r#static: Option<PathBuf>,
    /// After how long without a message a hub pings
    #[arg(long, value_name = "N")]
    keep_alive_ms: Option<u64>,
    /// How long a client of a hub may be silent
    #[arg(long, value_name = "N")]
    client_timeout_ms: Option<u64>,
    /// How long a client of a hub may take for its handshake
    #[arg(long, value_name = "N")]
    handshake_timeout_ms: Option<u64>,
    /// How long a client of a hub may stay away between two requests
    #[arg(long, value_name = "N")]
    disconnect_timeout_ms: Option<u64>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let files = options.r#static.as_deref().map(files).transpose()?;
    let mut server = ServerBuilder::new();
    app::install(&mut server, &options.hubs(), files.as_ref())?;
    let listener = TcpListener::bind(options.listen).await?;
    // Who started it may have stopped to read.
    let _ = writeln!(
        io::stdout(),
        "listening on http://{}",
        listener.local_addr()?
    );
    let mut listeners = vec![Listener::plain(listener)];
    if let (Some(address), Some(cert), Some(key)) =
        (options.listen_tls, options.tls_cert, options.tls_key)
    {
        let tls = Tls::load(TlsConfig::new(cert, key), Arc::clone(server.metrics()))?;
        let listener = TcpListener::bind(address).await?;
        let _ = writeln!(
            io::stdout(),
            "listening on https://{}",
            listener.local_addr()?
        );
        listeners.push(Listener::tls(listener, tls));
    }
    let interrupted = async {
        // Without a handler there is no orderly stop, but a server all the same.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    server.build()?.serve_all(listeners, interrupted).await;
    Ok(())
}

fn files(path: &Path) -> io::Result<app::Files> {
    Ok(app::Files {
        all: Directory::open(path)?,
        lib: Directory::open(path.join("lib")).ok(),
        dist: Directory::open(path.join("dist")).ok(),
    })
}

impl Options {
    fn hubs(&self) -> HubConfig {
        let mut config = app::hub_config();
        let set = |time: &mut Duration, millis: Option<u64>| {
            if let Some(millis) = millis {
                *time = Duration::from_millis(millis);
            }
        };
        set(&mut config.keep_alive_interval, self.keep_alive_ms);
        set(&mut config.client_timeout, self.client_timeout_ms);
        set(&mut config.handshake_timeout, self.handshake_timeout_ms);
        set(&mut config.connect_timeout, self.disconnect_timeout_ms);
        set(&mut config.disconnect_timeout, self.disconnect_timeout_ms);
        config
    }
}
