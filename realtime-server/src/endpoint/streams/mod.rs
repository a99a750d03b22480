//! Event streams: one for many, and one for each client alone.

mod address;
mod admission;
mod answer;
mod event_id;
mod farewell;
mod group;
mod history;
mod opening;
mod own;
mod publish;
mod publish_error;
mod resume;
mod stream;
mod subscribe;
mod subscription;

pub use address::{Outgoing, Target};
pub use event_id::IdError;
pub use own::{ClientStreams, EventSender, SendError};
pub use publish::Published;
pub use publish_error::{BatchError, PublishError};
pub use stream::EventStream;
