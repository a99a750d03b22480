//! Examples of bodies.

use crate::emit::Emitter;
use crate::event_stream::wire_text;
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

    /// The same as it is sent. For a stream it is made from the data, if it is not given.
    #[must_use]
    pub fn serialized(mut self, text: &str) -> Self {
        self.serialized = Some(text.to_owned());
        self
    }

    pub(crate) fn emit(&self, emitter: &Emitter) -> Object {
        self.emit_with(emitter, self.serialized.as_deref(), &self.data)
    }

    /// Of a stream, whose schema before 3.2 is that of its text.
    pub(crate) fn emit_events(&self, emitter: &Emitter) -> Object {
        let text = self
            .serialized
            .clone()
            .unwrap_or_else(|| wire_text(&self.data));
        self.emit_with(emitter, Some(&text), &Value::from(text.as_str()))
    }

    //= https://spec.openapis.org/oas/v3.2.0.html#example-object
    //# An example of the data structure that MUST be valid according to the relevant Schema Object.
    fn emit_with(&self, emitter: &Emitter, serialized: Option<&str>, value: &Value) -> Object {
        let mut object = Object::new();
        object.insert_some("summary", self.summary.as_ref());
        if emitter.version >= Version::V3_2 {
            object.insert("dataValue", &self.data);
            object.insert_some("serializedValue", serialized);
        } else {
            object.insert("value", value);
        }
        object
    }
}
