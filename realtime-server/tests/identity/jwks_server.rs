//! A little server of key sets.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use realtime_server::auth::KeySetUrl;
use rustls_pki_types::PrivatePkcs8KeyDer;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    task::JoinHandle,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::aws_lc_rs},
};

pub(crate) struct KeyServer {
    address: SocketAddr,
    answer: Arc<Mutex<String>>,
    fetches: Arc<AtomicUsize>,
    serving: JoinHandle<()>,
}

impl KeyServer {
    pub(crate) async fn new(keys: &[Value]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let answer = Arc::new(Mutex::new(sized(keys)));
        let fetches = Arc::new(AtomicUsize::new(0));
        let (told, counted) = (Arc::clone(&answer), Arc::clone(&fetches));
        let serving = tokio::spawn(async move {
            loop {
                let (mut socket, _) = listener.accept().await.unwrap();
                let mut request = Vec::new();
                while !request.ends_with(b"\r\n\r\n") {
                    if socket.read_buf(&mut request).await.unwrap_or(0) == 0 {
                        break;
                    }
                }
                assert!(request.starts_with(b"GET /keys?a=b HTTP/1.1\r\n"));
                counted.fetch_add(1, Relaxed);
                let answer = told.lock().unwrap().clone();
                let _ = socket.write_all(answer.as_bytes()).await;
            }
        });
        Self {
            address,
            answer,
            fetches,
            serving,
        }
    }

    pub(crate) fn url(&self) -> KeySetUrl {
        KeySetUrl::parse(&format!("http://{}/keys?a=b", self.address)).unwrap()
    }

    /// What it says from now on.
    pub(crate) fn says(&self, answer: String) {
        *self.answer.lock().unwrap() = answer;
    }

    pub(crate) fn has(&self, keys: &[Value]) {
        self.says(sized(keys));
    }

    pub(crate) fn fetches(&self) -> usize {
        self.fetches.load(Relaxed)
    }
}

impl Drop for KeyServer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// The same over TLS, with a certificate of its own, always saying the same.
pub(crate) struct TlsKeyServer {
    pub(crate) url: String,
    /// Its certificate in PEM.
    pub(crate) certificate: String,
    serving: JoinHandle<()>,
}

impl TlsKeyServer {
    pub(crate) async fn new(keys: &str) -> Self {
        let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = PrivatePkcs8KeyDer::from(own.signing_key.serialize_der());
        let provider = Arc::new(aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![own.cert.der().clone()], key.into())
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let answer = format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{keys}",
            keys.len()
        );
        let serving = tokio::spawn(async move {
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                // Who does not trust it ends the handshake.
                let Ok(mut socket) = acceptor.accept(socket).await else {
                    continue;
                };
                let mut request = Vec::new();
                while !request.ends_with(b"\r\n\r\n") {
                    if socket.read_buf(&mut request).await.unwrap_or(0) == 0 {
                        break;
                    }
                }
                let _ = socket.write_all(answer.as_bytes()).await;
                let _ = socket.shutdown().await;
            }
        });
        Self {
            url: format!("https://localhost:{port}/keys"),
            certificate: own.cert.pem(),
            serving,
        }
    }
}

impl Drop for TlsKeyServer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

pub(crate) fn set(keys: &[Value]) -> String {
    json!({ "keys": keys }).to_string()
}

fn sized(keys: &[Value]) -> String {
    let body = set(keys);
    format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}
