//! The header field `Cookie`.

use std::{error::Error, fmt};

/// Names and values of one `Cookie` line, as they were sent, in one pass.
///
/// ```
/// use realtime_server::auth::Cookies;
///
/// let pairs: Vec<_> = Cookies::new(b"a=1; session=\"x\"").collect();
/// assert_eq!(pairs, [(&b"a"[..], &b"1"[..]), (b"session", b"x")]);
/// ```
#[derive(Clone)]
pub struct Cookies<'a> {
    rest: &'a [u8],
}

/// Why no cookie is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CookieError {
    /// There are more than [`MOST`](Cookies::MOST).
    TooMany,
    /// Two have the name and different values: one of them may be set by somebody else.
    Ambiguous,
}

impl<'a> Cookies<'a> {
    /// The most cookies of a request that are looked at.
    //= https://www.rfc-editor.org/rfc/rfc6265#section-6.1
    //# At least 50 cookies per domain.
    pub const MOST: usize = 100;

    /// The cookies of `line`, the value of one field.
    #[must_use]
    pub fn new(line: &'a [u8]) -> Self {
        Self { rest: line }
    }

    /// The value of the cookie `name` in all `lines`. Names are told apart by case.
    ///
    /// # Errors
    /// When there are too many, or two that differ.
    pub fn find(
        lines: impl IntoIterator<Item = &'a [u8]>,
        name: &str,
    ) -> Result<Option<&'a [u8]>, CookieError> {
        let mut found = None;
        let all = lines.into_iter().flat_map(Self::new);
        for (count, (key, value)) in all.enumerate() {
            if count >= Self::MOST {
                return Err(CookieError::TooMany);
            }
            if key == name.as_bytes() && found.replace(value).is_some_and(|known| known != value) {
                return Err(CookieError::Ambiguous);
            }
        }
        Ok(found)
    }
}

impl<'a> Iterator for Cookies<'a> {
    type Item = (&'a [u8], &'a [u8]);

    //= https://www.rfc-editor.org/rfc/rfc6265#section-4.2.1
    //# cookie-string = cookie-pair *( ";" SP cookie-pair )
    fn next(&mut self) -> Option<Self::Item> {
        while !self.rest.is_empty() {
            let (pair, rest) = split(self.rest, b';').unwrap_or((self.rest, b""));
            self.rest = rest;
            // What has no `=` is no pair.
            if let Some((name, value)) = split(pair, b'=') {
                return Some((name.trim_ascii(), unquoted(value.trim_ascii())));
            }
        }
        None
    }
}

fn split(text: &[u8], at: u8) -> Option<(&[u8], &[u8])> {
    let place = memchr::memchr(at, text)?;
    Some((text.get(..place)?, text.get(place + 1..)?))
}

//= https://www.rfc-editor.org/rfc/rfc6265#section-4.1.1
//# cookie-value = *cookie-octet / ( DQUOTE *cookie-octet DQUOTE )
fn unquoted(value: &[u8]) -> &[u8] {
    match value {
        [b'"', inner @ .., b'"'] => inner,
        value => value,
    }
}

impl fmt::Debug for Cookies<'_> {
    /// Without names and values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cookies").finish_non_exhaustive()
    }
}

impl fmt::Display for CookieError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooMany => "there are too many cookies",
            Self::Ambiguous => "two cookies have this name",
        })
    }
}

impl Error for CookieError {}
