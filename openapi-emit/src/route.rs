//! Operations at their places.

use crate::api::{Api, Entry};
use crate::hub::Hub;
use crate::kestrun;
use crate::method::Method;
use crate::operation::Operation;
use crate::version::Dialect;

/// An operation at its path.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    pub(crate) path: String,
    pub(crate) method: Method,
    pub(crate) operation: Operation,
}

/// The operations of an API, with those that its hubs stand for.
pub(crate) fn routes(api: &Api) -> Vec<Route> {
    let mut routes = Vec::new();
    for entry in &api.entries {
        match entry {
            Entry::Operation {
                path,
                method,
                operation,
            } => {
                let operation = operation.as_ref().clone();
                let operation = match api.dialect {
                    Dialect::Standard => operation,
                    Dialect::Kestrun => kestrun::add_error_responses(operation),
                };
                routes.push(Route {
                    path: path.clone(),
                    method: *method,
                    operation,
                });
            }
            Entry::Hub(hub) => routes.extend(hub_routes(hub, api)),
        }
    }
    routes
}

fn hub_routes(hub: &Hub, api: &Api) -> impl Iterator<Item = Route> {
    let (connect, negotiate) = match api.dialect {
        Dialect::Standard => (hub.connect(&api.security), hub.negotiate()),
        Dialect::Kestrun => (kestrun::connect(hub), kestrun::negotiate(hub)),
    };
    let connect = Route {
        path: hub.path.clone(),
        method: Method::Get,
        operation: connect,
    };
    let negotiate = Route {
        path: hub.negotiate_path(),
        method: Method::Post,
        operation: negotiate,
    };
    std::iter::once(connect).chain(hub.has_negotiate.then_some(negotiate))
}
