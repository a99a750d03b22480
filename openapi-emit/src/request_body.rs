//! Bodies of requests.

use crate::emit::Emitter;
use crate::media_type::{MediaType, emit_content};
use crate::value::Object;

/// The body of a request, which must be sent unless it is said to be [`optional`](Self::optional).
#[derive(Clone, Debug, PartialEq)]
pub struct RequestBody {
    content: Vec<MediaType>,
    description: Option<String>,
    required: bool,
}

impl RequestBody {
    /// A body of one media type.
    #[must_use]
    pub fn new(content: impl Into<MediaType>) -> Self {
        Self {
            content: vec![content.into()],
            description: None,
            required: true,
        }
    }

    /// Adds another media type.
    #[must_use]
    pub fn content(mut self, content: impl Into<MediaType>) -> Self {
        self.content.push(content.into());
        self
    }

    /// What the body is for.
    #[must_use]
    pub fn description(mut self, text: &str) -> Self {
        self.description = Some(text.to_owned());
        self
    }

    /// The request may come without it.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    pub(crate) fn has_stream(&self) -> bool {
        self.content
            .iter()
            .any(|media_type| media_type.stream().is_some())
    }

    pub(crate) fn emit(&self, emitter: &mut Emitter) -> Object {
        let mut body = Object::new();
        body.insert_some("description", self.description.as_ref());
        body.insert("content", emit_content(&self.content, emitter));
        body.insert_some("required", self.required.then_some(true));
        body
    }
}
