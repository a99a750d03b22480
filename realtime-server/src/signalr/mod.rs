//! SignalR on the wire: negotiation, the session, and what dispatches invocations to a hub.

mod connection;
mod description;
mod dispatch;
mod endpoint;
mod farewell;
mod invocation;
mod invocations;
mod pending;
mod rate;
mod refusal;
mod session;
mod transport;
mod uploads;

pub use endpoint::HubEndpoint;
