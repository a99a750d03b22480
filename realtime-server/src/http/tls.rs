//! TLS 1.2 and 1.3 below HTTP.

mod certificates;
mod error;
mod handshake;
mod validity;

use std::fmt;
use std::fs;
use std::sync::Arc;
use std::time::SystemTime;

use arc_swap::ArcSwap;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::{MissedTickBehavior, interval};
use tokio_rustls::rustls::ServerConfig;
use tracing::{error, info};

pub use self::error::TlsError;
use crate::config::TlsConfig;
use crate::metrics::Metrics;

/// The names of protocols in a handshake (RFC 7301 section 6, RFC 9113 section 3.2).
const HTTP1: &[u8] = b"http/1.1";
const HTTP2: &[u8] = b"h2";

/// What a listener needs to speak TLS: certificates, which can be replaced while it serves.
///
/// ```no_run
/// use std::sync::Arc;
/// use realtime_server::{config::TlsConfig, http::Tls, server::{Listener, ServerBuilder}};
///
/// # async fn serve() -> Result<(), Box<dyn std::error::Error>> {
/// let server = ServerBuilder::new();
/// let tls = Tls::load(TlsConfig::new("chain.pem", "key.pem"), Arc::clone(server.metrics()))?;
/// let tcp = tokio::net::TcpListener::bind("127.0.0.1:8443").await?;
/// let stop = std::future::pending();
/// server.build()?.serve_all(vec![Listener::tls(tcp, tls)], stop).await;
/// # Ok(())
/// # }
/// ```
pub struct Tls {
    config: TlsConfig,
    metrics: Arc<Metrics>,
    /// What the next connection is greeted with.
    current: ArcSwap<ServerConfig>,
    /// What the files were like before they were read first.
    first: Mark,
    /// A permit for each handshake that may compute.
    turns: Arc<Semaphore>,
}

/// What tells that a file has been replaced.
type Mark = Vec<Option<(SystemTime, u64)>>;

impl Tls {
    /// Reads the certificates.
    ///
    /// # Errors
    /// When a file is missing, is not what it should be, or a key is not that of its certificate.
    pub fn load(config: TlsConfig, metrics: Arc<Metrics>) -> Result<Arc<Self>, TlsError> {
        let first = mark(&config);
        let current = certificates::load(&config)?;
        let turns = config.max_handshakes.clamp(1, Semaphore::MAX_PERMITS);
        Ok(Arc::new(Self {
            first,
            turns: Arc::new(Semaphore::new(turns)),
            current: ArcSwap::new(current),
            config,
            metrics,
        }))
    }

    /// Reads the certificates again, for new connections; open ones stay as they are. When they
    /// cannot be used, those in use stay in use.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn reload(&self) -> Result<(), TlsError> {
        match certificates::load(&self.config) {
            Ok(current) => {
                self.current.store(current);
                self.metrics.tls_reloads.incr();
                info!("certificates read again");
                Ok(())
            }
            Err(error) => {
                self.metrics.tls_reloads_failed.incr();
                error!(%error, "the new certificates cannot be used, the old ones stay");
                Err(error)
            }
        }
    }

    /// Reads the certificates again whenever their files have changed; runs until it is dropped.
    pub(crate) async fn watch(self: Arc<Self>) {
        if self.config.reload_interval.is_zero() {
            return std::future::pending().await;
        }
        let mut ticks = interval(self.config.reload_interval);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut known = self.first.clone();
        loop {
            ticks.tick().await;
            let (tls, before) = (Arc::clone(&self), known.clone());
            let looked = spawn_blocking(move || {
                // Taken before the files are read: a change while they are is seen the next time.
                let mark = mark(&tls.config);
                if before != mark {
                    // It has been logged and counted.
                    let _ = tls.reload();
                }
                mark
            });
            known = looked.await.unwrap_or(known);
        }
    }
}

fn mark(config: &TlsConfig) -> Mark {
    let files = config.certificates.iter();
    files
        .flat_map(|files| [&files.chain, &files.key])
        .map(|path| {
            let metadata = fs::metadata(path).ok()?;
            Some((metadata.modified().ok()?, metadata.len()))
        })
        .collect()
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}
