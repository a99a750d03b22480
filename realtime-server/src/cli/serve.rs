use std::{
    error::Error,
    fmt,
    io::{self, Write},
    net::SocketAddr,
    path::PathBuf,
    sync::Arc,
};

use clap::Args;
use tokio::{
    net::{TcpListener, TcpSocket, lookup_host},
    signal::unix::{SignalKind, signal},
    task::spawn_blocking,
};
use tracing::{info, warn};

use super::{
    auth_options::AuthOptions,
    client_options::ClientOptions,
    logs::{self, Format, Level},
    page_options::PageOptions,
    stream_options::StreamOptions,
    tls_options::TlsOptions,
    tokens::{self, People, PeopleError},
};
use crate::{
    config::{HttpConfig, ServerConfig},
    demo,
    endpoint::Directory,
    http::{Tls, TlsError},
    hub::LogForwarder,
    server::{Listener, ServerBuilder, SetupError},
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
    /// Up to which level log records are sent to the clients of the hub, as `ReceiveLog`: to
    /// everybody who connects.
    #[arg(
        long,
        value_name = "LEVEL",
        default_value = "off",
        env = "REALTIME_HUB_LOGS"
    )]
    hub_logs: Level,
    // What comes after a group of flags belongs to it.
    #[command(flatten)]
    tls: TlsOptions,
    #[command(flatten)]
    streams: StreamOptions,
    #[command(flatten)]
    clients: ClientOptions,
    #[command(flatten)]
    pages: PageOptions,
    #[command(flatten)]
    auth: AuthOptions,
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
    Keys {
        certificates: usize,
        keys: usize,
    },
    Setup(SetupError),
    Tls(TlsError),
    People(PeopleError),
}

/// Serves until SIGINT or SIGTERM.
pub(super) fn run(options: &Options) -> Result<(), StartError> {
    let logs = logs::start(options.log_level, options.log_format, options.hub_logs);
    if let Err(error) = rlimit::increase_nofile_limit(rlimit::INFINITY) {
        warn!(%error, "the limit of open files stays as it is");
    }
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(StartError::Runtime)?
        .block_on(serve(options, logs))
}

async fn serve(options: &Options, logs: Option<LogForwarder>) -> Result<(), StartError> {
    let listener = listen(&options.listen).await?;
    let address = listener.local_addr().map_err(StartError::Runtime)?;
    let mut urls = vec![format!("http://{address}")];
    let mut local = address.ip().is_loopback();
    let secure = match options.tls.address() {
        Some(secure) => {
            let listener = listen(secure).await?;
            let address = listener.local_addr().map_err(StartError::Runtime)?;
            urls.push(format!("https://{address}"));
            local &= address.ip().is_loopback();
            Some(listener)
        }
        None => None,
    };
    let mut http = HttpConfig {
        stream_write_timeout: options.streams.write_timeout(),
        ..HttpConfig::default()
    };
    // With the PROXY protocol nobody connects directly.
    let local = local && !options.clients.proxy_protocol;
    let people = tokens::people(&options.auth, options.pages.cookie_origins(), local)
        .map_err(StartError::People)?;
    if people.publishers.knows_local() || people.users.knows_local() {
        warn!(
            "who asks from this machine needs no token, and a reverse proxy on it can make everybody \
             local: behind one, set REALTIME_PUBLISH_TOKEN and REALTIME_USER_TOKENS"
        );
    }
    let mut server = ServerBuilder::new();
    server.task(reload_keys(&people).map_err(StartError::Runtime)?);
    let settings = demo::Settings {
        streams: options.streams.config(),
        names: options.streams.names.clone(),
        publishers: people.publishers,
        users: people.users,
        guard: people.guard,
        tickets: people.tickets,
        rules: people.rules,
    };
    options.clients.set_http(&mut http);
    server.http_config(http);
    let mut config = ServerConfig::default();
    options.clients.set_server(&mut config);
    options.pages.set_server(&mut config);
    server.config(config);
    server.client_limits(options.clients.limits());
    server.hosts(options.pages.hosts());
    server.cors(options.pages.cors());
    let hub = demo::install(&mut server, &settings).map_err(StartError::Setup)?;
    for mount in &options.pages.mounts {
        let directory = Directory::open(&mount.directory).map_err(|error| StartError::Static {
            directory: mount.directory.clone(),
            error,
        })?;
        server
            .directory(&mount.path, directory)
            .map_err(StartError::Setup)?;
    }
    if let Some(logs) = logs {
        server.task(logs.run(hub));
    }
    let mut listeners = vec![Listener::plain(listener)];
    if let Some(listener) = secure {
        let tls = options.tls.load(server.metrics())?;
        listeners.push(Listener::tls(listener, Arc::clone(&tls)));
        server.task(reload(tls).map_err(StartError::Runtime)?);
    }
    let server = server.build().map_err(StartError::Setup)?;
    let stop = stop_signal().map_err(StartError::Runtime)?;
    // The banner is for people; where nobody reads it, the server serves all the same.
    let _ = banner(&urls);
    server.serve_all(listeners, stop).await;
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

/// Reads the keys of tokens again at each SIGHUP.
fn reload_keys(people: &People) -> io::Result<impl Future<Output = ()> + Send + 'static> {
    let mut hangup = signal(SignalKind::hangup())?;
    let accesses = [Arc::clone(&people.publishers), Arc::clone(&people.users)];
    Ok(async move {
        while hangup.recv().await.is_some() {
            info!("asked to read keys again");
            for access in &accesses {
                access.reload();
            }
        }
    })
}

/// Reads the certificates again at every SIGHUP.
fn reload(tls: Arc<Tls>) -> io::Result<impl Future<Output = ()>> {
    let mut hangup = signal(SignalKind::hangup())?;
    Ok(async move {
        while hangup.recv().await.is_some() {
            let tls = Arc::clone(&tls);
            // It has logged why it failed.
            let _ = spawn_blocking(move || tls.reload()).await;
        }
    })
}

/// Says where the server is; the examples go to the first of `urls`.
fn banner(urls: &[String]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "realtime-server {}", env!("CARGO_PKG_VERSION"))?;
    for url in urls {
        writeln!(out, "listening on {url}")?;
    }
    let url = urls.first().map_or("", String::as_str);
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
            Self::Keys { certificates, keys } => write!(
                f,
                "each --tls-cert needs its --tls-key: there are {certificates} and {keys}"
            ),
            Self::Tls(error) => error.fmt(f),
            Self::People(error) => error.fmt(f),
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
            Self::Keys { .. } => None,
            Self::Tls(error) => Some(error),
            Self::People(error) => Some(error),
        }
    }
}
