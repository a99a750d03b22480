//! A description that was checked, and the documents it gives.

use crate::api::Api;
use crate::check;
use crate::emit::Emitter;
use crate::error::{BuildError, Part};
use crate::event_stream::{EVENT_SCHEMA, event_schema};
use crate::hub::{NEGOTIATE_SCHEMA, negotiate_schema};
use crate::kestrun;
use crate::operation::emit_extensions;
use crate::route::{Route, routes};
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
        let mut schemas = Vec::new();
        match self.api.dialect {
            Dialect::Standard => {
                if self.has_stream() {
                    schemas.push((EVENT_SCHEMA, event_schema()));
                }
                if self.api.hubs().any(|hub| hub.has_negotiate) {
                    schemas.push((NEGOTIATE_SCHEMA, negotiate_schema()));
                }
            }
            Dialect::Kestrun => {
                let mut operations = self.routes.iter().map(|route| &route.operation);
                if operations.any(kestrun::has_error_response) {
                    schemas.push((kestrun::ERROR_SCHEMA, kestrun::error_schema()));
                }
            }
        }
        for (name, schema) in schemas {
            self.api.components.schemas.push((name.to_owned(), schema));
        }
    }

    fn has_stream(&self) -> bool {
        let components = &self.api.components;
        self.routes.iter().any(|route| route.operation.has_stream())
            || components
                .responses
                .iter()
                .any(|(_, it)| it.stream().is_some())
            || components
                .request_bodies
                .iter()
                .any(|(_, it)| it.has_stream())
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
