//! Hubs for their authors: methods that clients call, and clients that the server calls.
//!
//! A [`Hub`] is built from a state and plain async functions, and registered with a server, which
//! gives back [`Clients`]: the handle to send to connections and groups from anywhere.

mod arguments;
mod broadcaster;
mod builder;
mod caller;
mod clients;
mod core;
mod description;
mod disconnect;
mod error;

pub use arguments::FromArguments;
pub use broadcaster::Broadcaster;
pub use builder::{Hub, HubSetupError};
pub use caller::Caller;
pub use clients::{Clients, GroupError, Target};
pub use description::{DescribeArguments, Direction};
pub use disconnect::Disconnect;
pub use error::HubError;
pub use signalr_protocol::EncodeError;

pub(crate) use self::core::{Core, Invocation, Method};
