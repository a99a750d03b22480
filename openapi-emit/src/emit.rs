//! The state of one rendering.

use std::collections::BTreeSet;

use crate::error::{BuildError, Part};
use crate::pointer::{escape, resolves};
use crate::token;
use crate::uri;
use crate::value::{Object, Value};
use crate::version::{Dialect, Version};

/// What a schema is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SchemaForm {
    /// The Schema Object of `OpenAPI` 3.0.
    OpenApi30,
    /// JSON Schema 2020-12, of `OpenAPI` 3.1 and later; also what callers write.
    Draft202012,
    /// JSON Schema draft 07, of `AsyncAPI`.
    Draft07,
}

/// Renders for one version and dialect.
///
/// It notes every reference it writes and the first thing that must not be written, so that a
/// check cannot look at less than what is in the document.
#[derive(Debug)]
pub(crate) struct Emitter {
    pub(crate) version: Version,
    pub(crate) dialect: Dialect,
    pub(crate) form: SchemaForm,
    references: BTreeSet<String>,
    operation_ids: BTreeSet<String>,
    fault: Option<BuildError>,
}

impl Emitter {
    pub(crate) fn openapi(version: Version, dialect: Dialect) -> Self {
        let form = match version {
            Version::V3_0 => SchemaForm::OpenApi30,
            Version::V3_1 | Version::V3_2 => SchemaForm::Draft202012,
        };
        Self::new(version, dialect, form)
    }

    pub(crate) fn asyncapi() -> Self {
        // Nothing that 3.0 lacks is in there either, but for the schemas.
        Self::new(Version::V3_0, Dialect::Standard, SchemaForm::Draft07)
    }

    fn new(version: Version, dialect: Dialect, form: SchemaForm) -> Self {
        Self {
            version,
            dialect,
            form,
            references: BTreeSet::new(),
            operation_ids: BTreeSet::new(),
            fault: None,
        }
    }

    /// A Reference Object.
    pub(crate) fn reference(&mut self, pointer: String) -> Object {
        self.note(&pointer);
        Object::from([("$ref", Value::from(pointer))])
    }

    pub(crate) fn note(&mut self, pointer: &str) {
        self.references.insert(pointer.to_owned());
    }

    /// Inserts a member whose key the caller of the crate chose.
    pub(crate) fn insert_unique(
        &mut self,
        object: &mut Object,
        part: Part,
        key: &str,
        value: impl Into<Value>,
    ) {
        if object.contains(key) {
            self.fail(BuildError::Duplicate {
                part,
                name: key.to_owned(),
            });
        }
        object.insert(key, value);
    }

    //= https://spec.openapis.org/oas/v3.2.0.html#operation-object
    //# The id MUST be unique among all operations described in the API.
    pub(crate) fn operation_id(&mut self, id: &str) {
        if !self.operation_ids.insert(id.to_owned()) && self.dialect == Dialect::Standard {
            self.fail(BuildError::Duplicate {
                part: Part::OperationId,
                name: id.to_owned(),
            });
        }
    }

    /// An address as it can be written: `AsyncAPI` has no relative ones.
    pub(crate) fn url<'a>(&mut self, url: &'a str) -> Option<&'a str> {
        if !uri::is_reference(url) {
            let url = url.to_owned();
            self.fail(BuildError::InvalidUrl { url });
        }
        Some(url).filter(|url| self.form != SchemaForm::Draft07 || uri::is_absolute(url))
    }

    //= https://www.rfc-editor.org/rfc/rfc9110#section-5.1
    //# field-name = token
    pub(crate) fn field_name(&mut self, part: Part, name: &str) {
        if !token::is_token(name) {
            let name = name.to_owned();
            self.fail(BuildError::InvalidName { part, name });
        }
    }

    /// Keeps the first fault: the later ones may follow from it.
    pub(crate) fn fail(&mut self, fault: BuildError) {
        self.fault.get_or_insert(fault);
    }

    /// What was found in the document that was written.
    pub(crate) fn verdict(self, document: &Value) -> Result<(), BuildError> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        match self
            .references
            .into_iter()
            .find(|pointer| !resolves(pointer, document))
        {
            Some(pointer) => Err(BuildError::DanglingReference { pointer }),
            None => Ok(()),
        }
    }
}

/// Something said in place, or the name of a component.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum RefOr<T> {
    Inline(T),
    Component(String),
}

impl<T> RefOr<T> {
    pub(crate) fn emit(
        &self,
        emitter: &mut Emitter,
        section: &str,
        inline: impl FnOnce(&T, &mut Emitter) -> Object,
    ) -> Object {
        match self {
            Self::Inline(value) => inline(value, emitter),
            Self::Component(name) => {
                emitter.reference(format!("#/components/{section}/{}", escape(name)))
            }
        }
    }
}
