//! What a server offers besides hubs: event streams, publishing to them, plain WebSockets, embedded
//! pages and files, documents about itself.

mod assets;
mod below;
mod conditions;
mod directory;
mod docs;
mod documents;
mod encoding;
mod file;
pub(crate) mod hub_api;
pub(crate) mod json_body;
mod media_type;
mod page;
mod publish;
mod streams;
mod tickets;
mod websocket;

pub use assets::Asset;
pub use directory::Directory;
pub use docs::DocsPage;
pub use documents::{Documents, Form, openapi_version};
pub use hub_api::HubApi;
pub use page::{PAGE_FILES, PageFile};
pub use publish::Publisher;
pub use streams::{
    BatchError, ClientStreams, EventSender, EventStream, IdError, Outgoing, PublishError,
    Published, SendError, Target,
};
pub use tickets::TicketOffice;
pub use websocket::{Closed, Ending, Message, WebSocket};

pub(crate) use websocket::WebSocketEndpoint;
