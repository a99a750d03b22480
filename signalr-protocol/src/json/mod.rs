//! JSON without a tree: a scanner that checks and cuts, and writers for the few shapes needed.

mod error;
mod property;
mod read;
mod scan;
mod sink;
mod string;
mod write;

pub use self::{
    error::{JsonError, JsonType},
    scan::MAX_DEPTH,
};
pub(crate) use self::{
    read::parse_message,
    scan::{Malformed, Scanner},
    sink::{Count, Sink},
    string::write_string,
    write::WriteJson,
};
