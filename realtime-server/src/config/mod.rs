//! What can be set, as plain structs with defaults.
//!
//! A configuration holds numbers and nothing that does I/O: who reads flags or files fills it in.

mod clients;
mod http;
mod hub;
mod network;
mod origins;
mod rate;
mod server;
mod stream;
mod websocket;

pub use self::{
    clients::ClientLimits,
    http::HttpConfig,
    hub::{HubConfig, Transports},
    network::{Network, NetworkError},
    origins::Origins,
    rate::Rate,
    server::ServerConfig,
    stream::{SlowClient, StreamConfig},
    websocket::WebSocketConfig,
};
