//! Headers of a response.

use crate::emit::Emitter;
use crate::schema::Schema;
use crate::value::Object;

/// A header of a response, without its name.
#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    schema: Schema,
    description: Option<String>,
    required: bool,
}

impl Header {
    /// A header whose value is of this schema.
    #[must_use]
    pub fn new(schema: Schema) -> Self {
        Self {
            schema,
            description: None,
            required: false,
        }
    }

    /// What the header tells.
    #[must_use]
    pub fn description(mut self, text: &str) -> Self {
        self.description = Some(text.to_owned());
        self
    }

    /// The response always has it.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    pub(crate) fn emit(&self, emitter: &mut Emitter) -> Object {
        let mut header = Object::new();
        header.insert_some("description", self.description.as_ref());
        header.insert_some("required", self.required.then_some(true));
        header.insert("schema", self.schema.emit(emitter));
        header
    }
}
