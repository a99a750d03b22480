//! What keeps strangers at a distance: limits per client, trusted proxies, host names, origins, and
//! what answers tell browsers.
#![expect(
    clippy::unwrap_used,
    reason = "in a test a panic is the failure it should be"
)]

#[path = "../support/mod.rs"]
#[expect(dead_code, reason = "other tests need the rest of it")]
mod support;

mod bodies;
mod connections;
mod headers;
mod hosts;
mod origins;
mod preamble;
mod proxies;
mod requests;
mod rig;
