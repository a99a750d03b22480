//! What can be set, as plain structs with defaults.
//!
//! A configuration holds numbers and nothing that does I/O: who reads flags or files fills it in.

mod http;
mod hub;
mod server;
mod stream;

pub use self::{http::HttpConfig, hub::HubConfig, server::ServerConfig, stream::StreamConfig};
