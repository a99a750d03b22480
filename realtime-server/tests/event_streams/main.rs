//! Event streams, seen from the other end of a socket.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "in a test a panic is the failure it should be"
)]

#[path = "../support/mod.rs"]
#[expect(dead_code, reason = "other tests need the rest of it")]
mod support;

mod caps;
mod client_streams;
mod life;
mod publish;
mod reader;
mod resume;
mod rig;
mod slow_clients;
mod tickets;
mod topics;
