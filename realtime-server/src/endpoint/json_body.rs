use serde::de::DeserializeOwned;

use crate::http::{Problem, Request, Status};

/// A refusal that names the member of the input that is wrong.
pub(crate) fn bad(field: &str, detail: impl Into<String>) -> Problem {
    Problem::new(Status::BAD_REQUEST)
        .with_detail(detail)
        .with_field(field)
}

/// Whether a request says that its body is JSON; `None` where it says nothing.
pub(crate) fn says_json(request: &Request) -> Option<bool> {
    let media_type = request.header("content-type")?;
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    Some(
        essence.eq_ignore_ascii_case("application/json")
            || essence.to_ascii_lowercase().ends_with("+json"),
    )
}

/// Parses a body; what is wrong is said with the path of the member.
pub(crate) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let mut source = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut source).map_err(|error| {
        let path = error.path().to_string();
        // The path of an error outside of any member is a dot.
        let field = if path == "." { "body" } else { &path };
        bad(field, error.inner().to_string())
    })?;
    source
        .end()
        .map_err(|error| bad("body", error.to_string()))?;
    Ok(value)
}
