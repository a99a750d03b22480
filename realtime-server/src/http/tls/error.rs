//! Why a certificate cannot be used.

use std::error::Error;
use std::fmt;
use std::path::PathBuf;

use rustls_pki_types::pem;

/// Why TLS cannot be set up.
#[derive(Debug)]
#[non_exhaustive]
pub enum TlsError {
    /// There is no certificate in the configuration.
    Nothing,
    /// A file cannot be read, or is no PEM.
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: pem::Error,
    },
    /// A file holds no certificate.
    NoCertificate {
        /// Which.
        path: PathBuf,
    },
    /// A file holds no private key.
    NoKey {
        /// Which.
        path: PathBuf,
    },
    /// A certificate or a key is malformed, or of a kind that is not supported.
    Unusable {
        /// Where it stands.
        path: PathBuf,
        /// Why.
        error: tokio_rustls::rustls::Error,
    },
    /// A private key is not that of the certificate.
    Mismatch {
        /// The certificate.
        chain: PathBuf,
        /// The key.
        key: PathBuf,
    },
    /// The cryptography refused to work.
    Setup(tokio_rustls::rustls::Error),
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("TLS needs a certificate and its key"),
            Self::File { path, error } => {
                write!(f, "cannot read {}: ", path.display())?;
                match error {
                    pem::Error::Io(error) => error.fmt(f),
                    error => write!(f, "it is no PEM file ({error})"),
                }
            }
            Self::NoCertificate { path } => write!(
                f,
                "{} holds no certificate: no line -----BEGIN CERTIFICATE-----",
                path.display()
            ),
            Self::NoKey { path } => write!(
                f,
                "{} holds no private key that is not encrypted: no line -----BEGIN PRIVATE KEY-----",
                path.display()
            ),
            Self::Unusable { path, error } => {
                write!(f, "{} cannot be used: {error}", path.display())
            }
            Self::Mismatch { chain, key } => write!(
                f,
                "the key in {} is not that of the certificate in {}",
                key.display(),
                chain.display()
            ),
            Self::Setup(error) => write!(f, "TLS cannot be set up: {error}"),
        }
    }
}

impl Error for TlsError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::File { error, .. } => Some(error),
            Self::Unusable { error, .. } | Self::Setup(error) => Some(error),
            Self::Nothing
            | Self::NoCertificate { .. }
            | Self::NoKey { .. }
            | Self::Mismatch { .. } => None,
        }
    }
}
