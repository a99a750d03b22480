//! The header lines of a request.

use std::fmt;
use std::ops::Range;

use bytes::Bytes;

/// Header lines in the order in which they came; names are in lower case.
///
/// They stand in one buffer that holds the head and nothing else; a clone shares it.
#[derive(Clone, Default)]
pub struct Headers {
    head: Bytes,
    lines: Vec<Line>,
}

/// Where name and value stand in the head.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) name: Range<usize>,
    pub(crate) value: Range<usize>,
}

impl Headers {
    /// `lines` point into `head`, their names are in lower case there.
    pub(crate) fn new(head: Bytes, lines: Vec<Line>) -> Self {
        Self { head, lines }
    }

    fn part(&self, range: &Range<usize>) -> &[u8] {
        self.head.get(range.clone()).unwrap_or_default()
    }

    /// All lines, as name and value.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.lines
            .iter()
            .map(|line| (self.part(&line.name), self.part(&line.value)))
    }

    /// The values of all lines with this name, which is in lower case.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        debug_assert!(
            !name.contains(char::is_uppercase),
            "{name} is not in lower case"
        );
        self.iter()
            .filter_map(move |(key, value)| (key == name.as_bytes()).then_some(value))
    }

    /// The value of the first line with this name, which is in lower case.
    pub fn first(&self, name: &str) -> Option<&[u8]> {
        self.all(name).next()
    }

    /// As [`Headers::first`], if the value is UTF-8.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.first(name)
            .and_then(|value| str::from_utf8(value).ok())
    }

    /// The members of a list field: all its lines, split at commas, without blanks and empty
    /// members (RFC 9110 section 5.6.1.2). Commas in quoted strings split too: no list that this
    /// server acts on has them.
    pub fn members(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        self.all(name)
            .flat_map(|value| value.split(|&byte| byte == b','))
            .map(trim_blanks)
            .filter(|member| !member.is_empty())
    }

    /// Whether a list field has `token` as a whole member; the case does not matter.
    pub fn has_token(&self, name: &str, token: &str) -> bool {
        self.members(name)
            .any(|member| member.eq_ignore_ascii_case(token.as_bytes()))
    }
}

/// Removes SP and HTAB from both ends. `trim` of the standard library would remove more.
pub(super) fn trim_blanks(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}

impl fmt::Debug for Headers {
    /// Names only: values can be secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.iter().map(|(name, _)| String::from_utf8_lossy(name));
        f.debug_list().entries(names).finish()
    }
}
