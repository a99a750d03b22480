//! A description that was checked, and the documents it gives.

use crate::api::{Api, Entry};
use crate::check;
use crate::emit::Emitter;
use crate::error::{BuildError, Part};
use crate::event_stream::{EVENT_SCHEMA, event_schema};
use crate::hub::{NEGOTIATE_SCHEMA, negotiate_schema};
use crate::kestrun;
use crate::operation::{Method, Operation, emit_extensions};
use crate::security::Requirement;
use crate::server::Server;
use crate::value::{Object, Value};
use crate::version::{Dialect, Version};

/// An [`Api`] without faults.
#[derive(Clone, Debug)]
pub struct Document {
    api: Api,
    routes: Vec<Route>,
}

/// An operation at its place; each hub gives two.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    pub(crate) path: String,
    pub(crate) method: Method,
    pub(crate) operation: Operation,
}

impl Document {
    pub(crate) fn new(api: Api) -> Result<Self, BuildError> {
        let mut document = Self {
            routes: routes(&api),
            api,
        };
        document.add_schemas();
        check::check(&document.api, &document.routes)?;
        for version in Version::ALL {
            let mut emitter = Emitter::openapi(version, document.api.dialect);
            let value = document.emit(&mut emitter);
            emitter.verdict(&value)?;
        }
        let mut emitter = Emitter::asyncapi();
        let value = crate::asyncapi::emit(&document.api, &mut emitter);
        emitter.verdict(&value)?;
        Ok(document)
    }

    /// The `OpenAPI` document.
    #[must_use]
    pub fn openapi(&self, version: Version) -> Value {
        self.emit(&mut Emitter::openapi(version, self.api.dialect))
    }

    /// The `AsyncAPI` 3.0 document: a channel per hub and per event stream.
    #[must_use]
    pub fn asyncapi(&self) -> Value {
        crate::asyncapi::emit(&self.api, &mut Emitter::asyncapi())
    }

    /// Adds the schemas that the crate's own shapes refer to.
    fn add_schemas(&mut self) {
        let has_hub = self
            .api
            .entries
            .iter()
            .any(|entry| matches!(entry, Entry::Hub(_)));
        let mut schemas = Vec::new();
        match self.api.dialect {
            Dialect::Standard => {
                let in_components = || self.api.components.responses.iter();
                if self
                    .routes
                    .iter()
                    .any(|route| route.operation.stream().is_some())
                    || in_components().any(|(_, response)| response.stream().is_some())
                {
                    schemas.push((EVENT_SCHEMA, event_schema()));
                }
                if has_hub {
                    schemas.push((NEGOTIATE_SCHEMA, negotiate_schema()));
                }
            }
            Dialect::Kestrun => {
                if self
                    .routes
                    .iter()
                    .any(|route| kestrun::has_error_response(&route.operation))
                {
                    schemas.push((kestrun::ERROR_SCHEMA, kestrun::error_schema()));
                }
            }
        }
        for (name, schema) in schemas {
            self.api.components.schemas.push((name.to_owned(), schema));
        }
    }

    fn emit(&self, emitter: &mut Emitter) -> Value {
        let api = &self.api;
        let mut root = Object::from([("openapi", emitter.version.number())]);
        root.insert("info", api.info.emit(emitter));
        if !api.servers.is_empty() {
            root.insert(
                "servers",
                Value::array(api.servers.iter().map(Server::emit)),
            );
        }
        root.insert("paths", self.emit_paths(emitter));
        root.insert_some("components", api.components.emit(emitter));
        if !api.security.is_empty() {
            root.insert(
                "security",
                Value::array(api.security.iter().map(Requirement::emit)),
            );
        }
        if !api.tags.is_empty() {
            root.insert(
                "tags",
                Value::array(api.tags.iter().map(|tag| tag.emit(emitter))),
            );
        }
        emit_extensions(&api.extensions, emitter, &mut root);
        root.into()
    }

    /// A path stands where its first operation was added.
    fn emit_paths(&self, emitter: &mut Emitter) -> Object {
        let mut items: Vec<(&str, Object)> = Vec::new();
        for Route {
            path,
            method,
            operation,
        } in &self.routes
        {
            let object = operation.emit(emitter);
            let position = items.iter().position(|(known, _)| known == path);
            let index = position.unwrap_or_else(|| {
                items.push((path, Object::new()));
                items.len() - 1
            });
            if let Some((_, item)) = items.get_mut(index) {
                if item.contains(method.key()) {
                    let name = format!("{} {path}", method.key());
                    emitter.fail(BuildError::Duplicate {
                        part: Part::Operation,
                        name,
                    });
                }
                item.insert(method.key(), object);
            }
        }
        items.into_iter().collect()
    }
}

fn routes(api: &Api) -> Vec<Route> {
    let mut routes = Vec::new();
    for entry in &api.entries {
        match (entry, api.dialect) {
            (
                Entry::Operation {
                    path,
                    method,
                    operation,
                },
                dialect,
            ) => {
                let operation = operation.as_ref().clone();
                let operation = match dialect {
                    Dialect::Standard => operation,
                    Dialect::Kestrun => kestrun::add_error_responses(operation),
                };
                routes.push(Route {
                    path: path.clone(),
                    method: *method,
                    operation,
                });
            }
            (Entry::Hub(hub), dialect) => {
                let (connect, negotiate) = match dialect {
                    Dialect::Standard => (hub.connect(&api.security), hub.negotiate()),
                    Dialect::Kestrun => (kestrun::connect(hub), kestrun::negotiate(hub)),
                };
                routes.push(Route {
                    path: hub.path.clone(),
                    method: Method::Get,
                    operation: connect,
                });
                routes.push(Route {
                    path: hub.negotiate_path(),
                    method: Method::Post,
                    operation: negotiate,
                });
            }
        }
    }
    routes
}
