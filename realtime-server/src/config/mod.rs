//! What can be set, as plain structs with defaults.
//!
//! A configuration holds numbers and nothing that does I/O: who reads flags or files fills it in.

mod clients;
mod cors;
mod hosts;
mod http;
mod hub;
mod network;
mod origins;
mod proxies;
mod rate;
mod server;
mod stream;
mod websocket;

pub use self::{
    clients::ClientLimits,
    cors::CorsConfig,
    hosts::Hosts,
    http::HttpConfig,
    hub::{HubConfig, Transports},
    network::{Network, NetworkError},
    origins::Origins,
    proxies::ProxyFields,
    rate::Rate,
    server::ServerConfig,
    stream::{SlowClient, StreamConfig},
    websocket::WebSocketConfig,
};
