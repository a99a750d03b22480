//! The negotiation over HTTP that comes before a connection: its query and its JSON body.

mod read;
mod request;
mod response;
mod transport;

pub use self::{
    request::{NegotiateRequest, VersionError},
    response::{Accepted, NegotiateResponse},
    transport::{AvailableTransport, Transport},
};
