use std::borrow::Cow;

use super::{Cookies, Denied};
use crate::http::Head;

/// The query member that carries a token where a browser cannot set a header.
//= https://www.rfc-editor.org/rfc/rfc6750#section-2.3
//# When sending the access token in the HTTP request URI, the client adds the access token to the
//# request URI query component
const QUERY: &str = "access_token";

/// What somebody shows, and where.
pub(super) struct Credential<'a> {
    pub(super) secret: Cow<'a, [u8]>,
    /// Whether the browser sent it by itself, whatever page made it.
    pub(super) is_ambient: bool,
}

/// What `head` shows: the header before the cookie before the query. A scheme that is none of ours,
/// and two tokens that differ, are no good.
pub(super) fn shown<'a>(
    head: &'a Head,
    cookie: Option<&str>,
    takes_query: bool,
) -> Result<Option<Credential<'a>>, Denied> {
    let header = match head.headers.first("authorization") {
        Some(field) => Some(bearer(field)?),
        None => None,
    };
    let query = if takes_query { query(head)? } else { None };
    if let (Some(header), Some(query)) = (header, &query)
        && *header != *query.as_bytes()
    {
        return Err(Denied::Unknown);
    }
    if let Some(secret) = header {
        return Ok(Some(Credential::deliberate(secret.into())));
    }
    let lines = head.headers.all("cookie");
    let baked = cookie.map_or(Ok(None), |name| Cookies::find(lines, name));
    if let Some(secret) = baked.map_err(|_unusable| Denied::Unknown)? {
        return Ok(Some(Credential {
            secret: secret.into(),
            is_ambient: true,
        }));
    }
    let query = query.map(|secret| Credential::deliberate(secret.into_owned().into_bytes().into()));
    Ok(query)
}

impl<'a> Credential<'a> {
    fn deliberate(secret: Cow<'a, [u8]>) -> Self {
        Self {
            secret,
            is_ambient: false,
        }
    }
}

fn query(head: &Head) -> Result<Option<Cow<'_, str>>, Denied> {
    let pairs = head.target.pairs();
    let mut tokens = pairs.filter(|(name, _)| name.eq_ignore_ascii_case(QUERY));
    match (tokens.next(), tokens.next()) {
        (Some(_), Some(_)) => Err(Denied::Unknown),
        (token, _) => Ok(token
            .map(|(_, token)| token)
            .filter(|token| !token.is_empty())),
    }
}

//= https://www.rfc-editor.org/rfc/rfc9110#section-11.1
//# It uses a case-insensitive token to identify the authentication scheme
fn bearer(field: &[u8]) -> Result<&[u8], Denied> {
    let end = field.iter().position(|byte| *byte == b' ');
    let (scheme, token) = field.split_at(end.unwrap_or(field.len()));
    if !scheme.eq_ignore_ascii_case(b"Bearer") {
        return Err(Denied::Unsupported);
    }
    match token.trim_ascii_start() {
        b"" => Err(Denied::Unknown),
        token => Ok(token),
    }
}
