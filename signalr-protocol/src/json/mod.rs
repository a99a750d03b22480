//! JSON without a tree: a scanner that checks and cuts, and writers for the few shapes needed.

mod error;
mod grammar;
mod name;
mod plain;
mod property;
mod read;
mod scan;
mod sink;
mod string;
mod write;

pub use self::{
    error::{JsonError, JsonType},
    grammar::MAX_DEPTH,
};
pub(crate) use self::{
    name::Name,
    read::parse_message,
    scan::{LoneSurrogate, Malformed, Raw, Scanner},
    sink::{Count, Sink},
    string::write_string,
    write::WriteJson,
};
