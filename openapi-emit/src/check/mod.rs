//! What is wrong beyond single objects.

mod hub;
mod path;
mod security;
mod server;
mod tag;

use crate::api::Api;
use crate::error::BuildError;
use crate::route::Route;

pub(crate) use path::parameter_names;

pub(crate) fn check(api: &Api, routes: &[Route]) -> Result<(), BuildError> {
    for server in &api.servers {
        server::check(server)?;
    }
    tag::check(&api.tags)?;
    hub::check(api.hubs())?;
    path::check(routes, &api.components.parameters)?;
    security::check(api, routes)
}
