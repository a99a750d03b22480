//! Error answers as RFC 9457 problem details.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};

use super::{Response, Status};

/// An error answer, `application/problem+json`.
///
/// It never repeats what the client sent.
///
/// ```
/// use realtime_server::http::{Problem, Response, Status};
///
/// let problem = Problem::new(Status::UNPROCESSABLE_CONTENT)
///     .with_detail("must be a positive number")
///     .with_field("retry");
/// assert_eq!(Response::from(problem).status, Status::UNPROCESSABLE_CONTENT);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The status of the answer, repeated in the member `status`.
    pub status: Status,
    /// What kind of problem it is; the reason phrase unless set.
    pub title: Cow<'static, str>,
    /// What is wrong with this request.
    pub detail: Option<String>,
    /// The member of the input that is wrong; an extension member.
    pub field: Option<String>,
    /// More extension members (RFC 9457 section 3.2), in this order.
    pub members: Vec<(&'static str, String)>,
}

#[derive(Serialize)]
struct Document<'a> {
    title: &'a str,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    #[serde(flatten, serialize_with = "as_map")]
    members: &'a [(&'static str, String)],
}

fn as_map<S: Serializer>(members: &&[(&'static str, String)], to: S) -> Result<S::Ok, S::Error> {
    to.collect_map(members.iter().map(|(name, value)| (name, value)))
}

impl Problem {
    /// A problem that is said by its status.
    #[must_use]
    pub fn new(status: Status) -> Self {
        Self {
            status,
            title: Cow::Borrowed(status.reason()),
            detail: None,
            field: None,
            members: Vec::new(),
        }
    }

    /// Names the kind of problem.
    #[must_use]
    pub fn with_title(mut self, title: &'static str) -> Self {
        self.title = Cow::Borrowed(title);
        self
    }

    /// Says what is wrong with this request.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Names the member of the input that is wrong.
    #[must_use]
    pub fn with_field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Adds a member that clients of this route know.
    #[must_use]
    pub fn with_member(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.members.push((name, value.into()));
        self
    }
}

/// Of the document that it is sent as.
impl JsonSchema for Problem {
    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed("Problem")
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "description": "Why a request is refused (RFC 9457); there may be further members.",
            "required": ["title", "status"],
            "properties": {
                "title": {"type": "string", "description": "What kind of problem it is."},
                "status": {"type": "integer", "description": "The status of the response."},
                "detail": {"type": "string", "description": "What is wrong with this request."},
                "field": {"type": "string", "description": "The part of the input that is wrong."}
            }
        })
    }
}

impl From<Problem> for Response {
    fn from(problem: Problem) -> Self {
        let document = Document {
            title: &problem.title,
            status: problem.status.code(),
            detail: problem.detail.as_deref(),
            field: problem.field.as_deref(),
            members: &problem.members,
        };
        // Strings and a number cannot fail to serialize; an empty body is the honest rest.
        let body = serde_json::to_vec(&document).unwrap_or_default();
        Response::bytes(problem.status, "application/problem+json", body.into())
    }
}
