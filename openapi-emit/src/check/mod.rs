//! What is wrong beyond single objects.

mod hub;
mod path;
mod security;
mod server;
mod tag;

use crate::api::{Api, Entry};
use crate::document::Route;
use crate::error::BuildError;

pub(crate) use path::parameter_names;

pub(crate) fn check(api: &Api, routes: &[Route]) -> Result<(), BuildError> {
    for server in &api.servers {
        server::check(server)?;
    }
    tag::check(&api.tags)?;
    hub::check(api.entries.iter().filter_map(|entry| match entry {
        Entry::Hub(hub) => Some(hub.as_ref()),
        Entry::Operation { .. } => None,
    }))?;
    path::check(routes, &api.components.parameters)?;
    security::check(api, routes)
}
