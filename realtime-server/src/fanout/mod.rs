//! Who receives, and what waits for them.
//!
//! A [`Registry`] knows the members of one stream or hub and their groups. A delivery encodes its
//! [`Payload`] once for each [`WireForm`] and puts the shared bytes into the [`Outbox`] of each
//! receiver; it never waits for one. The connection of a member takes what piled up in one go.

mod end;
mod member;
mod outbox;
mod payload;
mod registry;
mod sweep;

pub use end::End;
pub use member::Member;
pub use outbox::{Outbox, OutboxLimits, Overflow, Taken};
pub use payload::{Payload, WireForm};
pub use registry::{Audience, Delivery, GroupLimit, Registry, Seat};
pub use sweep::Sweep;
