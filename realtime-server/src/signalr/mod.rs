//! SignalR on the wire: negotiation, the session, and what dispatches invocations to a hub.

mod connection;
mod description;
mod dispatch;
mod endpoint;
mod farewell;
mod invocation;
mod pending;
mod session;
mod transport;

pub use endpoint::HubEndpoint;
