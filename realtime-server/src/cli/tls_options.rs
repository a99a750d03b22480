use std::{path::PathBuf, sync::Arc};

use clap::Args;

use super::serve::StartError;
use crate::{
    config::{CertificateFiles, TlsConfig},
    http::Tls,
    metrics::Metrics,
};

#[derive(Args, Debug)]
#[command(next_help_heading = "TLS")]
pub(super) struct TlsOptions {
    /// Address and port to speak HTTPS on: HTTP/2, or HTTP/1.1 with clients that do not know it.
    #[arg(
        long,
        value_name = "ADDRESS",
        env = "REALTIME_LISTEN_TLS",
        requires_all = ["tls_cert", "tls_key"]
    )]
    listen_tls: Option<String>,
    /// The certificate and those that lead to its authority, as PEM; read again at SIGHUP and when
    /// it changes. Several: a client gets the first that is for the name it asks for, else the first
    #[arg(
        long,
        value_name = "FILE",
        env = "REALTIME_TLS_CERT",
        requires = "listen_tls"
    )]
    tls_cert: Vec<PathBuf>,
    /// The private key, as PEM; with several certificates one for each, in their order
    #[arg(
        long,
        value_name = "FILE",
        env = "REALTIME_TLS_KEY",
        requires = "listen_tls"
    )]
    tls_key: Vec<PathBuf>,
    /// Speak HTTP/1.1 alone where TLS is spoken
    #[arg(long, requires = "listen_tls")]
    no_http2: bool,
}

impl TlsOptions {
    /// Where to speak TLS, if anywhere.
    pub(super) fn address(&self) -> Option<&str> {
        self.listen_tls.as_deref()
    }

    /// What to speak it with.
    pub(super) fn load(&self, metrics: &Arc<Metrics>) -> Result<Arc<Tls>, StartError> {
        if self.tls_cert.len() != self.tls_key.len() {
            return Err(StartError::Keys {
                certificates: self.tls_cert.len(),
                keys: self.tls_key.len(),
            });
        }
        let pairs = self.tls_cert.iter().zip(&self.tls_key);
        let certificates = pairs.map(|(chain, key)| CertificateFiles {
            chain: chain.clone(),
            key: key.clone(),
        });
        let config = TlsConfig {
            certificates: certificates.collect(),
            http2: !self.no_http2,
            ..TlsConfig::default()
        };
        Tls::load(config, Arc::clone(metrics)).map_err(StartError::Tls)
    }
}
