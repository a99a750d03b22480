//! Who receives, and what waits for them.
//!
//! A [`Registry`] knows the members of one stream or hub and their groups. A delivery encodes its
//! [`Payload`] once for each [`WireForm`] and puts the shared bytes into the [`Outbox`] of each
//! receiver; it never waits for one. The connection of a member takes what piled up in one go.

mod audience;
mod end;
mod member;
mod outbox;
mod payload;
mod registry;
mod sweep;

pub use audience::Audience;
pub use end::End;
pub use member::Member;
pub use outbox::{Cost, Outbox, OutboxLimits, Overflow, Taken};
pub use payload::{Payload, WireForm};
pub use registry::{Delivery, GroupLimit, Registry, Seat};
pub use sweep::Sweep;
