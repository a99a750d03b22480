use crate::http::{Method, Request, date};

/// What tells one state of a resource from another.
#[derive(Clone, Debug)]
pub(super) struct Validators {
    /// A strong entity tag, in its quotes.
    pub(super) tag: String,
    /// When it was changed, in seconds since 1970.
    pub(super) modified: Option<u64>,
}

/// What the conditions of a request come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is answered as if there were none.
    Met,
    /// The client has the present state.
    Known,
    /// The client wants another state than the present one, or nothing.
    Failed,
}

impl Validators {
    /// Evaluates all conditions but `If-Range`, for a request that reads.
    //= https://www.rfc-editor.org/rfc/rfc9110#section-13.2.2
    //# a recipient cache or origin server MUST evaluate the request preconditions defined by this
    //# specification in the following order
    pub(super) fn judge(&self, request: &Request) -> Verdict {
        let headers = &request.head.headers;
        let met = match headers.first("if-match") {
            //= https://www.rfc-editor.org/rfc/rfc9110#section-13.1.1
            //# An origin server MUST use the strong comparison function when comparing entity tags
            //# for If-Match
            Some(_) => self.is_listed(request, "if-match", |tag| tag),
            None => self.is_after(request, "if-unmodified-since") != Some(true),
        };
        if !met {
            return Verdict::Failed;
        }
        let known = match headers.first("if-none-match") {
            //= https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2
            //# A recipient MUST use the weak comparison function when comparing entity tags for
            //# If-None-Match
            Some(_) => self.is_listed(request, "if-none-match", |tag| {
                tag.strip_prefix(b"W/").unwrap_or(tag)
            }),
            //= https://www.rfc-editor.org/rfc/rfc9110#section-13.1.3
            //# A recipient MUST ignore If-Modified-Since if the request contains an If-None-Match
            //# header field
            None => self.is_after(request, "if-modified-since") == Some(false),
        };
        if known { Verdict::Known } else { Verdict::Met }
    }

    /// Whether a field stands for the present state, by its tag or as `*`.
    fn is_listed(&self, request: &Request, name: &str, bare: fn(&[u8]) -> &[u8]) -> bool {
        let mut tags = request.head.headers.members(name).map(bare);
        tags.any(|tag| tag == b"*" || tag == self.tag.as_bytes())
    }

    /// Whether the last change came after the time in a field, if both are known.
    fn is_after(&self, request: &Request, name: &str) -> Option<bool> {
        let time = date::parse(request.header(name)?)?;
        Some(self.modified? > time)
    }

    /// Whether a part is asked for, of what the client has of the present state.
    //= https://www.rfc-editor.org/rfc/rfc9110#section-14.2
    //# A server MUST ignore a Range header field received with a request method that is unrecognized
    //# or for which range handling is not defined. For this specification, GET is the only method
    //# for which range handling is defined.
    fn admit_range(&self, request: &Request) -> bool {
        if request.method() != Method::Get {
            return false;
        }
        match request.header("if-range") {
            None => true,
            Some(tag) if tag.starts_with('"') => tag == self.tag,
            // A date is exact or nothing: a file can change twice in a second.
            Some(time) => self.modified.is_some() && date::parse(time) == self.modified,
        }
    }

    /// The part of `size` bytes that is asked for.
    pub(super) fn range(&self, request: &Request, size: u64) -> Wanted {
        match request.header("range") {
            Some(range) if self.admit_range(request) => parse_range(range, size),
            _ => Wanted::All,
        }
    }
}

/// What a client wants of a content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    All,
    /// From the first byte to the last, both included.
    Part {
        first: u64,
        last: u64,
    },
    /// Nothing that there is.
    Nothing,
}

/// Several ranges, and what is no range, are answered with all of it.
//= https://www.rfc-editor.org/rfc/rfc9110#section-14.2
//# A server MAY ignore the Range header field.
fn parse_range(text: &str, size: u64) -> Wanted {
    let Some((unit, range)) = text.split_once('=') else {
        return Wanted::All;
    };
    let range = range.trim_matches([' ', '\t']);
    let (Some((first, last)), true) = (range.split_once('-'), unit.eq_ignore_ascii_case("bytes"))
    else {
        return Wanted::All;
    };
    match (number(first), number(last)) {
        (Some(first), Some(last)) if first > last => Wanted::All,
        (Some(first), last) if last.is_some() || range.ends_with('-') => {
            part(first, last.unwrap_or(u64::MAX), size)
        }
        (None, Some(length)) if first.is_empty() => match length {
            0 => Wanted::Nothing,
            _ => part(size.saturating_sub(length), u64::MAX, size),
        },
        _ => Wanted::All,
    }
}

fn part(first: u64, last: u64, size: u64) -> Wanted {
    match size.checked_sub(1) {
        Some(end) if first <= end => Wanted::Part {
            first,
            last: last.min(end),
        },
        _ => Wanted::Nothing,
    }
}

/// Digits and nothing else. One that no file is as long as is the largest there is.
fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_a_part_and_anything_else_is_all() {
        let part = |first, last| Wanted::Part { first, last };
        for (text, wanted) in [
            ("bytes=0-0", part(0, 0)),
            ("bytes=0-9", part(0, 9)),
            ("bytes=0-10", part(0, 9)),
            ("bytes=3-", part(3, 9)),
            ("BYTES=9-", part(9, 9)),
            ("bytes=-1", part(9, 9)),
            ("bytes=-10", part(0, 9)),
            ("bytes=-99999999999999999999999", part(0, 9)),
            ("bytes=2-99999999999999999999999", part(2, 9)),
            ("bytes=10-", Wanted::Nothing),
            ("bytes=10-12", Wanted::Nothing),
            ("bytes=-0", Wanted::Nothing),
            ("bytes=99999999999999999999999-", Wanted::Nothing),
            ("bytes=5-4", Wanted::All),
            ("bytes=0-1,3-4", Wanted::All),
            ("bytes=", Wanted::All),
            ("bytes=-", Wanted::All),
            ("bytes=a-b", Wanted::All),
            ("bytes=+1-2", Wanted::All),
            ("bytes=1-x", Wanted::All),
            ("bytes=1", Wanted::All),
            ("lines=1-2", Wanted::All),
            ("", Wanted::All),
        ] {
            assert_eq!(parse_range(text, 10), wanted, "{text}");
        }
        assert_eq!(parse_range("bytes=0-", 0), Wanted::Nothing);
        assert_eq!(parse_range("bytes=-5", 0), Wanted::Nothing);
    }
}
