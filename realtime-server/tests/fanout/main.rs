//! The fan-out core: what waits for whom, and what happens when it is too much.
#![expect(
    clippy::unwrap_used,
    reason = "in a test a panic is the failure it should be"
)]

mod member;
mod outbox;
mod registry;
mod sweep;
