//! From PEM files to what handshakes are made with.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use rustls_pki_types::pem::{self, PemObject};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::client::verify_server_name;
use tokio_rustls::rustls::crypto::aws_lc_rs::{self, Ticketer};
use tokio_rustls::rustls::server::{ClientHello, ParsedCertificate, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{Error, InconsistentKeys, ServerConfig};
use tracing::{debug, warn};

use super::validity::{self, Validity};
use super::{HTTP1, HTTP2, TlsError};
use crate::config::{CertificateFiles, TlsConfig};

/// For how long a certificate that is running out is spoken of.
const SOON: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Reads the certificates and makes of them what new connections are greeted with. The keys of the
/// session tickets are new, too: what was resumable by an old certificate is not by a new one.
pub(super) fn load(config: &TlsConfig) -> Result<Arc<ServerConfig>, TlsError> {
    let keys = config.certificates.iter().map(read);
    let keys: Vec<_> = keys.collect::<Result<_, _>>()?;
    if keys.is_empty() {
        return Err(TlsError::Nothing);
    }
    let mut made = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(&[&TLS13, &TLS12])
        .map_err(TlsError::Setup)?
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(Certificates(keys)));
    made.alpn_protocols = vec![HTTP1.to_vec()];
    if config.http2 {
        made.alpn_protocols.insert(0, HTTP2.to_vec());
    }
    // Its keys change every six hours.
    made.ticketer = Ticketer::new().map_err(TlsError::Setup)?;
    // Early data can be replayed by anybody who saw it.
    made.max_early_data_size = 0;
    Ok(Arc::new(made))
}

fn read(files: &CertificateFiles) -> Result<Arc<CertifiedKey>, TlsError> {
    let CertificateFiles { chain, key } = files;
    let wrong = |error| TlsError::File {
        path: chain.clone(),
        error,
    };
    let certificates: Vec<_> = CertificateDer::pem_file_iter(chain)
        .and_then(Iterator::collect)
        .map_err(wrong)?;
    let first = certificates
        .first()
        .ok_or_else(|| TlsError::NoCertificate {
            path: chain.clone(),
        })?;
    let unusable = |error| TlsError::Unusable {
        path: chain.clone(),
        error,
    };
    ParsedCertificate::try_from(first).map_err(unusable)?;
    look_at_the_clock(first, chain);
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|error| match error {
        pem::Error::NoItemsFound => TlsError::NoKey { path: key.clone() },
        error => TlsError::File {
            path: key.clone(),
            error,
        },
    })?;
    CertifiedKey::from_der(certificates, secret, &aws_lc_rs::default_provider())
        .map(Arc::new)
        .map_err(|error| match error {
            Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => TlsError::Mismatch {
                chain: chain.clone(),
                key: key.clone(),
            },
            error => TlsError::Unusable {
                path: key.clone(),
                error,
            },
        })
}

/// Says so where clients will not accept a certificate, or soon will not.
fn look_at_the_clock(certificate: &CertificateDer<'_>, file: &Path) {
    let Some(Validity { from, until }) = validity::of(certificate) else {
        return;
    };
    let (now, file) = (Timestamp::now(), file.display());
    if until < now {
        warn!(%file, %until, "the certificate has expired");
    } else if from > now {
        warn!(%file, %from, "the certificate is not valid yet");
    } else if until < now + SOON {
        warn!(%file, %until, "the certificate expires soon");
    } else {
        debug!(%file, %until, "the certificate is valid");
    }
}

/// At least one certificate.
#[derive(Debug)]
struct Certificates(Vec<Arc<CertifiedKey>>);

impl ResolvesServerCert for Certificates {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let name = hello
            .server_name()
            .filter(|_| self.0.len() > 1)
            .and_then(|name| ServerName::try_from(name).ok());
        let named = name.and_then(|name| self.0.iter().find(|key| is_for(key, &name)));
        named.or_else(|| self.0.first()).cloned()
    }
}

fn is_for(key: &CertifiedKey, name: &ServerName<'_>) -> bool {
    let parsed = key.cert.first().map(ParsedCertificate::try_from);
    parsed.is_some_and(|parsed| parsed.is_ok_and(|it| verify_server_name(&it, name).is_ok()))
}
