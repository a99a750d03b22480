//! What can be set, as plain structs with defaults.
//!
//! A configuration holds numbers and nothing that does I/O: who reads flags or files fills it in.

mod http;
mod hub;
mod keys;
mod origins;
mod server;
mod stream;
mod websocket;

pub use self::{
    http::HttpConfig,
    hub::{HubConfig, Transports},
    keys::KeySetConfig,
    origins::Origins,
    server::ServerConfig,
    stream::{SlowClient, StreamConfig},
    websocket::WebSocketConfig,
};
