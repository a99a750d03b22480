//! What can be done at a path.

use crate::emit::{Emitter, RefOr};
use crate::error::{BuildError, Part};
use crate::parameter::Parameter;
use crate::request_body::RequestBody;
use crate::response::{Response, Status};
use crate::security::Requirement;
use crate::value::{Object, Value};

/// What a request with one method at one path does.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    pub(crate) id: Option<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) summary: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) parameters: Vec<RefOr<Parameter>>,
    pub(crate) body: Option<RefOr<RequestBody>>,
    pub(crate) responses: Vec<(Status, RefOr<Response>)>,
    pub(crate) security: Option<Vec<Requirement>>,
    deprecated: bool,
    extensions: Vec<(String, Value)>,
}

impl Operation {
    /// An operation; `id` is unique in the document, and generated clients call it by that name.
    #[must_use]
    pub fn new(id: &str) -> Self {
        Self {
            id: Some(id.to_owned()),
            ..Self::unnamed()
        }
    }

    pub(crate) fn unnamed() -> Self {
        Self {
            id: None,
            tags: Vec::new(),
            summary: None,
            description: None,
            parameters: Vec::new(),
            body: None,
            responses: Vec::new(),
            security: None,
            deprecated: false,
            extensions: Vec::new(),
        }
    }

    /// Adds the name of a tag.
    #[must_use]
    pub fn tag(mut self, name: &str) -> Self {
        self.tags.push(name.to_owned());
        self
    }

    /// What it does, in a few words.
    #[must_use]
    pub fn summary(mut self, text: &str) -> Self {
        self.summary = Some(text.to_owned());
        self
    }

    /// What it does, in full; `CommonMark`.
    #[must_use]
    pub fn description(mut self, text: &str) -> Self {
        self.description = Some(text.to_owned());
        self
    }

    /// Adds a parameter.
    #[must_use]
    pub fn parameter(mut self, parameter: Parameter) -> Self {
        self.parameters.push(RefOr::Inline(parameter));
        self
    }

    /// Adds a parameter by its component.
    #[must_use]
    pub fn parameter_ref(mut self, component: &str) -> Self {
        self.parameters.push(RefOr::Component(component.to_owned()));
        self
    }

    /// Sets the body of the request.
    #[must_use]
    pub fn body(mut self, body: RequestBody) -> Self {
        self.body = Some(RefOr::Inline(body));
        self
    }

    /// Sets the body of the request by its component.
    #[must_use]
    pub fn body_ref(mut self, component: &str) -> Self {
        self.body = Some(RefOr::Component(component.to_owned()));
        self
    }

    /// Adds a response. A `u16` is a [`Status`].
    #[must_use]
    pub fn response(mut self, status: impl Into<Status>, response: Response) -> Self {
        self.responses
            .push((status.into(), RefOr::Inline(response)));
        self
    }

    /// Adds a response by its component.
    #[must_use]
    pub fn response_ref(mut self, status: impl Into<Status>, component: &str) -> Self {
        self.responses
            .push((status.into(), RefOr::Component(component.to_owned())));
        self
    }

    /// Adds a way to be let in; what the whole API asks for no longer counts here. `scopes` are
    /// for schemes that have them.
    #[must_use]
    pub fn security(mut self, scheme: &str, scopes: &[&str]) -> Self {
        self.security
            .get_or_insert_default()
            .push(Requirement::scheme(scheme, scopes));
        self
    }

    /// Lets callers in without proof, too.
    #[must_use]
    pub fn anonymous(mut self) -> Self {
        self.security
            .get_or_insert_default()
            .push(Requirement::Anonymous);
        self
    }

    /// Callers should stop using it.
    #[must_use]
    pub fn deprecated(mut self) -> Self {
        self.deprecated = true;
        self
    }

    /// Adds a field of your own; its name begins with `x-`, but not with the reserved `x-oai-`
    /// and `x-oas-`.
    #[must_use]
    pub fn extension(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.extensions.push((name.to_owned(), value.into()));
        self
    }

    /// Whether there is a stream of events in what is said here in place.
    pub(crate) fn has_stream(&self) -> bool {
        let in_body = match &self.body {
            Some(RefOr::Inline(body)) => body.has_stream(),
            Some(RefOr::Component(_)) | None => false,
        };
        in_body
            || self.responses.iter().any(|(_, response)| match response {
                RefOr::Inline(response) => response.stream().is_some(),
                RefOr::Component(_) => false,
            })
    }

    pub(crate) fn emit(&self, emitter: &mut Emitter) -> Object {
        let mut operation = Object::new();
        if !self.tags.is_empty() {
            operation.insert("tags", Value::array(&self.tags));
        }
        operation.insert_some("summary", self.summary.as_ref());
        operation.insert_some("description", self.description.as_ref());
        if let Some(id) = &self.id {
            emitter.operation_id(id);
            operation.insert("operationId", id);
        }
        if !self.parameters.is_empty() {
            operation.insert(
                "parameters",
                Value::array(
                    self.parameters
                        .iter()
                        .map(|parameter| parameter.emit(emitter, "parameters", Parameter::emit)),
                ),
            );
        }
        if let Some(body) = &self.body {
            operation.insert(
                "requestBody",
                body.emit(emitter, "requestBodies", RequestBody::emit),
            );
        }
        operation.insert("responses", self.emit_responses(emitter));
        operation.insert_some("deprecated", self.deprecated.then_some(true));
        if let Some(security) = &self.security {
            let security = security.iter().map(Requirement::emit).collect::<Value>();
            operation.insert("security", security);
        }
        emit_extensions(&self.extensions, emitter, &mut operation);
        operation
    }

    //= https://spec.openapis.org/oas/v3.2.0.html#responses-object
    //# The Responses Object MUST contain at least one response code
    fn emit_responses(&self, emitter: &mut Emitter) -> Object {
        if self.responses.is_empty() {
            let operation = self.id.clone().unwrap_or_default();
            emitter.fail(BuildError::NoResponses { operation });
        }
        let mut responses = Object::new();
        for (status, response) in &self.responses {
            let key = status.key(emitter);
            let response = response.emit(emitter, "responses", Response::emit);
            emitter.insert_unique(&mut responses, Part::Response, &key, response);
        }
        responses
    }
}

//= https://spec.openapis.org/oas/v3.2.0.html#specification-extensions
//# The field name MUST begin with `x-`
pub(crate) fn emit_extensions(
    extensions: &[(String, Value)],
    emitter: &mut Emitter,
    object: &mut Object,
) {
    for (name, value) in extensions {
        let reserved = ["x-oai-", "x-oas-"]
            .iter()
            .any(|prefix| name.starts_with(prefix));
        if !name.starts_with("x-") || reserved {
            emitter.fail(BuildError::InvalidName {
                part: Part::Extension,
                name: name.clone(),
            });
        }
        emitter.insert_unique(object, Part::Extension, name, value);
    }
}
