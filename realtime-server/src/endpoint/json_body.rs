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
        // A dot or a question mark stands for what is outside of any member that is known.
        let member = path.trim_end_matches(['.', '?']);
        let field = if member.is_empty() { "body" } else { member };
        bad(field, error.inner().to_string())
    })?;
    source
        .end()
        .map_err(|error| bad("body", error.to_string()))?;
    Ok(value)
}
