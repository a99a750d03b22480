//! The `AsyncAPI` 3.0 document of an API: what goes over its hubs and streams.

mod hub;
mod message;
mod server;
mod stream;

use crate::api::{Api, Entry};
use crate::emit::Emitter;
use crate::error::Part;
use crate::security::Requirement;
use crate::value::{Object, Value};

use server::Servers;

pub(crate) fn emit(api: &Api, emitter: &mut Emitter) -> Value {
    let servers = Servers::of(api);
    let mut channels = Object::new();
    let mut operations = Object::new();
    for entry in &api.entries {
        let added = match entry {
            Entry::Hub(hub) => hub::emit(hub, api, &servers, emitter),
            Entry::Operation {
                path,
                method,
                operation,
            } => match stream::of(operation, &api.components) {
                Some(stream) => {
                    let endpoint = stream::Endpoint {
                        path,
                        method: *method,
                        operation,
                        stream,
                    };
                    let name = free_name(endpoint.name(), api, &channels);
                    endpoint.emit(name, api, &servers, emitter)
                }
                None => continue,
            },
        };
        channels.insert(added.name, added.channel);
        for (name, operation) in added.operations {
            emitter.insert_unique(&mut operations, Part::Operation, &name, operation);
        }
    }

    let mut info = api.info.emit(emitter);
    if !api.tags.is_empty() {
        info.insert(
            "tags",
            Value::array(api.tags.iter().map(|tag| tag.emit_asyncapi(emitter))),
        );
    }
    let mut root = Object::from([("asyncapi", "3.0.0")]);
    root.insert("info", info);
    root.insert("defaultContentType", "application/json");
    root.insert_some("servers", servers.emit());
    root.insert("channels", channels);
    root.insert("operations", operations);
    root.insert_some("components", api.components.emit_asyncapi(emitter));
    root.into()
}

/// What one entry adds to the document.
struct Contribution {
    name: String,
    channel: Object,
    operations: Vec<(String, Object)>,
}

/// A name for the channel of a stream: its own, with a number after it where a hub or an earlier
/// stream has that.
fn free_name(name: &str, api: &Api, channels: &Object) -> String {
    let is_free = |name: &str| !channels.contains(name) && !api.hubs().any(|hub| hub.name == name);
    let numbered = (2_u64..).map(|number| format!("{name}-{number}"));
    std::iter::once(name.to_owned())
        .chain(numbered)
        .find(|name| is_free(name))
        .expect("the names taken are finite")
}

/// The parts of a path, as far as `AsyncAPI` can describe them.
fn emit_parameters(path: &str, describe: impl Fn(&str) -> Option<String>) -> Option<Object> {
    let parameters: Object = crate::check::parameter_names(path)
        .into_iter()
        .map(|name| {
            let mut parameter = Object::new();
            parameter.insert_some("description", describe(name));
            (name, parameter)
        })
        .collect();
    Some(parameters).filter(|parameters| !parameters.is_empty())
}

//= https://www.asyncapi.com/docs/reference/specification/v3.0.0#operationObject
//# Only one of the security scheme objects MUST be satisfied to authorize an operation.
// There is no way to say that none need be, so with an anonymous way in nothing is said.
fn emit_security(requirements: &[Requirement], emitter: &mut Emitter) -> Option<Value> {
    if requirements.contains(&Requirement::Anonymous) {
        return None;
    }
    let schemes: Vec<Object> = requirements
        .iter()
        .filter_map(|requirement| match requirement {
            Requirement::Scheme { name, .. } => {
                Some(emitter.reference(format!("#/components/securitySchemes/{name}")))
            }
            Requirement::Anonymous => None,
        })
        .collect();
    Some(schemes)
        .filter(|schemes| !schemes.is_empty())
        .map(Value::from)
}
