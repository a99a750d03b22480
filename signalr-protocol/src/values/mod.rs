//! Values that the two protocols write in different ways, as .NET does.

mod any;
mod binary;
mod calendar;
mod timestamp;
#[cfg(feature = "messagepack")]
mod transcode;

pub use self::{
    any::Any,
    binary::Binary,
    timestamp::{Timestamp, TimestampError},
};
