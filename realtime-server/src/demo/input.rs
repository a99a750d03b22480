//! What requests carry, checked; what is wrong with it, said by name.

use serde::de::DeserializeOwned;

use crate::{
    http::{Problem, Request, Status},
    hub::EncodeError,
};

/// A refusal that names the member of the input that is wrong.
pub(super) fn bad(field: &str, detail: impl Into<String>) -> Problem {
    Problem::new(Status::BAD_REQUEST)
        .with_detail(detail)
        .with_field(field)
}

/// The answer where a message of our own cannot be written.
#[expect(clippy::needless_pass_by_value, reason = "made for `map_err`")]
pub(super) fn unsent(error: EncodeError) -> Problem {
    tracing::error!(%error, "a message cannot be written");
    Problem::new(Status::INTERNAL_SERVER_ERROR)
}

/// The query member `name` as a whole number: `default` where it is absent or not positive, as in
/// the model; refused where it is no whole number or above `most`.
pub(super) fn positive(
    request: &Request,
    name: &str,
    default: u64,
    most: u64,
) -> Result<u64, Problem> {
    let Some(text) = request.query(name) else {
        return Ok(default);
    };
    let number: i64 = text
        .trim()
        .parse()
        .map_err(|_| bad(name, format!("{name} must be a whole number")))?;
    match u64::try_from(number) {
        Ok(number) if number > most => Err(bad(name, format!("{name} must not be above {most}"))),
        Ok(number) if number > 0 => Ok(number),
        _ => Ok(default),
    }
}

/// The path parameter `name`, of at most `most` bytes.
pub(super) fn name<'a>(request: &'a Request, name: &str, most: usize) -> Result<&'a str, Problem> {
    match request.param(name) {
        Some(text) if text.len() <= most => Ok(text),
        Some(_) => Err(bad(
            name,
            format!("{name} must not be longer than {most} bytes"),
        )),
        None => Err(bad(name, format!("{name} is required"))),
    }
}

/// The body as JSON; no body at all is the default.
pub(super) fn json<T: DeserializeOwned + Default>(request: &Request) -> Result<T, Problem> {
    if request.body.is_empty() {
        return Ok(T::default());
    }
    if let Some(media_type) = request.header("content-type") {
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        let is_json = essence.eq_ignore_ascii_case("application/json")
            || essence.to_ascii_lowercase().ends_with("+json");
        if !is_json {
            return Err(Problem::new(Status::UNSUPPORTED_MEDIA_TYPE)
                .with_detail("the body must be application/json")
                .with_field("Content-Type"));
        }
    }
    // Serde would take a list for a struct, member by member.
    if request.body.trim_ascii_start().first() != Some(&b'{') {
        return Err(bad("body", "the body must be a JSON object"));
    }
    let mut source = serde_json::Deserializer::from_slice(&request.body);
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
