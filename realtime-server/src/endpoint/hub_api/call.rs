use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    endpoint::json_body::{self, bad},
    http::{Problem, Request, Status},
    hub::Any,
};

/// What is to be called on clients.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "HubCall")]
pub(super) struct Call {
    #[schemars(length(min = 1))]
    pub(super) target: String,
    /// Written for clients of every protocol.
    #[serde(default)]
    #[schemars(with = "Vec<serde_json::Value>")]
    pub(super) arguments: Vec<Any>,
}

impl Call {
    pub(super) fn read(request: &Request) -> Result<Self, Problem> {
        json_body::check_coding(request)?;
        if json_body::says_json(request) != Some(true) {
            return Err(Problem::new(Status::UNSUPPORTED_MEDIA_TYPE)
                .with_detail("the body must be application/json")
                .with_field("Content-Type"));
        }
        // Serde would take a list for a struct, member by member.
        if request.body.trim_ascii_start().first() != Some(&b'{') {
            return Err(bad("body", "the body must be a JSON object"));
        }
        let call: Self = json_body::parse(&request.body)?;
        if call.target.is_empty() {
            return Err(bad("target", "target must not be empty"));
        }
        Ok(call)
    }
}
