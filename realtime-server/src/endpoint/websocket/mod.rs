//! Plain WebSockets: an async function for each connection.

mod close;
mod compression;
mod connection;
mod ending;
mod endpoint;
mod handle;
mod message;
mod session;

pub use ending::{Closed, Ending};
pub use handle::WebSocket;
pub use message::Message;

pub(crate) use endpoint::WebSocketEndpoint;
