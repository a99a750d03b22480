//! The HTTP layer, seen from the other end of a socket.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "in a test a panic is the failure it should be"
)]

mod agreement;
mod bodies;
mod chunking;
mod client;
mod differential;
mod expectations;
mod framing;
mod handlers;
mod heads;
mod life;
mod limits;
mod naive;
mod rig;
mod sockets;
mod streams;
mod targets;
mod timeouts;
mod upgrades;
mod vectors;
