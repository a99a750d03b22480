use core::time::Duration;

use memchr::memchr2;

/// A line with its end.
#[derive(Debug, Clone, Copy)]
pub(super) struct WholeLine<'a> {
    /// What stands before the line end.
    pub(super) bytes: &'a [u8],
    /// How long it is with the line end.
    pub(super) len: usize,
    /// Whether it ends with a CR at the end of the input, to which an LF may still come.
    pub(super) may_go_on: bool,
}

impl<'a> WholeLine<'a> {
    /// Finds the first line in `rest`, of which `searched` bytes are known to have no line end.
    pub(super) fn find(rest: &'a [u8], searched: usize) -> Option<Self> {
        if rest.first() == Some(&b'\n') {
            return Some(Self {
                bytes: &[],
                len: 1,
                may_go_on: false,
            });
        }
        //= https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
        //# with a U+000D CARRIAGE RETURN U+000A LINE FEED (CRLF) character pair, a single U+000A LINE
        //# FEED (LF) character not preceded by a U+000D CARRIAGE RETURN (CR) character, and a single
        //# U+000D CARRIAGE RETURN (CR) character not followed by a U+000A LINE FEED (LF) character
        //# being the ways in which a line can end.
        let at = searched + memchr2(b'\n', b'\r', rest.get(searched..)?)?;
        let (bytes, end) = rest.split_at_checked(at)?;
        let (end, may_go_on) = match end {
            [b'\r', b'\n', ..] => (2, false),
            // The line ends here and now: waiting for what follows could take for ever.
            [b'\r'] => (1, true),
            _ => (1, false),
        };
        Some(Self {
            bytes,
            len: at + end,
            may_go_on,
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
        } else if let Some(rest) = line.strip_prefix(b"retry") {
            (Name::Retry, rest)
        } else {
            let name = Name::Comment;
            return line.starts_with(b":").then_some(Self { name, value: 1 });
        };
        let before_value = match rest {
            //# Collect the characters on the line after the first U+003A COLON character (:), and
            //# let value be that string. If value starts with a U+0020 SPACE character, remove it
            //# from value.
            [b':', b' ', ..] => 2,
            [b':', ..] => 1,
            //# Process the field using the steps described below, using the whole line as the field
            //# name, and the empty string as the field value.
            [] => 0,
            _ => return None,
        };
        let value = line.len() - rest.len() + before_value;
        Some(Self { name, value })
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
