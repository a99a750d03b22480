//! What can be set, as plain structs with defaults.
//!
//! A configuration holds numbers and nothing that does I/O: who reads flags or files fills it in.

mod http;
mod http2;
mod hub;
mod keys;
mod origins;
mod server;
mod stream;
mod tls;
mod websocket;

pub use self::{
    http::HttpConfig,
    http2::Http2Config,
    hub::{HubConfig, Protocols, Transports},
    keys::KeySetConfig,
    origins::Origins,
    server::ServerConfig,
    stream::{SlowClient, StreamConfig},
    tls::{CertificateFiles, TlsConfig},
    websocket::WebSocketConfig,
};
