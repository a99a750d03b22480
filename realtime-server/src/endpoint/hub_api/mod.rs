//! Hubs over HTTP, for a backend in any language.

mod api;
mod call;
mod description;
mod refusal;

pub use api::HubApi;
pub(crate) use api::ROUTES;
