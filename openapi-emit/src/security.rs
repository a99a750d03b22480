//! How callers prove who they are.

use crate::emit::Emitter;
use crate::error::BuildError;
use crate::uri;
use crate::value::{Object, Value};

/// A security scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecurityScheme {
    kind: Kind,
    description: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Http {
        scheme: &'static str,
        bearer_format: Option<String>,
    },
    ApiKey {
        place: KeyPlace,
        name: String,
    },
    OpenIdConnect {
        url: String,
    },
}

/// Where an API key is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyPlace {
    /// In a query parameter.
    Query,
    /// In a header.
    Header,
    /// In a cookie.
    Cookie,
}

impl SecurityScheme {
    /// A bearer token in the `Authorization` header, RFC 6750. `format` is a hint such as `JWT`.
    #[must_use]
    pub fn bearer(format: &str) -> Self {
        Self::new(Kind::Http {
            scheme: "bearer",
            bearer_format: Some(format.to_owned()),
        })
    }

    /// User name and password in the `Authorization` header, RFC 7617.
    #[must_use]
    pub fn basic() -> Self {
        Self::new(Kind::Http {
            scheme: "basic",
            bearer_format: None,
        })
    }

    /// A key in the query, header or cookie of this name.
    #[must_use]
    pub fn api_key(place: KeyPlace, name: &str) -> Self {
        Self::new(Kind::ApiKey {
            place,
            name: name.to_owned(),
        })
    }

    /// `OpenID Connect`, by the address of its discovery document; it is absolute.
    #[must_use]
    pub fn open_id_connect(url: &str) -> Self {
        Self::new(Kind::OpenIdConnect {
            url: url.to_owned(),
        })
    }

    /// What callers should know.
    #[must_use]
    pub fn description(mut self, text: &str) -> Self {
        self.description = Some(text.to_owned());
        self
    }

    fn new(kind: Kind) -> Self {
        Self {
            kind,
            description: None,
        }
    }

    pub(crate) fn emit(&self, emitter: &mut Emitter) -> Object {
        self.emit_with("apiKey", emitter)
    }

    /// `AsyncAPI` has another name for a key that is sent by HTTP.
    pub(crate) fn emit_asyncapi(&self, emitter: &mut Emitter) -> Object {
        self.emit_with("httpApiKey", emitter)
    }

    fn emit_with(&self, api_key: &str, emitter: &mut Emitter) -> Object {
        let mut object = Object::new();
        match &self.kind {
            Kind::Http { .. } => object.insert("type", "http"),
            Kind::ApiKey { .. } => object.insert("type", api_key),
            Kind::OpenIdConnect { .. } => object.insert("type", "openIdConnect"),
        }
        object.insert_some("description", self.description.as_ref());
        match &self.kind {
            Kind::Http {
                scheme,
                bearer_format,
            } => {
                object.insert("scheme", *scheme);
                object.insert_some("bearerFormat", bearer_format.as_ref());
            }
            Kind::ApiKey { place, name } => {
                object.insert("name", name);
                object.insert("in", place.name());
            }
            Kind::OpenIdConnect { url } => {
                if !uri::is_absolute(url) {
                    let url = url.clone();
                    emitter.fail(BuildError::InvalidUrl { url });
                }
                object.insert("openIdConnectUrl", url);
            }
        }
        object
    }
}

impl KeyPlace {
    fn name(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Header => "header",
            Self::Cookie => "cookie",
        }
    }
}

/// One way to be let in; a list of them means any one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Requirement {
    Scheme { name: String, scopes: Vec<String> },
    Anonymous,
}

impl Requirement {
    pub(crate) fn scheme(name: &str, scopes: &[&str]) -> Self {
        Self::Scheme {
            name: name.to_owned(),
            scopes: scopes.iter().map(|&scope| scope.to_owned()).collect(),
        }
    }

    pub(crate) fn emit(&self) -> Object {
        match self {
            Self::Scheme { name, scopes } => Object::from([(name, Value::array(scopes))]),
            Self::Anonymous => Object::new(),
        }
    }
}
