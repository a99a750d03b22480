use openapi_emit::{
    Api, BuildError, Document, Method, Operation, Parameter, Response, Schema, Status,
};

use super::{
    route::Description,
    router::{Endpoint, Router},
    security,
};
use crate::{description::Schemas, http};

/// The document about all routes that are not hidden, in the order of their registration.
pub(super) fn document(
    api: Api,
    router: &Router,
    schemas: Schemas,
) -> Result<Document, BuildError> {
    let mut api = security::declare(api, router);
    for resource in &router.resources {
        let path = resource.pattern.as_str();
        for endpoint in &resource.methods {
            api = add(api, path, endpoint);
        }
    }
    api.schemas(schemas.into_components()).build()
}

fn add(api: Api, path: &str, endpoint: &Endpoint) -> Api {
    let operation = match &endpoint.description {
        Description::Hidden | Description::PartOfHub => return api,
        Description::Hub(hub) => {
            return api.hub(security::of_hub(hub.as_ref().clone(), endpoint));
        }
        Description::Operation(operation) => operation.as_ref().clone(),
        Description::Plain => plain(path, endpoint.method),
    };
    let operation = security::of_operation(operation, endpoint);
    match method(endpoint.method) {
        Some(method) => api.operation(method, path, operation),
        None => api,
    }
}

/// What a route tells by itself: its method and its parameters.
fn plain(path: &str, method: http::Method) -> Operation {
    let words = path.split(|letter: char| !letter.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let id = format!("{}-{}", method.as_str().to_lowercase(), words.join("-"));
    let names = path.split('/').filter_map(|segment| {
        segment
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'))
    });
    names.fold(
        Operation::new(&id).response(Status::Default, Response::new("Not described.")),
        |operation, name| operation.parameter(Parameter::path(name, Schema::string())),
    )
}

/// The method as documents know it; they have no word for `CONNECT`.
fn method(method: http::Method) -> Option<Method> {
    Some(match method {
        http::Method::Get => Method::Get,
        http::Method::Head => Method::Head,
        http::Method::Post => Method::Post,
        http::Method::Put => Method::Put,
        http::Method::Patch => Method::Patch,
        http::Method::Delete => Method::Delete,
        http::Method::Options => Method::Options,
        http::Method::Trace => Method::Trace,
        http::Method::Connect | http::Method::Other => return None,
    })
}
