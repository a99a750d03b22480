//! Bodies by media type.

use crate::emit::Emitter;
use crate::error::{BuildError, Part};
use crate::event_stream::EventStream;
use crate::example::Example;
use crate::schema::Schema;
use crate::token::is_media_range;
use crate::value::Object;
use crate::version::{Dialect, Version};

/// One form that a body may have.
#[derive(Clone, Debug, PartialEq)]
pub struct MediaType {
    pub(crate) name: String,
    body: Body,
    examples: Vec<Example>,
}

#[derive(Clone, Debug, PartialEq)]
enum Body {
    Opaque,
    Schema(Schema),
    Events(EventStream),
}

impl MediaType {
    /// `application/json`.
    #[must_use]
    pub fn json(schema: Schema) -> Self {
        Self::of("application/json", schema)
    }

    /// A media type with a schema for the complete body.
    #[must_use]
    pub fn of(name: &str, schema: Schema) -> Self {
        Self::new(name, Body::Schema(schema))
    }

    /// A media type of which no more is said, such as an image.
    #[must_use]
    pub fn opaque(name: &str) -> Self {
        Self::new(name, Body::Opaque)
    }

    /// Adds an example.
    #[must_use]
    pub fn example(mut self, example: Example) -> Self {
        self.examples.push(example);
        self
    }

    fn new(name: &str, body: Body) -> Self {
        Self {
            name: name.to_owned(),
            body,
            examples: Vec::new(),
        }
    }

    pub(crate) fn stream(&self) -> Option<&EventStream> {
        match &self.body {
            Body::Events(stream) => Some(stream),
            Body::Opaque | Body::Schema(_) => None,
        }
    }

    fn emit(&self, emitter: &mut Emitter) -> Object {
        let mut object = Object::new();
        match &self.body {
            Body::Opaque => self.emit_examples(emitter, Example::emit, &mut object),
            Body::Schema(schema) => {
                object.insert("schema", schema.emit(emitter));
                self.emit_examples(emitter, Example::emit, &mut object);
            }
            Body::Events(stream) => self.emit_stream(stream, emitter, &mut object),
        }
        object
    }

    //= https://spec.openapis.org/oas/v3.2.0.html#streaming-sequential-media-types
    //# `itemSchema` MUST be applied to each item in the stream independently
    fn emit_stream(&self, stream: &EventStream, emitter: &mut Emitter, object: &mut Object) {
        let item = stream.emit_item(emitter);
        if emitter.version >= Version::V3_2 {
            object.insert("itemSchema", item);
        } else {
            if emitter.dialect == Dialect::Standard {
                object.insert("schema", Schema::string().emit(emitter));
            }
            object.insert("x-oai-itemSchema", item);
        }
        if emitter.dialect == Dialect::Standard {
            self.emit_examples(emitter, Example::emit_events, object);
        }
    }

    fn emit_examples(
        &self,
        emitter: &mut Emitter,
        emit: impl Fn(&Example, &Emitter) -> Object,
        object: &mut Object,
    ) {
        if self.examples.is_empty() {
            return;
        }
        let mut examples = Object::new();
        for example in &self.examples {
            let value = emit(example, emitter);
            emitter.insert_unique(&mut examples, Part::Example, &example.name, value);
        }
        object.insert("examples", examples);
    }
}

impl From<EventStream> for MediaType {
    fn from(stream: EventStream) -> Self {
        Self::new("text/event-stream", Body::Events(stream))
    }
}

/// The `content` of a request or response.
pub(crate) fn emit_content(content: &[MediaType], emitter: &mut Emitter) -> Object {
    let mut object = Object::new();
    for media_type in content {
        if !is_media_range(&media_type.name) {
            emitter.fail(BuildError::InvalidName {
                part: Part::MediaType,
                name: media_type.name.clone(),
            });
        }
        let value = media_type.emit(emitter);
        emitter.insert_unique(&mut object, Part::MediaType, &media_type.name, value);
    }
    object
}
