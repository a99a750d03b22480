use std::{
    error::Error,
    fmt,
    io::{self, Write},
    net::SocketAddr,
    path::PathBuf,
};

use clap::Args;
use tokio::{
    net::{TcpListener, TcpSocket, lookup_host},
    signal::unix::{SignalKind, signal},
};
use tracing::{info, warn};

use super::{
    client_options::ClientOptions,
    logs::{self, Format, Level},
    page_options::PageOptions,
    stream_options::StreamOptions,
    tokens::{self, TokenError},
};
use crate::{
    config::{HttpConfig, ServerConfig},
    demo,
    endpoint::Directory,
    server::{ServerBuilder, SetupError},
};

/// Connections that the kernel may hold ready to be accepted.
const BACKLOG: u32 = 4_096;

#[derive(Args, Debug)]
pub(super) struct Options {
    /// Address and port to listen on; port 0 takes a free one.
    #[arg(
        long,
        value_name = "ADDRESS",
        default_value = "127.0.0.1:5000",
        env = "REALTIME_LISTEN"
    )]
    listen: String,
    /// How much to log.
    #[arg(
        long,
        value_name = "LEVEL",
        default_value = "info",
        env = "REALTIME_LOG_LEVEL"
    )]
    log_level: Level,
    /// In which form to log.
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "text",
        env = "REALTIME_LOG_FORMAT"
    )]
    log_format: Format,
    #[command(flatten)]
    streams: StreamOptions,
    #[command(flatten)]
    clients: ClientOptions,
    #[command(flatten)]
    pages: PageOptions,
}

/// Why the server could not start.
#[derive(Debug)]
pub(super) enum StartError {
    Address {
        address: String,
        error: io::Error,
    },
    Listen {
        address: SocketAddr,
        error: io::Error,
    },
    Static {
        directory: PathBuf,
        error: io::Error,
    },
    Runtime(io::Error),
    Setup(SetupError),
    Token(TokenError),
}

/// Serves until SIGINT or SIGTERM.
pub(super) fn run(options: &Options) -> Result<(), StartError> {
    logs::start(options.log_level, options.log_format);
    if let Err(error) = rlimit::increase_nofile_limit(rlimit::INFINITY) {
        warn!(%error, "the limit of open files stays as it is");
    }
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(StartError::Runtime)?
        .block_on(serve(options))
}

async fn serve(options: &Options) -> Result<(), StartError> {
    let listener = listen(&options.listen).await?;
    let address = listener.local_addr().map_err(StartError::Runtime)?;
    let local = address.ip().is_loopback();
    let mut http = HttpConfig {
        stream_write_timeout: options.streams.write_timeout(),
        ..HttpConfig::default()
    };
    let settings = demo::Settings {
        streams: options.streams.config(),
        names: options.streams.names.clone(),
        publishers: tokens::publishers(local).map_err(StartError::Token)?,
        users: tokens::users(local).map_err(StartError::Token)?,
    };
    let mut server = ServerBuilder::new();
    options.clients.set_http(&mut http);
    server.http_config(http);
    let mut config = ServerConfig::default();
    options.clients.set_server(&mut config);
    options.pages.set_server(&mut config);
    server.config(config);
    server.client_limits(options.clients.limits());
    server.hosts(options.pages.hosts());
    server.cors(options.pages.cors());
    demo::install(&mut server, settings).map_err(StartError::Setup)?;
    for mount in &options.pages.mounts {
        let directory = Directory::open(&mount.directory).map_err(|error| StartError::Static {
            directory: mount.directory.clone(),
            error,
        })?;
        server
            .directory(&mount.path, directory)
            .map_err(StartError::Setup)?;
    }
    let server = server.build().map_err(StartError::Setup)?;
    let stop = stop_signal().map_err(StartError::Runtime)?;
    // The banner is for people; where nobody reads it, the server serves all the same.
    let _ = banner(&listener);
    server.serve(listener, stop).await;
    Ok(())
}

async fn listen(address: &str) -> Result<TcpListener, StartError> {
    let wrong = |error| StartError::Address {
        address: address.to_owned(),
        error,
    };
    let first = lookup_host(address).await.map_err(wrong)?.next();
    let address = first.ok_or_else(|| wrong(io::ErrorKind::NotFound.into()))?;
    let bound = || {
        let socket = match address {
            SocketAddr::V4(_) => TcpSocket::new_v4(),
            SocketAddr::V6(_) => TcpSocket::new_v6(),
        }?;
        // So that a restart need not wait for the connections of the last run to fade.
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        socket.listen(BACKLOG)
    };
    bound().map_err(|error| StartError::Listen { address, error })
}

/// Ready at the first SIGINT or SIGTERM.
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        let name = tokio::select! {
            _ = interrupt.recv() => "SIGINT",
            _ = terminate.recv() => "SIGTERM",
        };
        info!(signal = name, "asked to stop");
    })
}

fn banner(listener: &TcpListener) -> io::Result<()> {
    let url = format!("http://{}", listener.local_addr()?);
    let mut out = io::stdout().lock();
    writeln!(out, "realtime-server {}", env!("CARGO_PKG_VERSION"))?;
    writeln!(out, "listening on {url}")?;
    writeln!(out)?;
    writeln!(out, "  page         {url}/")?;
    writeln!(out, "  docs         {url}/docs")?;
    writeln!(
        out,
        "  ticks        curl -N '{url}/sse?count=3&intervalMs=100'"
    )?;
    writeln!(out, "  broadcast    curl -N {url}/sse/broadcast")?;
    writeln!(
        out,
        "  publish      curl -X POST {url}/api/broadcast -H 'Content-Type: application/json' \\"
    )?;
    writeln!(
        out,
        "                 -d '{{\"event\":\"message\",\"data\":{{\"text\":\"hello\"}}}}'"
    )?;
    writeln!(out, "  SignalR hub  {url}/hubs/kestrun")?;
    writeln!(out)?;
    out.flush()
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address { address, error } => {
                write!(
                    f,
                    "{address:?} is no address to listen on (expected HOST:PORT): {error}"
                )
            }
            Self::Listen { address, error } => write!(f, "cannot listen on {address}: {error}"),
            Self::Static { directory, error } => {
                write!(
                    f,
                    "cannot serve the directory {}: {error}",
                    directory.display()
                )
            }
            Self::Runtime(error) => write!(f, "cannot start: {error}"),
            Self::Setup(error) => write!(f, "cannot set up the demo: {error}"),
            Self::Token(error) => error.fmt(f),
        }
    }
}

impl Error for StartError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Address { error, .. }
            | Self::Listen { error, .. }
            | Self::Static { error, .. }
            | Self::Runtime(error) => Some(error),
            Self::Setup(error) => Some(error),
            Self::Token(error) => Some(error),
        }
    }
}
