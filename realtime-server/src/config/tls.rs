use std::{path::PathBuf, thread::available_parallelism, time::Duration};

/// How a listener speaks TLS.
///
/// ```
/// use realtime_server::config::TlsConfig;
///
/// let mut config = TlsConfig::new("chain.pem", "key.pem");
/// config.http2 = false;
/// assert_eq!(config.certificates.len(), 1);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TlsConfig {
    /// The certificates. A client gets the first that is valid for the name it asks for, else the
    /// first of all.
    pub certificates: Vec<CertificateFiles>,
    /// Whether HTTP/2 is offered beside HTTP/1.1: yes.
    pub http2: bool,
    /// From the connection to the end of the handshake: 10 s. Beyond it: a close.
    pub handshake_timeout: Duration,
    /// Handshakes whose keys are computed at the same time: half as many as there are processors,
    /// so that a flood of them leaves something for open connections. More wait for their turn,
    /// within their time-out; one that waits for its client takes no turn.
    pub max_handshakes: usize,
    /// How often the files are looked at for a change: every 10 s. Zero turns that off.
    pub reload_interval: Duration,
}

/// Where a certificate is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFiles {
    /// A PEM file: the server's certificate, and after it those that lead to its authority.
    pub chain: PathBuf,
    /// A PEM file with the private key of the first of them.
    pub key: PathBuf,
}

impl TlsConfig {
    /// TLS with one certificate.
    pub fn new(chain: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        Self {
            certificates: vec![CertificateFiles {
                chain: chain.into(),
                key: key.into(),
            }],
            ..Self::default()
        }
    }
}

impl Default for TlsConfig {
    /// TLS without a certificate, which cannot be used.
    fn default() -> Self {
        Self {
            certificates: Vec::new(),
            http2: true,
            handshake_timeout: Duration::from_secs(10),
            max_handshakes: available_parallelism().map_or(1, |all| all.get().div_ceil(2)),
            reload_interval: Duration::from_secs(10),
        }
    }
}
