//! The transports of hubs beside the plain WebSocket, as their clients see them: raw requests.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "in a test a panic is the failure it should be"
)]

#[path = "../support/mod.rs"]
#[expect(dead_code, reason = "other tests need the rest of it")]
mod support;

#[path = "../signalr/rig.rs"]
#[expect(dead_code, reason = "other tests need the rest of it")]
mod rig;

mod backpressure;
mod cut;
mod http_dispatcher;
mod long_polling;
#[cfg(feature = "messagepack")]
mod messagepack;
mod raw;
mod requests;
mod server_sent_events;
mod stateful_limits;
mod stateful_load;
mod stateful_reconnect;
mod stateful_vectors;
