//! How often and how many at once: for connections, requests, invocations.

mod meter;
mod places;
mod table;

pub(crate) use self::{
    meter::Meter,
    places::{Place, Places},
    table::Table,
};
