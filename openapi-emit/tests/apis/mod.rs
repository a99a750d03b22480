//! The APIs whose documents are in `golden/`.

mod kestrun;
mod push_hub;
mod torture;

pub(crate) use kestrun::{kestrun_broadcast, kestrun_hub, kestrun_stream};
pub(crate) use push_hub::push_hub;
pub(crate) use torture::torture;
