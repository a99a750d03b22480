//! Responses.

use crate::emit::Emitter;
use crate::error::{BuildError, Part};
use crate::event_stream::EventStream;
use crate::header::Header;
use crate::media_type::{MediaType, emit_content};
use crate::value::Object;

/// A response, without its status.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    description: String,
    headers: Vec<(String, Header)>,
    pub(crate) content: Vec<MediaType>,
}

/// What a response is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Status {
    /// One status: 100 to 599.
    Code(u16),
    /// A hundred of them by the first digit: 1 to 5.
    Range(u16),
    /// All that are not said otherwise.
    Default,
}

impl Response {
    /// A response without a body.
    #[must_use]
    pub fn new(description: &str) -> Self {
        Self {
            description: description.to_owned(),
            headers: Vec::new(),
            content: Vec::new(),
        }
    }

    /// Adds a header. `Content-Type` is not one: the content says it.
    #[must_use]
    pub fn header(mut self, name: &str, header: Header) -> Self {
        self.headers.push((name.to_owned(), header));
        self
    }

    /// Adds a form that the body may have: a [`MediaType`] or an [`EventStream`].
    #[must_use]
    pub fn content(mut self, content: impl Into<MediaType>) -> Self {
        self.content.push(content.into());
        self
    }

    /// The stream of events in this response.
    pub(crate) fn stream(&self) -> Option<&EventStream> {
        self.content.iter().find_map(MediaType::stream)
    }

    pub(crate) fn emit(&self, emitter: &mut Emitter) -> Object {
        let mut response = Object::from([("description", &self.description)]);
        if !self.headers.is_empty() {
            let mut headers = Object::new();
            for (name, header) in &self.headers {
                emitter.field_name(Part::Header, name);
                let value = header.emit(emitter);
                emitter.insert_unique(&mut headers, Part::Header, name, value);
            }
            response.insert("headers", headers);
        }
        if !self.content.is_empty() {
            response.insert("content", emit_content(&self.content, emitter));
        }
        response
    }
}

impl Status {
    /// The key in the Responses Object.
    //= https://spec.openapis.org/oas/v3.2.0.html#responses-object
    //# Only the following range definitions are allowed: `1XX`, `2XX`, `3XX`, `4XX`, and `5XX`.
    pub(crate) fn key(self, emitter: &mut Emitter) -> String {
        match self {
            Self::Code(status @ 100..=599) => status.to_string(),
            Self::Range(digit @ 1..=5) => format!("{digit}XX"),
            Self::Default => "default".to_owned(),
            Self::Code(status) | Self::Range(status) => {
                emitter.fail(BuildError::InvalidStatus { status });
                status.to_string()
            }
        }
    }
}

impl From<u16> for Status {
    fn from(status: u16) -> Self {
        Self::Code(status)
    }
}
