use core::fmt;

/// Text of which every byte was validated as UTF-8 when it arrived.
///
/// Whoever parses bytes (JSON, for one) takes [`as_bytes`](Self::as_bytes), which costs nothing.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Text<'a> {
    /// Valid UTF-8.
    bytes: &'a [u8],
}

impl<'a> Text<'a> {
    /// For bytes that a [`Reader`](crate::reader::Reader) validated.
    #[inline]
    pub(crate) fn validated(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// The text as bytes.
    #[must_use]
    #[inline]
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The text as a string. This reads it once more, because without unsafe code there is no
    /// other way to a `&str`.
    #[must_use]
    #[inline]
    #[expect(
        clippy::missing_panics_doc,
        reason = "the bytes are valid UTF-8 by construction"
    )]
    pub fn as_str(&self) -> &'a str {
        core::str::from_utf8(self.bytes).expect("validated when it arrived")
    }
}

impl<'a> From<&'a str> for Text<'a> {
    #[inline]
    fn from(text: &'a str) -> Self {
        Self {
            bytes: text.as_bytes(),
        }
    }
}

impl PartialEq<str> for Text<'_> {
    fn eq(&self, other: &str) -> bool {
        self.bytes == other.as_bytes()
    }
}

impl PartialEq<&str> for Text<'_> {
    fn eq(&self, other: &&str) -> bool {
        self.bytes == other.as_bytes()
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.as_str(), f)
    }
}
