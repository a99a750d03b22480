//! Header values that cannot forge a line.

use std::borrow::Cow;
use std::fmt;

/// A header value of ours that holds no control character except HTAB.
///
/// That is checked when it is made, so a response cannot be split by its values.
///
/// ```
/// use realtime_server::http::HeaderValue;
///
/// assert!(HeaderValue::try_from("a\r\nSet-Cookie: b").is_err());
/// assert_eq!(HeaderValue::from_static("no-store").as_str(), "no-store");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderValue(Cow<'static, str>);

impl HeaderValue {
    /// Makes a value of a literal.
    ///
    /// # Panics
    ///
    /// If `value` holds a control character; in a `const`, when it is compiled.
    #[must_use]
    pub const fn from_static(value: &'static str) -> Self {
        assert!(
            first_control(value.as_bytes()).is_none(),
            "a header value holds a control character"
        );
        Self(Cow::Borrowed(value))
    }

    /// The value as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

//= https://www.rfc-editor.org/rfc/rfc9110#section-5.5
//# Field values containing CR, LF, or NUL characters are invalid and dangerous
const fn first_control(value: &[u8]) -> Option<usize> {
    let mut rest = value;
    while let [byte, tail @ ..] = rest {
        if (*byte < 0x20 && *byte != b'\t') || *byte == 0x7f {
            return Some(value.len() - rest.len());
        }
        rest = tail;
    }
    None
}

impl TryFrom<String> for HeaderValue {
    type Error = InvalidHeaderValue;

    fn try_from(value: String) -> Result<Self, InvalidHeaderValue> {
        match first_control(value.as_bytes()) {
            Some(at) => Err(InvalidHeaderValue { at }),
            None => Ok(Self(Cow::Owned(value))),
        }
    }
}

impl TryFrom<&str> for HeaderValue {
    type Error = InvalidHeaderValue;

    fn try_from(value: &str) -> Result<Self, InvalidHeaderValue> {
        value.to_owned().try_into()
    }
}

impl From<u64> for HeaderValue {
    fn from(value: u64) -> Self {
        Self(Cow::Owned(value.to_string()))
    }
}

/// A text that cannot be a header value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidHeaderValue {
    /// Where the first control character stands, in bytes.
    pub at: usize,
}

impl fmt::Display for InvalidHeaderValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "control character at byte {} of a header value", self.at)
    }
}

impl std::error::Error for InvalidHeaderValue {}
