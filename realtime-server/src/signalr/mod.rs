//! SignalR on the wire: negotiation, the session, and what dispatches invocations to a hub.

mod application;
mod connection;
mod description;
mod dispatch;
mod endpoint;
mod farewell;
mod invocation;
mod invocations;
mod line;
mod lookahead;
mod opening;
mod raw;
mod refusal;
mod resume;
mod session;
mod table;
mod transport;
mod uploads;

pub use endpoint::HubEndpoint;
pub use raw::{RawConnection, RawError};
pub use signalr_protocol::TransferFormat;
