//! What a server offers besides hubs: event streams, embedded pages, documents about itself.

mod assets;
mod docs;
mod documents;
mod event_stream;
mod page;
mod private_stream;

pub use assets::Asset;
pub use docs::DocsPage;
pub use documents::{Documents, Form, openapi_version};
pub use event_stream::EventStream;
pub use page::{PAGE_FILES, PageFile};
pub use private_stream::{EventSender, SendError, private_stream};
