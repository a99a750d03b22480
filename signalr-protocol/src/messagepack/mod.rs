//! MessagePack, as much of it as hub messages and their payloads need.

mod compound;
mod deserialize;
mod error;
mod prefix;
mod read;
mod reader;
mod serialize;
mod value;
mod value_error;
mod write;

pub(crate) use self::{
    deserialize::from_slice,
    prefix::{MAX_BODY, Prefix, prefix_len, read_prefix, write_prefix},
    read::parse_message,
    reader::{Head, Malformed, Reader},
    serialize::to_bytes,
    value::{TIMESTAMP, write_array_len},
    write::WriteMessagePack,
};
pub use self::{error::MessagePackError, value_error::ValueError};
