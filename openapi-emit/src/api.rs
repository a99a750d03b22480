//! The description of an API, before it is checked.

use crate::components::Components;
use crate::document::Document;
use crate::error::BuildError;
use crate::hub::Hub;
use crate::info::{Info, License};
use crate::method::Method;
use crate::operation::Operation;
use crate::parameter::Parameter;
use crate::request_body::RequestBody;
use crate::response::Response;
use crate::schema::Schema;
use crate::security::{Requirement, SecurityScheme};
use crate::server::Server;
use crate::tag::Tag;
use crate::value::Value;
use crate::version::Dialect;

/// An API: what it offers, in the order it is said here.
#[derive(Clone, Debug)]
pub struct Api {
    pub(crate) info: Info,
    pub(crate) dialect: Dialect,
    pub(crate) servers: Vec<Server>,
    pub(crate) tags: Vec<Tag>,
    pub(crate) security: Vec<Requirement>,
    pub(crate) entries: Vec<Entry>,
    pub(crate) components: Components,
    pub(crate) extensions: Vec<(String, Value)>,
}

#[derive(Clone, Debug)]
pub(crate) enum Entry {
    Operation {
        path: String,
        method: Method,
        operation: Box<Operation>,
    },
    Hub(Box<Hub>),
}

impl Api {
    /// An API that offers nothing yet. `version` is that of the API, not of the specification.
    #[must_use]
    pub fn new(title: &str, version: &str) -> Self {
        Self {
            info: Info {
                title: title.to_owned(),
                version: version.to_owned(),
                summary: None,
                description: None,
                license: None,
                contact: None,
            },
            dialect: Dialect::Standard,
            servers: Vec::new(),
            tags: Vec::new(),
            security: Vec::new(),
            entries: Vec::new(),
            components: Components::default(),
            extensions: Vec::new(),
        }
    }

    /// What the API is for, in a few words. Of 3.1; in 3.0 it is the description if there is no
    /// other.
    #[must_use]
    pub fn summary(mut self, text: &str) -> Self {
        self.info.summary = Some(text.to_owned());
        self
    }

    /// What the API is for, in full; `CommonMark`.
    #[must_use]
    pub fn description(mut self, text: &str) -> Self {
        self.info.description = Some(text.to_owned());
        self
    }

    /// The licence of the API.
    #[must_use]
    pub fn license(mut self, license: License) -> Self {
        self.info.license = Some(license);
        self
    }

    /// Whom to ask, and where.
    #[must_use]
    pub fn contact(mut self, name: &str, url: &str) -> Self {
        self.info.contact = Some((name.to_owned(), url.to_owned()));
        self
    }

    /// Chooses whose habits the `OpenAPI` documents follow.
    #[must_use]
    pub fn dialect(mut self, dialect: Dialect) -> Self {
        self.dialect = dialect;
        self
    }

    /// Adds a base address.
    #[must_use]
    pub fn server(mut self, server: Server) -> Self {
        self.servers.push(server);
        self
    }

    /// Declares a tag.
    #[must_use]
    pub fn tag(mut self, tag: Tag) -> Self {
        self.tags.push(tag);
        self
    }

    /// Adds a way to be let in that counts for every operation that does not say its own.
    #[must_use]
    pub fn security(mut self, scheme: &str, scopes: &[&str]) -> Self {
        self.security.push(Requirement::scheme(scheme, scopes));
        self
    }

    /// Adds an operation.
    #[must_use]
    pub fn operation(mut self, method: Method, path: &str, operation: Operation) -> Self {
        let path = path.to_owned();
        self.entries.push(Entry::Operation {
            path,
            method,
            operation: Box::new(operation),
        });
        self
    }

    /// Adds a hub.
    #[must_use]
    pub fn hub(mut self, hub: Hub) -> Self {
        self.entries.push(Entry::Hub(Box::new(hub)));
        self
    }

    /// Adds a schema to the components.
    #[must_use]
    pub fn schema(mut self, name: &str, schema: Schema) -> Self {
        self.components.schemas.push((name.to_owned(), schema));
        self
    }

    /// Adds several schemas to the components.
    #[must_use]
    pub fn schemas(mut self, schemas: impl IntoIterator<Item = (String, Schema)>) -> Self {
        self.components.schemas.extend(schemas);
        self
    }

    /// Adds a response to the components.
    #[must_use]
    pub fn response(mut self, name: &str, response: Response) -> Self {
        self.components.responses.push((name.to_owned(), response));
        self
    }

    /// Adds a parameter to the components.
    #[must_use]
    pub fn parameter(mut self, name: &str, parameter: Parameter) -> Self {
        self.components
            .parameters
            .push((name.to_owned(), parameter));
        self
    }

    /// Adds a request body to the components.
    #[must_use]
    pub fn request_body(mut self, name: &str, body: RequestBody) -> Self {
        self.components.request_bodies.push((name.to_owned(), body));
        self
    }

    /// Adds a security scheme to the components.
    #[must_use]
    pub fn security_scheme(mut self, name: &str, scheme: SecurityScheme) -> Self {
        self.components
            .security_schemes
            .push((name.to_owned(), scheme));
        self
    }

    /// Adds a field of your own to the root; its name begins with `x-`.
    #[must_use]
    pub fn extension(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.extensions.push((name.to_owned(), value.into()));
        self
    }

    pub(crate) fn hubs(&self) -> impl Iterator<Item = &Hub> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Hub(hub) => Some(hub.as_ref()),
            Entry::Operation { .. } => None,
        })
    }

    /// Checks the description; only what passes can be written.
    ///
    /// # Errors
    /// The first thing that would make a document invalid or point at nothing, in any version.
    pub fn build(self) -> Result<Document, BuildError> {
        Document::new(self)
    }
}
