//! Values that the two protocols write in different ways, as .NET does.

mod binary;
mod calendar;
mod timestamp;

pub use self::{
    binary::Binary,
    timestamp::{Timestamp, TimestampError},
};
