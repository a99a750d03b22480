//! Where an API is served.

use crate::value::{Object, Value};

/// A base address, with variables in braces: `https://{region}.example.com`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    pub(crate) url: String,
    pub(crate) description: Option<String>,
    pub(crate) variables: Vec<Variable>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Variable {
    pub(crate) name: String,
    pub(crate) default: String,
    pub(crate) choices: Vec<String>,
}

impl Server {
    /// A server by its address, absolute or relative to where the document was found.
    #[must_use]
    pub fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            description: None,
            variables: Vec::new(),
        }
    }

    /// What this server is for.
    #[must_use]
    pub fn description(mut self, text: &str) -> Self {
        self.description = Some(text.to_owned());
        self
    }

    /// A variable of the address. `choices` are its permitted values; empty means any.
    #[must_use]
    pub fn variable(mut self, name: &str, default: &str, choices: &[&str]) -> Self {
        self.variables.push(Variable {
            name: name.to_owned(),
            default: default.to_owned(),
            choices: distinct(choices),
        });
        self
    }

    pub(crate) fn emit(&self) -> Object {
        let mut server = Object::from([("url", &self.url)]);
        server.insert_some("description", self.description.as_ref());
        server.insert_some("variables", self.emit_variables());
        server
    }

    /// The variables, in the shape that `OpenAPI` and `AsyncAPI` share.
    pub(crate) fn emit_variables(&self) -> Option<Object> {
        let variables: Object = self
            .variables
            .iter()
            .map(|variable| {
                let mut object = Object::new();
                if !variable.choices.is_empty() {
                    object.insert("enum", Value::array(&variable.choices));
                }
                object.insert("default", &variable.default);
                (variable.name.as_str(), object)
            })
            .collect();
        Some(variables).filter(|variables| !variables.is_empty())
    }
}

fn distinct(texts: &[&str]) -> Vec<String> {
    let mut distinct: Vec<String> = Vec::new();
    for text in texts {
        if !distinct.iter().any(|known| known == text) {
            distinct.push((*text).to_owned());
        }
    }
    distinct
}
