//! Who asks, and what they may: tokens, keys, guards and policies, over real sockets.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "in a test a panic is the failure it should be"
)]

#[path = "../support/mod.rs"]
#[expect(dead_code, reason = "other tests need the rest of it")]
mod support;

mod binary;
mod caps;
mod cookies;
mod debug;
mod expiry;
mod hubs;
mod jwks_server;
mod keys;
mod policies;
mod routes;
mod secrets;
mod serving;
mod signer;
mod streams;
mod tokens;
