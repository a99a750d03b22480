use core::time::Duration;

use memchr::memchr2;

/// How long the longest field name is that counts.
pub(super) const LONGEST_NAME: usize = "event".len();

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
    #[expect(
        clippy::inline_always,
        reason = "a call for each line costs a tenth of the time"
    )]
    #[inline(always)]
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
        let bytes = rest.get(searched..)?;
        // Lines other than data are short as a rule.
        let is_short = searched == 0 && bytes.first() != Some(&b'd');
        let at = if is_short || bytes.len() < 32 {
            find_near_end(bytes)
        } else {
            memchr2(b'\n', b'\r', bytes)
        };
        let at = searched + at?;
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

/// Where the first CR or LF is in bytes that are likely to have one soon, or are few: some words are
/// looked at faster than `memchr2` is called.
#[expect(
    clippy::inline_always,
    reason = "a call for each line costs a tenth of the time"
)]
#[inline(always)]
fn find_near_end(bytes: &[u8]) -> Option<usize> {
    let mut start = 0;
    while let Some(word) = bytes.get(start..).and_then(<[u8]>::first_chunk) {
        let ends = ends_in(u64::from_le_bytes(*word));
        if ends != 0 {
            return Some(start + usize::try_from(ends.trailing_zeros() / 8).ok()?);
        }
        start += word.len();
        if start == 24 {
            break;
        }
    }
    let rest = bytes.get(start..)?;
    let at = if rest.len() < 8 {
        rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'))
    } else {
        memchr2(b'\n', b'\r', rest)
    };
    Some(start + at?)
}

/// The highest bit of each byte that is a CR or LF; of bytes above the first such one, perhaps too.
const fn ends_in(word: u64) -> u64 {
    const ONES: u64 = u64::from_ne_bytes([0x01; 8]);
    const HIGHS: u64 = u64::from_ne_bytes([0x80; 8]);
    let lf = word ^ u64::from_ne_bytes([b'\n'; 8]);
    let cr = word ^ u64::from_ne_bytes([b'\r'; 8]);
    (lf.wrapping_sub(ONES) & !lf | cr.wrapping_sub(ONES) & !cr) & HIGHS
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
    #[expect(
        clippy::inline_always,
        reason = "a call for each line costs a tenth of the time"
    )]
    #[inline(always)]
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
        let name: &[u8] = match start.first() {
            None => return true,
            Some(b'd') => b"data",
            Some(b'e') => b"event",
            Some(b'i') => b"id",
            Some(b'r') => b"retry",
            Some(_) => return false,
        };
        name.starts_with(start)
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
