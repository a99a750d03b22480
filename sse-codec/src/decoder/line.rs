use core::time::Duration;

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
    ///
    //= https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
    //# Field names must be compared literally, with no case folding performed.
    ///
    /// So the first letter decides which name it can be, and nothing need look for the colon.
    pub(super) fn parse(line: &[u8]) -> Option<Self> {
        let (name, rest) = match line.first()? {
            b'd' => (Name::Data, line.strip_prefix(b"data")?),
            b'e' => (Name::Event, line.strip_prefix(b"event")?),
            b'i' => (Name::Id, line.strip_prefix(b"id")?),
            b'r' => (Name::Retry, line.strip_prefix(b"retry")?),
            b':' => {
                return Some(Self {
                    name: Name::Comment,
                    known_after: 1,
                    value: 1,
                });
            }
            _ => return None,
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
