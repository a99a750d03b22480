//! Hubs over WebSockets, as their clients see them: raw sockets and the codecs' client sides.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "in a test a panic is the failure it should be"
)]

#[path = "../support/mod.rs"]
#[expect(dead_code, reason = "other tests need the rest of it")]
mod support;

mod closing;
mod connecting;
mod faults;
mod framing;
mod groups;
mod handshake;
mod invocations;
mod negotiation;
mod order;
mod rig;
mod slow;
mod timing;
