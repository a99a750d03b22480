//! Publishing over HTTP, for a backend in any language.

mod description;
mod publication;
mod publisher;

pub use publisher::Publisher;
