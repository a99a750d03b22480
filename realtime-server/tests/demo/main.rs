//! The demo: its routes, events and JSON, by name and shape.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "in a test a panic is the failure it should be"
)]

#[path = "../support/mod.rs"]
#[expect(dead_code, reason = "other tests need the rest of it")]
mod support;

mod broadcast;
mod hub;
mod metrics;
mod operations;
mod pages;
mod refusals;
mod rig;
mod schedule;
mod ticks;
