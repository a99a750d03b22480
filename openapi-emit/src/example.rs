//! Examples of bodies.

use crate::emit::Emitter;
use crate::value::{Object, Value};
use crate::version::Version;

/// An example of a body, as data and as the text that is sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Example {
    pub(crate) name: String,
    summary: Option<String>,
    data: Value,
    serialized: Option<String>,
}

impl Example {
    /// An example by its data: of a stream, the array of its events.
    #[must_use]
    pub fn new(name: &str, data: impl Into<Value>) -> Self {
        Self {
            name: name.to_owned(),
            summary: None,
            data: data.into(),
            serialized: None,
        }
    }

    /// What the example shows.
    #[must_use]
    pub fn summary(mut self, text: &str) -> Self {
        self.summary = Some(text.to_owned());
        self
    }

    /// The same as it is sent. Streams need it: before 3.2 the text is all that can be shown.
    #[must_use]
    pub fn serialized(mut self, text: &str) -> Self {
        self.serialized = Some(text.to_owned());
        self
    }

    pub(crate) fn emit(&self, emitter: &Emitter) -> Object {
        self.emit_with(emitter, &self.data)
    }

    /// For a body whose schema, before 3.2, is that of its text.
    pub(crate) fn emit_wire_text(&self, emitter: &Emitter) -> Object {
        let text = self
            .serialized
            .as_ref()
            .map_or_else(|| self.data.clone(), Value::from);
        self.emit_with(emitter, &text)
    }

    //= https://spec.openapis.org/oas/v3.2.0.html#example-object
    //# An example of the data structure that MUST be valid according to the relevant Schema Object.
    fn emit_with(&self, emitter: &Emitter, value: &Value) -> Object {
        let mut object = Object::new();
        object.insert_some("summary", self.summary.as_ref());
        if emitter.version >= Version::V3_2 {
            object.insert("dataValue", &self.data);
            object.insert_some("serializedValue", self.serialized.as_ref());
        } else {
            object.insert("value", value);
        }
        object
    }
}
