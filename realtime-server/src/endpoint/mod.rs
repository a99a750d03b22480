//! What a server offers besides hubs: event streams and embedded pages.

mod assets;
mod event_stream;
mod private_stream;

pub use assets::Asset;
pub use event_stream::EventStream;
pub use private_stream::{EventSender, SendError, private_stream};
