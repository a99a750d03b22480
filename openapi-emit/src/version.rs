//! What a document can be written for.

/// A version of the `OpenAPI` Specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Version {
    /// 3.0.4: schemas are a subset of an old JSON Schema draft, streams are text.
    V3_0,
    /// 3.1.2: schemas are JSON Schema 2020-12, streams are text.
    V3_1,
    /// 3.2.0: a stream has a schema for its items.
    V3_2,
}

impl Version {
    /// Every version, oldest first.
    pub const ALL: [Self; 3] = [Self::V3_0, Self::V3_1, Self::V3_2];

    /// The value of the document's `openapi` field.
    #[must_use]
    pub fn number(self) -> &'static str {
        match self {
            Self::V3_0 => "3.0.4",
            Self::V3_1 => "3.1.2",
            Self::V3_2 => "3.2.0",
        }
    }
}

/// Whose habits a document follows where the specification leaves a choice, or is not followed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dialect {
    /// The specification's own shapes.
    #[default]
    Standard,
    /// The documents of the Kestrun server, for clients that were made from them.
    ///
    /// - The item of a stream is described by the payload of its events alone, and by nothing
    ///   else: no schema of the text, no examples.
    /// - The operations of a hub have no ids, fixed responses without content, and none of the
    ///   parameters of SignalR.
    /// - Operations get the responses 400, 422, 415 and 406 that the framework can give.
    /// - `"null"` stands first in a list of types, `required` in a schema.
    /// - [`Api::build`](crate::Api::build) lets operation ids repeat.
    Kestrun,
}
