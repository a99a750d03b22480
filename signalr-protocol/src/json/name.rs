//! The names of a message's properties.

use super::{Malformed, Scanner};

/// A property that some message has.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Name {
    Type,
    Headers,
    InvocationId,
    Target,
    Arguments,
    StreamIds,
    Item,
    Result,
    Error,
    AllowReconnect,
    SequenceId,
}

impl Name {
    /// Reads a name and its colon; `None` if no message has such a property.
    #[inline]
    pub(crate) fn read(scanner: &mut Scanner<'_>) -> Result<Option<Self>, Malformed> {
        if let Some((name, len)) = Self::guess(scanner.rest()) {
            scanner.skip(len);
            return Ok(Some(name));
        }
        Self::read_any(scanner)
    }

    #[cold]
    fn read_any(scanner: &mut Scanner<'_>) -> Result<Option<Self>, Malformed> {
        let name = scanner.name()?;
        // Half a surrogate pair is in no name that is known.
        Ok(Self::from_text(&name.unescape().unwrap_or_default()))
    }

    /// The name that follows, as it is spelled without white space and escapes, and how long that
    /// is. To compare with what it can be is cheaper than to look for the end of the name.
    #[inline]
    fn guess(text: &[u8]) -> Option<(Self, usize)> {
        macro_rules! first_of {
            ($($spelling:literal => $name:ident),+) => {
                $(if text.starts_with($spelling) {
                    Some((Self::$name, $spelling.len()))
                } else)+ {
                    None
                }
            };
        }
        match text.get(1)? {
            b't' => first_of!(b"\"type\":" => Type, b"\"target\":" => Target),
            b'a' => {
                first_of!(b"\"arguments\":" => Arguments, b"\"allowReconnect\":" => AllowReconnect)
            }
            b'i' => first_of!(b"\"invocationId\":" => InvocationId, b"\"item\":" => Item),
            b'r' => first_of!(b"\"result\":" => Result),
            b's' => first_of!(b"\"streamIds\":" => StreamIds, b"\"sequenceId\":" => SequenceId),
            b'e' => first_of!(b"\"error\":" => Error),
            b'h' => first_of!(b"\"headers\":" => Headers),
            _ => None,
        }
    }

    fn from_text(name: &str) -> Option<Self> {
        Some(match name {
            "type" => Self::Type,
            "headers" => Self::Headers,
            "invocationId" => Self::InvocationId,
            "target" => Self::Target,
            "arguments" => Self::Arguments,
            "streamIds" => Self::StreamIds,
            "item" => Self::Item,
            "result" => Self::Result,
            "error" => Self::Error,
            "allowReconnect" => Self::AllowReconnect,
            "sequenceId" => Self::SequenceId,
            _ => return None,
        })
    }
}
