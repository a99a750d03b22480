//! What a server offers besides hubs: event streams and embedded pages.

mod assets;
mod streams;

pub use assets::Asset;
pub use streams::{
    ClientStreams, EventSender, EventStream, IdError, Outgoing, PublishError, Published, SendError,
    Subscriber, Target,
};
