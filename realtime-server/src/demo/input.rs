//! What requests carry, checked; what is wrong with it, said by name.

use serde::de::DeserializeOwned;

pub(super) use crate::endpoint::json_body::bad;
use crate::{
    endpoint::json_body,
    http::{Problem, Request, Status},
    hub::EncodeError,
};

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
    json_body::check_coding(request)?;
    if json_body::says_json(request) == Some(false) {
        return Err(Problem::new(Status::UNSUPPORTED_MEDIA_TYPE)
            .with_detail("the body must be application/json")
            .with_field("Content-Type"));
    }
    // Serde would take a list for a struct, member by member.
    if request.body.trim_ascii_start().first() != Some(&b'{') {
        return Err(bad("body", "the body must be a JSON object"));
    }
    json_body::parse(&request.body)
}
