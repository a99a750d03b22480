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
        if let Some((name, spelling)) = Self::guess(scanner.rest()) {
            if scanner.pass(spelling) {
                return Ok(Some(name));
            }
        }
        let name = scanner.name()?;
        // Half a surrogate pair is in no name that is known.
        Ok(Self::from_text(&name.unescape().unwrap_or_default()))
    }

    /// The only name that may follow, and how it is spelled without white space and escapes. To
    /// compare that is cheaper than to look for the end of the name.
    fn guess(text: &[u8]) -> Option<(Self, &'static [u8])> {
        Some(match text {
            [b'"', b't', b'y', ..] => (Self::Type, b"\"type\":"),
            [b'"', b't', ..] => (Self::Target, b"\"target\":"),
            [b'"', b'a', b'r', ..] => (Self::Arguments, b"\"arguments\":"),
            [b'"', b'a', ..] => (Self::AllowReconnect, b"\"allowReconnect\":"),
            [b'"', b'i', b'n', ..] => (Self::InvocationId, b"\"invocationId\":"),
            [b'"', b'i', ..] => (Self::Item, b"\"item\":"),
            [b'"', b'r', ..] => (Self::Result, b"\"result\":"),
            [b'"', b'e', ..] => (Self::Error, b"\"error\":"),
            [b'"', b'h', ..] => (Self::Headers, b"\"headers\":"),
            [b'"', b's', b't', ..] => (Self::StreamIds, b"\"streamIds\":"),
            [b'"', b's', ..] => (Self::SequenceId, b"\"sequenceId\":"),
            _ => return None,
        })
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
