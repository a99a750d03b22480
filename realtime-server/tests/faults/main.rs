//! A server of its own process under attack, while a bystander asks for a page again and again: its
//! answers must stay fast, and the memory of the server bounded.
//!
//! `REALTIME_FAULT_CLIENTS=10000 cargo test -p realtime-server --test faults` is the long form: so many
//! clients instead of 1,000, where the limit of open files allows it.
#![expect(
    clippy::unwrap_used,
    reason = "in a test a panic is the failure it should be"
)]

mod bystander;
mod files;
mod floods;
mod gone;
mod oversize;
mod process;
mod slow;
