use openapi_emit::{Api, Hub, KeyPlace, Operation, Response, SecurityScheme};

use super::{
    gate::Entrance,
    router::{Endpoint, Router},
};

/// The names of the schemes in documents.
const BEARER: &str = "bearer";
const COOKIE: &str = "cookie";
const QUERY: &str = "accessToken";

/// Declares the ways in which the guards of all routes take tokens.
pub(super) fn declare(mut api: Api, router: &Router) -> Api {
    let mut has_bearer = false;
    let mut has_query = false;
    let mut cookie = None;
    for endpoint in router.endpoints() {
        let Some(guard) = &endpoint.guard else {
            continue;
        };
        has_bearer = true;
        has_query |= endpoint.entrance != Entrance::Route;
        cookie = cookie.or_else(|| guard.access().cookie());
    }
    if has_bearer {
        let scheme = SecurityScheme::bearer("JWT");
        api = api.security_scheme(
            BEARER,
            scheme.description("A signed token, or one that the operator has given out."),
        );
    }
    if let Some(name) = cookie {
        let scheme = SecurityScheme::api_key(KeyPlace::Cookie, name);
        api = api.security_scheme(COOKIE, scheme.description("The token in a cookie."));
    }
    if has_query {
        let scheme = SecurityScheme::api_key(KeyPlace::Query, "access_token");
        api = api.security_scheme(
            QUERY,
            scheme.description("The token, where a browser cannot set a header."),
        );
    }
    api
}

/// Says how the operation of `endpoint` is let in.
pub(super) fn of_operation(operation: Operation, endpoint: &Endpoint) -> Operation {
    let schemes = schemes(endpoint);
    let operation = schemes.fold(operation, |operation, name| operation.security(name, &[]));
    if admits_nobody(endpoint) {
        operation.anonymous()
    } else {
        operation
    }
}

/// Says how clients of the hub at `endpoint` are let in.
pub(super) fn of_hub(hub: Hub, endpoint: &Endpoint) -> Hub {
    if endpoint.guard.is_none() {
        return hub;
    }
    let hub = hub
        .response(401, Response::new("The token is missing or no good."))
        .negotiate_response(403, Response::new("The caller may not connect."));
    let hub = schemes(endpoint).fold(hub, |hub, name| hub.security(name, &[]));
    if admits_nobody(endpoint) {
        hub.anonymous()
    } else {
        hub
    }
}

fn schemes(endpoint: &Endpoint) -> impl Iterator<Item = &'static str> {
    let guard = endpoint.guard.as_ref();
    let has_cookie = guard.is_some_and(|guard| guard.access().cookie().is_some());
    let has_query = guard.is_some() && endpoint.entrance != Entrance::Route;
    [
        guard.is_some().then_some(BEARER),
        has_cookie.then_some(COOKIE),
        has_query.then_some(QUERY),
    ]
    .into_iter()
    .flatten()
}

fn admits_nobody(endpoint: &Endpoint) -> bool {
    let guard = endpoint.guard.as_ref();
    guard.is_some_and(|guard| guard.admits_nobody() || guard.access().knows_local())
}
