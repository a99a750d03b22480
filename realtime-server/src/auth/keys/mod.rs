//! The keys that tokens may be signed with, and where they come from.

mod fetch;
mod set;
mod source;
mod url;

pub use set::{KeySet, KeySetError};
pub use source::Keys;
pub use url::{KeySetUrl, UrlError};
