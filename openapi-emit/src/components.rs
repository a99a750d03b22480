//! What is said once and referred to.

use crate::emit::Emitter;
use crate::error::{BuildError, Part};
use crate::parameter::Parameter;
use crate::request_body::RequestBody;
use crate::response::Response;
use crate::schema::Schema;
use crate::security::SecurityScheme;
use crate::value::{Object, Value};

#[derive(Clone, Debug, Default)]
pub(crate) struct Components {
    pub(crate) schemas: Vec<(String, Schema)>,
    pub(crate) responses: Vec<(String, Response)>,
    pub(crate) parameters: Vec<(String, Parameter)>,
    pub(crate) request_bodies: Vec<(String, RequestBody)>,
    pub(crate) security_schemes: Vec<(String, SecurityScheme)>,
}

impl Components {
    pub(crate) fn emit(&self, emitter: &mut Emitter) -> Option<Object> {
        let sections = [
            ("schemas", section(&self.schemas, emitter, Schema::emit)),
            (
                "responses",
                section(&self.responses, emitter, Response::emit),
            ),
            (
                "parameters",
                section(&self.parameters, emitter, Parameter::emit),
            ),
            (
                "requestBodies",
                section(&self.request_bodies, emitter, RequestBody::emit),
            ),
            (
                "securitySchemes",
                section(&self.security_schemes, emitter, SecurityScheme::emit),
            ),
        ];
        Some(
            sections
                .into_iter()
                .filter(|(_, section)| !section.is_empty())
                .collect(),
        )
        .filter(|components: &Object| !components.is_empty())
    }

    /// What `AsyncAPI` shares with `OpenAPI`.
    pub(crate) fn emit_asyncapi(&self, emitter: &mut Emitter) -> Option<Object> {
        let sections = [
            ("schemas", section(&self.schemas, emitter, Schema::emit)),
            (
                "securitySchemes",
                section(
                    &self.security_schemes,
                    emitter,
                    SecurityScheme::emit_asyncapi,
                ),
            ),
        ];
        Some(
            sections
                .into_iter()
                .filter(|(_, section)| !section.is_empty())
                .collect(),
        )
        .filter(|components: &Object| !components.is_empty())
    }
}

/// The same thing may be added twice under its name; two different things may not.
fn section<T: PartialEq, V: Into<Value>>(
    named: &[(String, T)],
    emitter: &mut Emitter,
    emit: impl Fn(&T, &mut Emitter) -> V,
) -> Object {
    let mut section = Object::new();
    for (index, (name, component)) in named.iter().enumerate() {
        if !is_component_name(name) {
            emitter.fail(BuildError::InvalidName {
                part: Part::Component,
                name: name.clone(),
            });
        }
        match named
            .iter()
            .take(index)
            .find(|(earlier, _)| earlier == name)
        {
            Some((_, earlier)) if earlier == component => {}
            Some(_) => {
                emitter.fail(BuildError::Duplicate {
                    part: Part::Component,
                    name: name.clone(),
                });
            }
            None => section.insert(name, emit(component, emitter)),
        }
    }
    section
}

//= https://spec.openapis.org/oas/v3.2.0.html#components-object
//# All the fixed fields declared above are objects that MUST use keys that match the regular expression: `^[a-zA-Z0-9\.\-_]+$`.
pub(crate) fn is_component_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte))
}
