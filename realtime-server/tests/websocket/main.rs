//! Plain WebSocket endpoints, seen from the other end of a socket: what no conformance suite sends
//! is sent here as raw bytes.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "in a test a panic is the failure it should be"
)]

#[path = "../support/mod.rs"]
#[expect(dead_code, reason = "other tests need the rest of it")]
mod support;

mod closing;
mod compression;
mod flow;
mod handlers;
mod handshake;
mod messages;
mod rig;
mod timing;
mod violations;
