//! Types of requests, answers and hub messages as schemas, for documents about the server.

use openapi_emit::{MediaType, RequestBody, Response, Schema, TypeSchemas};
use schemars::JsonSchema;

use crate::http::Problem;

/// Makes schemas of Rust types and collects those with a name.
///
/// A type may be read and written; then both forms of it have to have the same schema, or two names
/// (`#[schemars(rename = "…")]`).
#[derive(Debug)]
pub struct Schemas {
    pub(crate) sent: TypeSchemas,
    pub(crate) received: TypeSchemas,
}

impl Schemas {
    /// The schema of what the server writes: answers, events, calls of clients.
    pub fn sent<T: JsonSchema>(&mut self) -> Schema {
        self.sent.schema::<T>()
    }

    /// The schema of what the server reads: bodies of requests, arguments of hub methods.
    pub fn received<T: JsonSchema>(&mut self) -> Schema {
        self.received.schema::<T>()
    }

    /// A request body of JSON.
    pub fn body<T: JsonSchema>(&mut self) -> RequestBody {
        RequestBody::new(MediaType::json(self.received::<T>()))
    }

    /// A response of JSON.
    pub fn json<T: JsonSchema>(&mut self, description: &str) -> Response {
        Response::new(description).content(MediaType::json(self.sent::<T>()))
    }

    /// A refusal by a [`Problem`].
    pub fn problem(&mut self, description: &str) -> Response {
        let schema = self.sent::<Problem>();
        Response::new(description).content(MediaType::of("application/problem+json", schema))
    }

    /// The schemas with a name, sorted; one that is read and written alike is there once.
    pub(crate) fn into_components(self) -> Vec<(String, Schema)> {
        let mut components: Vec<_> = self.sent.into_iter().collect();
        for received in self.received {
            if !components.contains(&received) {
                components.push(received);
            }
        }
        components.sort_by(|(one, _), (two, _)| one.cmp(two));
        components
    }
}

impl Default for Schemas {
    fn default() -> Self {
        Self {
            sent: TypeSchemas::sent(),
            received: TypeSchemas::received(),
        }
    }
}
