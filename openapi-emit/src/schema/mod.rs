//! Schemas as callers write them: JSON Schema 2020-12.

mod draft_07;
mod form;
mod keyword;
mod lower;
mod openapi_30;

use crate::value::{Object, Value};

/// A schema, in the keywords of JSON Schema 2020-12 and in the order they were written.
///
/// A document of a version that has fewer keywords gets what that version can say; see
/// [the lowering rules](crate#what-a-version-lacks). References point into the document:
/// [`Schema::reference`] names a component.
#[derive(Clone, Debug, PartialEq)]
pub struct Schema(pub(crate) Value);

/// The value is neither an object nor a boolean, so it is no schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotASchema;

impl Schema {
    /// Every value.
    #[must_use]
    pub fn any() -> Self {
        Self::from(Object::new())
    }

    /// A string.
    #[must_use]
    pub fn string() -> Self {
        Self::of_type("string")
    }

    /// A number without a fraction.
    #[must_use]
    pub fn integer() -> Self {
        Self::of_type("integer")
    }

    /// A number.
    #[must_use]
    pub fn number() -> Self {
        Self::of_type("number")
    }

    /// `true` or `false`.
    #[must_use]
    pub fn boolean() -> Self {
        Self::of_type("boolean")
    }

    /// An array of `items`.
    #[must_use]
    pub fn array(items: Self) -> Self {
        Self::of_type("array").with("items", items)
    }

    /// An object; its members follow with [`property`](Self::property) and
    /// [`optional`](Self::optional).
    #[must_use]
    pub fn object() -> Self {
        Self::of_type("object")
    }

    /// The schema component of this name.
    #[must_use]
    pub fn reference(name: &str) -> Self {
        Self::from(Object::from([(
            "$ref",
            format!("#/components/schemas/{name}"),
        )]))
    }

    /// Exactly this value.
    #[must_use]
    pub fn constant(value: impl Into<Value>) -> Self {
        Self::from(Object::from([("const", value.into())]))
    }

    /// Exactly one of the schemas.
    #[must_use]
    pub fn one_of(schemas: impl IntoIterator<Item = Self>) -> Self {
        Self::from(Object::from([("oneOf", Value::array(schemas))]))
    }

    /// At least one of the schemas.
    #[must_use]
    pub fn any_of(schemas: impl IntoIterator<Item = Self>) -> Self {
        Self::from(Object::from([("anyOf", Value::array(schemas))]))
    }

    /// All of the schemas.
    #[must_use]
    pub fn all_of(schemas: impl IntoIterator<Item = Self>) -> Self {
        Self::from(Object::from([("allOf", Value::array(schemas))]))
    }

    /// Adds a member that must be present.
    #[must_use]
    pub fn property(self, name: &str, schema: Self) -> Self {
        let mut required = match self.keyword("required") {
            Some(Value::Array(names)) => names.clone(),
            _ => Vec::new(),
        };
        if !required
            .iter()
            .any(|present| present.as_str() == Some(name))
        {
            required.push(name.into());
        }
        self.with("required", required).optional(name, schema)
    }

    /// Adds a member that may be absent.
    #[must_use]
    pub fn optional(self, name: &str, schema: Self) -> Self {
        let mut properties = match self.keyword("properties") {
            Some(Value::Object(properties)) => properties.clone(),
            _ => Object::new(),
        };
        properties.insert(name, schema);
        self.with("properties", properties)
    }

    /// Allows `null` too.
    #[must_use]
    pub fn nullable(self) -> Self {
        let lists_values = self.keyword("enum").or(self.keyword("const")).is_some();
        match self.keyword("type") {
            Some(Value::String(name)) if !lists_values => {
                let types = Value::from([name.as_str(), "null"]);
                self.with("type", types)
            }
            _ => Self::any_of([self, Self::of_type("null")]),
        }
    }

    /// Sets `description`.
    #[must_use]
    pub fn description(self, text: &str) -> Self {
        self.with("description", text)
    }

    /// Sets any keyword; what it had before is replaced. Nothing happens to the schemas `true`
    /// and `false`.
    #[must_use]
    pub fn with(mut self, keyword: &str, value: impl Into<Value>) -> Self {
        if let Value::Object(keywords) = &mut self.0 {
            keywords.insert(keyword, value);
        }
        self
    }

    fn of_type(name: &str) -> Self {
        Self::from(Object::from([("type", name)]))
    }

    fn keyword(&self, name: &str) -> Option<&Value> {
        self.0.as_object()?.get(name)
    }
}

impl From<Object> for Schema {
    fn from(keywords: Object) -> Self {
        Self(Value::Object(keywords))
    }
}

impl TryFrom<Value> for Schema {
    type Error = NotASchema;

    fn try_from(value: Value) -> Result<Self, NotASchema> {
        match value {
            Value::Object(_) | Value::Bool(_) => Ok(Self(value)),
            _ => Err(NotASchema),
        }
    }
}

impl From<Schema> for Value {
    fn from(schema: Schema) -> Self {
        schema.0
    }
}

impl std::fmt::Display for NotASchema {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a schema is an object or a boolean")
    }
}

impl std::error::Error for NotASchema {}
