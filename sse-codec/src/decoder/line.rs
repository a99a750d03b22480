use core::time::Duration;

use memchr::memchr2;

/// Where a line ends and the next one starts, counted from the line's start.
#[derive(Debug, Clone, Copy)]
pub(super) struct LineEnd {
    pub(super) at: usize,
    pub(super) next: usize,
    /// Whether it is a CR at the end of the input, to which an LF may still come.
    pub(super) is_open: bool,
}

impl LineEnd {
    /// Finds the first line end in `rest`, of which `searched` bytes are known to have none.
    pub(super) fn find(rest: &[u8], searched: usize) -> Option<Self> {
        if rest.first() == Some(&b'\n') {
            return Some(Self {
                at: 0,
                next: 1,
                is_open: false,
            });
        }
        //= https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
        //# with a U+000D CARRIAGE RETURN U+000A LINE FEED (CRLF) character pair, a single U+000A LINE
        //# FEED (LF) character not preceded by a U+000D CARRIAGE RETURN (CR) character, and a single
        //# U+000D CARRIAGE RETURN (CR) character not followed by a U+000A LINE FEED (LF) character
        //# being the ways in which a line can end.
        let at = searched + memchr2(b'\n', b'\r', rest.get(searched..)?)?;
        let (len, is_open) = match rest.get(at..)? {
            [b'\r', b'\n', ..] => (2, false),
            // The line ends here and now: waiting for what follows could take for ever.
            [b'\r'] => (1, true),
            _ => (1, false),
        };
        Some(Self {
            at,
            next: at + len,
            is_open,
        })
    }
}

/// What a line that is not ignored means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Name {
    Data,
    Event,
    Id,
    Retry,
    Comment,
}

/// A line whose name is known, cut into its parts by offsets.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    pub(super) name: Name,
    /// How many bytes it took to know the name: the colon's end, or the line's without one.
    pub(super) known_after: usize,
    /// Where the value starts.
    pub(super) value: usize,
}

impl Line {
    /// Takes a line apart; `None` for a field that is ignored.
    pub(super) fn parse(line: &[u8]) -> Option<Self> {
        //= https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
        //# Field names must be compared literally, with no case folding performed.
        // So the four names can be tried at the start of the line; a search for the colon would go
        // through all of a line that is ignored.
        let (name, rest) = if let Some(rest) = line.strip_prefix(b"data") {
            (Name::Data, rest)
        } else if let Some(rest) = line.strip_prefix(b"event") {
            (Name::Event, rest)
        } else if let Some(rest) = line.strip_prefix(b"id") {
            (Name::Id, rest)
        } else if line.first() == Some(&b':') {
            return Some(Self {
                name: Name::Comment,
                known_after: 1,
                value: 1,
            });
        } else {
            (Name::Retry, line.strip_prefix(b"retry")?)
        };
        let before = line.len() - rest.len();
        match rest {
            //# Collect the characters on the line after the first U+003A COLON character (:), and
            //# let value be that string. If value starts with a U+0020 SPACE character, remove it
            //# from value.
            [b':', b' ', ..] => Some(Self {
                name,
                known_after: before + 1,
                value: before + 2,
            }),
            [b':', ..] => Some(Self {
                name,
                known_after: before + 1,
                value: before + 1,
            }),
            //# Process the field using the steps described below, using the whole line as the field
            //# name, and the empty string as the field value.
            [] => Some(Self {
                name,
                known_after: before,
                value: before,
            }),
            _ => None,
        }
    }

    /// Whether this beginning of a line, up to all of it, can still become any field that counts.
    pub(super) fn name_is_open(start: &[u8]) -> bool {
        [&b"data"[..], b"event", b"id", b"retry"]
            .iter()
            .any(|name| name.starts_with(start))
    }
}

/// The value of a `retry` field, in milliseconds; `None` if the field is ignored.
///
/// A value without digits is ignored, which the standard leaves open, and one above the largest
/// integer counts as that.
pub(super) fn retry(value: &[u8]) -> Option<Duration> {
    //= https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
    //# If the field value consists of only ASCII digits, then interpret the field value as an
    //# integer in base ten, and set the event stream's reconnection time to that integer. Otherwise,
    //# ignore the field.
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let millis = value.iter().fold(0_u64, |millis, digit| {
        millis
            .saturating_mul(10)
            .saturating_add(u64::from(digit - b'0'))
    });
    Some(Duration::from_millis(millis))
}
