//! permessage-deflate (RFC 7692).

#![cfg(feature = "deflate")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../collect/mod.rs"]
mod collect;
mod messages;
mod negotiation;
mod roundtrip;
#[path = "../wire/mod.rs"]
mod wire;
