//! Request targets.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use percent_encoding::percent_decode;

use super::host;
use super::log_target::ForLog;
use super::refusal::Refusal;
use super::{Method, Scheme};

/// A request target: `/path?query`, `http://authority/path?query`, or `*`.
///
/// Its parts are kept as they were sent: decoding is for who needs it.
#[derive(Clone, PartialEq, Eq)]
pub struct Target {
    raw: Box<str>,
    scheme: Option<Scheme>,
    authority: Option<Range<usize>>,
    path: Range<usize>,
    query: Option<Range<usize>>,
}

impl Target {
    /// Checks a target.
    pub(crate) fn parse(raw: &str, method: Method) -> Result<Self, Refusal> {
        //= https://www.rfc-editor.org/rfc/rfc9112#section-3.2.4
        //# The asterisk-form of request-target is only used for a server-wide OPTIONS request.
        if raw == "*" && method == Method::Options {
            return Ok(Self {
                raw: raw.into(),
                scheme: None,
                authority: None,
                path: 0..1,
                query: None,
            });
        }
        let (scheme, authority) = match raw.split_once("://") {
            _ if raw.starts_with('/') => (None, None),
            Some((scheme, rest)) => {
                let known = Scheme::parse(scheme).ok_or(Refusal::Target)?;
                let start = scheme.len() + "://".len();
                let length = authority_length(rest)?;
                (Some(known), Some(start..start + length))
            }
            None => return Err(Refusal::Target),
        };
        let path_start = authority.as_ref().map_or(0, |range| range.end);
        let after = raw.get(path_start..).unwrap_or_default();
        let (path, query) = match after.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (after, None),
        };
        if !is_path(path.as_bytes()) || !query.is_none_or(|query| is_query(query.as_bytes())) {
            return Err(Refusal::Target);
        }
        let path_end = path_start + path.len();
        Ok(Self {
            raw: raw.into(),
            scheme,
            authority,
            path: path_start..path_end,
            query: query.map(|_| path_end + 1..raw.len()),
        })
    }

    fn part(&self, range: &Range<usize>) -> &str {
        self.raw.get(range.clone()).unwrap_or_default()
    }

    /// The whole target as it was sent.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// The target without what can be a secret.
    pub(crate) fn for_log(&self) -> ForLog<'_> {
        ForLog::new(self)
    }

    /// The scheme of an absolute-form target.
    pub(crate) fn scheme(&self) -> Option<Scheme> {
        self.scheme
    }

    /// The authority of an absolute-form target.
    pub(crate) fn authority(&self) -> Option<&str> {
        self.authority.as_ref().map(|range| self.part(range))
    }

    /// The path as it was sent; it begins with `/`, or is `*`.
    #[must_use]
    pub fn path(&self) -> &str {
        match self.part(&self.path) {
            //= https://www.rfc-editor.org/rfc/rfc9110#section-4.2.3
            //# an empty path component is equivalent to an absolute path of "/"
            "" => "/",
            path => path,
        }
    }

    /// The query as it was sent, without its `?`.
    #[must_use]
    pub fn query(&self) -> Option<&str> {
        self.query.as_ref().map(|range| self.part(range))
    }

    /// The names and values of the query, decoded as a form: `%XX`, and `+` for a space. What is
    /// no UTF-8 becomes U+FFFD; a member without `=` has an empty value.
    pub fn pairs(&self) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
        self.query()
            .unwrap_or_default()
            .split('&')
            .filter(|member| !member.is_empty())
            .map(|member| {
                let (name, value) = member.split_once('=').unwrap_or((member, ""));
                (decode(name), decode(value))
            })
    }

    /// The first value with this name. Names compare without ASCII case once they are decoded, as
    /// in ASP.NET, whose clients connect to us.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<Cow<'_, str>> {
        self.pairs()
            .find_map(|(key, value)| key.eq_ignore_ascii_case(name).then_some(value))
    }
}

/// How long the authority is that `rest` begins with, if it is one.
fn authority_length(rest: &str) -> Result<usize, Refusal> {
    let length = rest.find(['/', '?']).unwrap_or(rest.len());
    let authority = rest.get(..length).unwrap_or_default();
    //= https://www.rfc-editor.org/rfc/rfc9110#section-4.2.1
    //# A recipient that processes such a URI reference MUST reject it as invalid.
    if !host::is_authority(authority.as_bytes()) {
        return Err(Refusal::Target);
    }
    Ok(length)
}

/// RFC 3986 section 3.3: `pchar` and `/`; every `%` begins an octet.
fn is_path(mut path: &[u8]) -> bool {
    loop {
        path = match path {
            [] => return true,
            [b'%', a, b, rest @ ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => rest,
            [byte, rest @ ..] if host::is_name_byte(*byte) || b":@/".contains(byte) => rest,
            _ => return false,
        };
    }
}

/// What browsers send in a query: all that is visible, except what they always encode.
fn is_query(query: &[u8]) -> bool {
    query
        .iter()
        .all(|byte| byte.is_ascii_graphic() && !b"\"#<>".contains(byte))
}

fn decode(text: &str) -> Cow<'_, str> {
    let spaced = if text.contains('+') {
        Cow::Owned(text.replace('+', " "))
    } else {
        Cow::Borrowed(text)
    };
    if !spaced.contains('%') {
        return spaced;
    }
    Cow::Owned(
        percent_decode(spaced.as_bytes())
            .decode_utf8_lossy()
            .into_owned(),
    )
}

impl fmt::Debug for Target {
    /// Without the query: it can hold an access token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Target").field(&self.path()).finish()
    }
}
