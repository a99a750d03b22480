//! Hubs, seen from the other end of a WebSocket.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "in a test a panic is the failure it should be"
)]

mod cancellation;
mod client;
mod client_results;
mod context;
mod http_api;
mod limits;
mod logs;
mod panics;
mod rig;
mod spans;
mod streams;
mod targets;
mod uploads;
mod user_groups;
mod vectors;
