//! The grammar of JSON values as functions from an offset to the offset behind.
//!
//! They take and give plain numbers, so that the way through a record stays in registers.

use super::{Malformed, plain::plain_end};

/// How deep arrays and objects may be nested, the message itself included: the depth at which
/// ASP.NET Core stops reading.
pub const MAX_DEPTH: usize = 64;

/// Passes white space.
#[inline]
pub(crate) fn whitespace(text: &[u8], at: usize) -> usize {
    match text.get(at) {
        Some(byte) if *byte > b' ' => at,
        _ => some_whitespace(text, at),
    }
}

/// The same where there probably is some: clients send none.
#[cold]
fn some_whitespace(text: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\t' | b'\n' | b'\r') = text.get(at) {
        at += 1;
    }
    at
}

/// Passes white space and then that byte.
#[inline]
pub(crate) fn token(text: &[u8], at: usize, byte: u8) -> Result<usize, Malformed> {
    let at = whitespace(text, at);
    if text.get(at) == Some(&byte) {
        Ok(at + 1)
    } else {
        Err(Malformed)
    }
}

/// Passes a value that stands at that depth. It recurses, but no deeper than [`MAX_DEPTH`].
pub(crate) fn value(text: &[u8], at: usize, depth: usize) -> Result<usize, Malformed> {
    let at = whitespace(text, at);
    match text.get(at) {
        Some(b'"') => Ok(string(text, at + 1, &mut false)? + 1),
        Some(b'-' | b'0'..=b'9') => number(text, at),
        Some(b'[') => array(text, at, depth, &mut 0),
        Some(b'{') => object(text, at, depth),
        Some(b't') => literal(text, at, b"true"),
        Some(b'f') => literal(text, at, b"false"),
        Some(b'n') => literal(text, at, b"null"),
        _ => Err(Malformed),
    }
}

/// Passes an array and counts its elements.
pub(crate) fn array(
    text: &[u8],
    at: usize,
    depth: usize,
    len: &mut usize,
) -> Result<usize, Malformed> {
    let mut at = open(text, at, depth, b'[')?;
    if let Ok(end) = token(text, at, b']') {
        return Ok(end);
    }
    loop {
        at = match text.get(at) {
            // Most are texts and need not be told apart from the rest.
            Some(b'"') => string(text, at + 1, &mut false)? + 1,
            _ => value(text, at, depth + 1)?,
        };
        at = whitespace(text, at);
        *len += 1;
        match text.get(at) {
            Some(b',') => at += 1,
            Some(b']') => return Ok(at + 1),
            _ => return Err(Malformed),
        }
    }
}

fn object(text: &[u8], at: usize, depth: usize) -> Result<usize, Malformed> {
    let mut at = open(text, at, depth, b'{')?;
    if let Ok(end) = token(text, at, b'}') {
        return Ok(end);
    }
    loop {
        at = string(text, token(text, at, b'"')?, &mut false)? + 1;
        at = token(text, at, b':')?;
        at = whitespace(text, value(text, at, depth + 1)?);
        match text.get(at) {
            Some(b',') => at += 1,
            Some(b'}') => return Ok(at + 1),
            _ => return Err(Malformed),
        }
    }
}

/// Passes the bracket of an array or object, if it may still be nested at that depth.
#[inline]
pub(crate) fn open(text: &[u8], at: usize, depth: usize, byte: u8) -> Result<usize, Malformed> {
    if depth >= MAX_DEPTH {
        return Err(Malformed);
    }
    token(text, at, byte)
}

/// From behind the opening quote of a string to its closing quote. Says if there is an escape.
#[inline]
pub(crate) fn string(text: &[u8], at: usize, escaped: &mut bool) -> Result<usize, Malformed> {
    let end = plain_end(text, at);
    if text.get(end) == Some(&b'"') {
        return Ok(end);
    }
    *escaped = true;
    string_from_escape(text, end)
}

/// From the first escape of a string to its closing quote.
#[cold]
fn string_from_escape(text: &[u8], mut at: usize) -> Result<usize, Malformed> {
    loop {
        match text.get(at) {
            Some(b'"') => return Ok(at),
            Some(b'\\') => at = plain_end(text, escape(text, at + 1)?),
            _ => return Err(Malformed),
        }
    }
}

fn escape(text: &[u8], at: usize) -> Result<usize, Malformed> {
    match text.get(at) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 1),
        Some(b'u') => {
            let hex = text.get(at + 1..at + 5).ok_or(Malformed)?;
            if hex.iter().all(u8::is_ascii_hexdigit) {
                Ok(at + 5)
            } else {
                Err(Malformed)
            }
        }
        _ => Err(Malformed),
    }
}

fn literal(text: &[u8], at: usize, literal: &[u8]) -> Result<usize, Malformed> {
    let rest = text.get(at..).unwrap_or_default();
    if rest.starts_with(literal) {
        Ok(at + literal.len())
    } else {
        Err(Malformed)
    }
}

//= https://www.rfc-editor.org/rfc/rfc8259#section-6
//# A number is represented in base 10 using decimal digits. It contains an integer component that
//# may be prefixed with an optional minus sign, which may be followed by a fraction part and/or an
//# exponent part. Leading zeros are not allowed.
fn number(text: &[u8], mut at: usize) -> Result<usize, Malformed> {
    at += usize::from(text.get(at) == Some(&b'-'));
    at = if text.get(at) == Some(&b'0') {
        at + 1
    } else {
        digits(text, at)?
    };
    if text.get(at) == Some(&b'.') {
        at = digits(text, at + 1)?;
    }
    if let Some(b'e' | b'E') = text.get(at) {
        at += 1;
        at += usize::from(matches!(text.get(at), Some(b'+' | b'-')));
        at = digits(text, at)?;
    }
    Ok(at)
}

fn digits(text: &[u8], start: usize) -> Result<usize, Malformed> {
    let mut at = start;
    while let Some(b'0'..=b'9') = text.get(at) {
        at += 1;
    }
    if at == start { Err(Malformed) } else { Ok(at) }
}
