//! A certificate authority for one test, and clients that trust it.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use realtime_server::config::CertificateFiles;
use rustls_pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{
        ClientConfig, RootCertStore, SupportedProtocolVersion,
        crypto::aws_lc_rs::default_provider,
        version::{TLS12, TLS13},
    },
};

/// A name that certificates are for.
pub(crate) const NAME: &str = "localhost";

pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    folder: PathBuf,
}

impl Authority {
    /// An authority with a folder of its own, which it removes.
    pub(crate) fn new(test: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("https-{test}"));
        // Of an earlier run, if it did not come to its end.
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        Self { issuer, folder }
    }

    /// A certificate for `name` and its key, as PEM.
    pub(crate) fn issue(&self, name: &str) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        (certificate.pem(), key.serialize_pem())
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.folder.join(file)
    }

    /// Writes a certificate for `name` to files that begin with `file`.
    pub(crate) fn write(&self, file: &str, name: &str) -> CertificateFiles {
        let files = CertificateFiles {
            chain: self.path(&format!("{file}.pem")),
            key: self.path(&format!("{file}.key")),
        };
        let (chain, key) = self.issue(name);
        fs::write(&files.chain, chain).unwrap();
        fs::write(&files.key, key).unwrap();
        files
    }

    /// A client that trusts this authority and offers these protocols.
    pub(crate) fn client(&self, protocols: &[&str]) -> Greeting {
        Greeting {
            roots: self.issuer.der().clone(),
            protocols: protocols
                .iter()
                .map(|name| name.as_bytes().to_vec())
                .collect(),
            versions: vec![&TLS12, &TLS13],
            name: NAME.to_owned(),
        }
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        // What is left is removed by the next run.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// How a client opens TLS.
pub(crate) struct Greeting {
    roots: rustls_pki_types::CertificateDer<'static>,
    protocols: Vec<Vec<u8>>,
    versions: Vec<&'static SupportedProtocolVersion>,
    name: String,
}

impl Greeting {
    pub(crate) fn version(mut self, version: &'static SupportedProtocolVersion) -> Self {
        self.versions = vec![version];
        self
    }

    pub(crate) fn name(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    pub(crate) async fn open(self, stream: TcpStream) -> std::io::Result<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots.add(self.roots).unwrap();
        let mut config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_protocol_versions(&self.versions)
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = self.protocols;
        let name = ServerName::try_from(self.name).unwrap();
        stream.set_nodelay(true).unwrap();
        TlsConnector::from(Arc::new(config))
            .connect(name, stream)
            .await
    }
}
