//! The real-time layer of a web application on bare tokio sockets: Server-Sent Events, WebSockets
//! and SignalR hubs, as a library and as one small binary.
//!
//! What it is: an HTTP/1.1 server that hosts [hubs](hub), [event streams](endpoint) and plain
//! routes. What it is not: a web framework; there are no extractors, middleware or templates.
//!
//! ```
//! use std::sync::Arc;
//! use realtime_server::{
//!     hub::{Caller, Hub, HubError},
//!     server::ServerBuilder,
//! };
//!
//! struct Chat;
//!
//! async fn send_message(
//!     _: Arc<Chat>,
//!     caller: Caller,
//!     (user, text): (String, String),
//! ) -> Result<(), HubError> {
//!     Ok(caller.clients().all().send("ReceiveMessage", (user, text)).await?)
//! }
//!
//! let mut server = ServerBuilder::new();
//! let clients = server.hub("/chat", Hub::new(Chat).method("SendMessage", send_message))?;
//! assert_eq!(clients.count(), 0);
//! # Ok::<(), realtime_server::server::SetupError>(())
//! ```
//!
//! The modules stand on floors, and import only from floors below their own: `config`, `metrics`,
//! `clock`, `id`, `identity`; `http`, `throttle`; `auth`, `description`, `fanout`, `websocket`; `hub`; `signalr`; `endpoint`; `server`;
//! `demo`; `cli`.

pub mod auth;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod description;
pub mod endpoint;
pub mod fanout;
pub mod http;
pub mod hub;
pub mod id;
pub mod identity;
pub mod metrics;
pub mod server;
pub mod signalr;
mod throttle;
mod websocket;

/// What routes are described with.
pub use openapi_emit;
