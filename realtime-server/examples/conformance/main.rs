//! A server for other people's clients and test suites: every route, hub and stream that they ask
//! for, written with the public API of `realtime-server` alone.
//!
//! `cargo run --release -p realtime-server --example conformance -- --listen 127.0.0.1:5001`

mod app;

use std::{error::Error, io::Write, net::SocketAddr, path::PathBuf, time::Duration};

use clap::Parser;
use realtime_server::{config::HubConfig, endpoint::Directory, server::ServerBuilder};
use tokio::net::TcpListener;

#[derive(Parser)]
struct Options {
    /// Where to listen; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:5001")]
    listen: SocketAddr,
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
    let directory = options.r#static.as_ref().map(Directory::open).transpose()?;
    let mut server = ServerBuilder::new();
    app::install(&mut server, &options.hubs(), directory.as_ref())?;
    let listener = TcpListener::bind(options.listen).await?;
    // Who started it may have stopped to read.
    let _ = writeln!(
        std::io::stdout(),
        "listening on http://{}",
        listener.local_addr()?
    );
    let interrupted = async {
        // Without a handler there is no orderly stop, but a server all the same.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    server.build()?.serve(listener, interrupted).await;
    Ok(())
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
