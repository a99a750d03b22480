//! What a request carries beside its body.

use crate::emit::Emitter;
use crate::error::Part;
use crate::schema::Schema;
use crate::value::{Object, Value};

/// A parameter of an operation.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    pub(crate) name: String,
    pub(crate) place: Place,
    pub(crate) description: Option<String>,
    required: bool,
    deprecated: bool,
    pub(crate) schema: Schema,
    example: Option<Value>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Path,
    Query,
    Header,
    Cookie,
}

impl Parameter {
    /// A part of the path, in braces there.
    #[must_use]
    pub fn path(name: &str, schema: Schema) -> Self {
        Self::new(name, Place::Path, schema)
    }

    /// A parameter of the query.
    #[must_use]
    pub fn query(name: &str, schema: Schema) -> Self {
        Self::new(name, Place::Query, schema)
    }

    /// A header of the request. Readers ignore `Accept`, `Content-Type` and `Authorization` here.
    #[must_use]
    pub fn header(name: &str, schema: Schema) -> Self {
        Self::new(name, Place::Header, schema)
    }

    /// A cookie.
    #[must_use]
    pub fn cookie(name: &str, schema: Schema) -> Self {
        Self::new(name, Place::Cookie, schema)
    }

    /// What the parameter means.
    #[must_use]
    pub fn description(mut self, text: &str) -> Self {
        self.description = Some(text.to_owned());
        self
    }

    /// The request is refused without it. Parts of the path always are required.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Callers should stop sending it.
    #[must_use]
    pub fn deprecated(mut self) -> Self {
        self.deprecated = true;
        self
    }

    /// A value it may have.
    #[must_use]
    pub fn example(mut self, value: impl Into<Value>) -> Self {
        self.example = Some(value.into());
        self
    }

    fn new(name: &str, place: Place, schema: Schema) -> Self {
        Self {
            name: name.to_owned(),
            place,
            description: None,
            //= https://spec.openapis.org/oas/v3.2.0.html#parameter-object
            //# If the parameter location is `"path"`, this field is **REQUIRED** and its value MUST be `true`.
            required: place == Place::Path,
            deprecated: false,
            schema,
            example: None,
        }
    }

    pub(crate) fn emit(&self, emitter: &mut Emitter) -> Object {
        if self.place == Place::Header {
            emitter.field_name(Part::Parameter, &self.name);
        }
        let mut parameter = Object::from([("name", &self.name)]);
        parameter.insert("in", self.place.name());
        parameter.insert_some("description", self.description.as_ref());
        parameter.insert_some("required", self.required.then_some(true));
        parameter.insert_some("deprecated", self.deprecated.then_some(true));
        parameter.insert("schema", self.schema.emit(emitter));
        parameter.insert_some("example", self.example.as_ref());
        parameter
    }
}

impl Place {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Cookie => "cookie",
        }
    }
}
