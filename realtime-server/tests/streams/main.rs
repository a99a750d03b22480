//! Event streams, for everybody and for one client alone, as their subscribers see them.
#![expect(
    clippy::unwrap_used,
    reason = "in a test a panic is the failure it should be"
)]

#[path = "../support/mod.rs"]
#[expect(dead_code, reason = "other tests need the rest of it")]
mod support;

mod alone;
mod broadcast;
mod gaps;
mod opening;
mod rig;
