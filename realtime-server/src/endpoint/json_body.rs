use serde::de::DeserializeOwned;

use crate::http::{Problem, Request, Status};

/// Objects and lists within each other.
const MAX_DEPTH: usize = 32;

/// How deep the text is nested, if it is JSON.
fn depth(text: &[u8]) -> usize {
    let (mut deepest, mut open, mut quoted) = (0_usize, 0_usize, false);
    let mut bytes = text.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            // What it escapes ends nothing.
            b'\\' if quoted => {
                bytes.next();
            }
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => {
                open += 1;
                deepest = deepest.max(open);
            }
            b'}' | b']' if !quoted => open = open.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

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

/// Refuses a body that has to be decoded first: a few bytes of it can stand for very many.
//= https://www.rfc-editor.org/rfc/rfc9110#section-8.4
//# An origin server MAY respond with a status code of 415 (Unsupported Media Type) if a
//# representation in the request message has a content coding that is not acceptable.
pub(crate) fn check_coding(request: &Request) -> Result<(), Problem> {
    let mut codings = request.head.headers.members("content-encoding");
    if codings.all(|coding| coding.eq_ignore_ascii_case(b"identity")) {
        return Ok(());
    }
    Err(Problem::new(Status::UNSUPPORTED_MEDIA_TYPE)
        .with_detail("the body must not be compressed")
        .with_field("Content-Encoding"))
}

/// Parses a body; what is wrong is said with the path of the member.
pub(crate) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    if depth(body) > MAX_DEPTH {
        let detail = format!("not nested more than {MAX_DEPTH} deep");
        return Err(bad("body", detail));
    }
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

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn what_is_nested_too_deep_is_not_parsed() {
        for (deep, taken) in [(1, true), (31, true), (32, true), (33, false)] {
            for (begin, end) in [("[", "]"), ("{\"a\":", "}")] {
                let text = begin.repeat(deep) + "0" + &end.repeat(deep);
                assert_eq!(parse::<Value>(text.as_bytes()).is_ok(), taken, "{text}");
            }
        }
        // Neither what is closed again counts, nor what is a text.
        let flat = format!("[{}\"\\\"{}\"]", "[],".repeat(100), "[".repeat(100));
        assert!(parse::<Value>(flat.as_bytes()).is_ok());
    }
}
