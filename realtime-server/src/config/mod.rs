//! What can be set, as plain structs with defaults.
//!
//! A configuration holds numbers and nothing that does I/O: who reads flags or files fills it in.

mod clients;
mod cors;
mod hosts;
mod http;
mod http2;
mod hub;
mod keys;
mod network;
mod origins;
mod proxies;
mod rate;
mod server;
mod stream;
mod tls;
mod websocket;

pub use self::{
    clients::ClientLimits,
    cors::CorsConfig,
    hosts::Hosts,
    http::HttpConfig,
    http2::Http2Config,
    hub::{HubConfig, Protocols, Transports},
    keys::KeySetConfig,
    network::{Network, NetworkError},
    origins::Origins,
    proxies::ProxyFields,
    rate::Rate,
    server::ServerConfig,
    stream::{SlowClient, StreamConfig},
    tls::{CertificateFiles, TlsConfig},
    websocket::WebSocketConfig,
};
