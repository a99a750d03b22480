//! What a server offers besides hubs: event streams, publishing to them, and embedded pages.

mod access;
mod assets;
pub(crate) mod hub_api;
pub(crate) mod json_body;
mod publish;
mod streams;
mod tickets;

pub use access::{Access, Denied};
pub use assets::Asset;
pub use hub_api::HubApi;
pub use publish::Publisher;
pub use streams::{
    BatchError, ClientStreams, EventSender, EventStream, IdError, Outgoing, PublishError,
    Published, SendError, Subscriber, Target,
};
pub use tickets::TicketOffice;
