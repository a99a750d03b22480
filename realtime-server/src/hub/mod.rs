//! Hubs for their authors: methods that clients call, and clients that the server calls.
//!
//! A [`Hub`] is built from a state and plain async functions, and registered with a server, which
//! gives back [`Clients`]: the handle to send to connections, groups and users from anywhere.

mod arguments;
mod broadcaster;
mod builder;
mod caller;
mod client;
mod client_results;
mod clients;
mod connection;
mod core;
mod description;
mod disconnect;
mod error;
mod filter;
mod group;
mod guard;
mod invoke_error;
mod items;
mod log_layer;
mod principal;
mod reply;
mod scope;
mod setup;
mod target;
mod upload;
mod user_groups;

pub use arguments::{Argument, FromArguments, OpenUploads};
pub use broadcaster::Broadcaster;
pub use builder::Hub;
pub use caller::Caller;
pub use client::Client;
pub use clients::Clients;
pub use description::{DescribeArgument, DescribeArguments, Direction};
pub use disconnect::Disconnect;
pub use error::HubError;
pub use filter::{Answer, Call, Next};
pub use group::GroupError;
pub use invoke_error::InvokeError;
pub use items::{ItemError, Items};
pub use log_layer::{LogForwarder, LogLayer};
pub use setup::HubSetupError;
pub use signalr_protocol::{Any, Binary, EncodeError, Timestamp, TimestampError, Transport};
pub use target::Target;
pub use upload::{Upload, UploadError};

pub(crate) use self::{
    connection::{Connection, Origin},
    core::{Begin, Core, Method},
    filter::Work,
    guard::Panicked,
    principal::Principal,
    reply::Reply,
    scope::Scope,
    upload::UploadSink,
};
