//! The chunked transfer coding, read incrementally.

use bytes::{Buf, BytesMut};
use memchr::memchr;

use super::refusal::Refusal;
use super::request_line::is_token_byte;
use crate::config::HttpConfig;

/// CRLF.
const LINE_END: usize = 2;

/// Takes a body out of its chunks (RFC 9112 section 7.1).
///
/// Every line end is CRLF; the leniency of section 2.2 does not cover chunks (erratum 7633).
#[derive(Debug)]
pub(crate) struct ChunkedDecoder {
    state: State,
    /// How much of the line that has not ended was looked at.
    scanned: usize,
    /// What the body may still grow by.
    body_left: usize,
    extensions_left: usize,
    trailer_bytes_left: usize,
    trailer_lines_left: usize,
    max_line: usize,
}

#[derive(Debug, Clone, Copy)]
enum State {
    Size,
    Data { left: usize },
    DataEnd,
    Trailers,
    Done,
}

impl ChunkedDecoder {
    /// A decoder for one body of at most `body_limit` bytes.
    pub(crate) fn new(body_limit: usize, config: &HttpConfig) -> Self {
        Self {
            state: State::Size,
            scanned: 0,
            body_left: body_limit,
            extensions_left: config.max_chunk_extensions,
            trailer_bytes_left: config.max_trailers,
            trailer_lines_left: config.max_trailer_count,
            max_line: config.max_chunk_line,
        }
    }

    /// Moves what is there of the body from `src` to `body`. True once the body has ended; what
    /// follows it stays in `src`.
    pub(crate) fn decode(
        &mut self,
        src: &mut BytesMut,
        body: &mut BytesMut,
    ) -> Result<bool, Refusal> {
        loop {
            self.state = match self.state {
                State::Size => {
                    let Some(line) = self.line(src, self.max_line, Refusal::Chunk)? else {
                        return Ok(false);
                    };
                    let next = self.begin_chunk(line)?;
                    let taken = line.len() + LINE_END;
                    src.advance(taken);
                    next
                }
                State::Data { left } => {
                    let part = src.get(..left).unwrap_or(src);
                    body.extend_from_slice(part);
                    let taken = part.len();
                    src.advance(taken);
                    if taken < left {
                        self.state = State::Data { left: left - taken };
                        return Ok(false);
                    }
                    State::DataEnd
                }
                State::DataEnd => match **src {
                    [b'\r', b'\n', ..] => {
                        src.advance(LINE_END);
                        State::Size
                    }
                    [] | [b'\r'] => return Ok(false),
                    _ => return Err(Refusal::Chunk),
                },
                State::Trailers => {
                    let limit = self.trailer_bytes_left;
                    let Some(line) = self.line(src, limit, Refusal::TrailersTooLarge)? else {
                        return Ok(false);
                    };
                    let next = self.drop_trailer(line)?;
                    let taken = line.len() + LINE_END;
                    src.advance(taken);
                    next
                }
                State::Done => return Ok(true),
            };
        }
    }

    /// The line at the front of `src` without its end, if all of it is there.
    fn line<'a>(
        &mut self,
        src: &'a [u8],
        max: usize,
        beyond: Refusal,
    ) -> Result<Option<&'a [u8]>, Refusal> {
        let unseen = src.get(self.scanned..).unwrap_or_default();
        let Some(found) = memchr(b'\n', unseen) else {
            self.scanned = src.len();
            // The CR may be there already.
            return if src.len() > max.saturating_add(1) {
                Err(beyond)
            } else {
                Ok(None)
            };
        };
        let line = src
            .get(..self.scanned + found)
            .and_then(|line| line.strip_suffix(b"\r"));
        self.scanned = 0;
        match line {
            None => Err(Refusal::Chunk),
            Some(line) if line.len() > max => Err(beyond),
            line => Ok(line),
        }
    }

    fn begin_chunk(&mut self, line: &[u8]) -> Result<State, Refusal> {
        let digits = line
            .iter()
            .take_while(|byte| byte.is_ascii_hexdigit())
            .count();
        let (digits, extensions) = line.split_at(digits);
        if !are_extensions(extensions) {
            return Err(Refusal::Chunk);
        }
        self.extensions_left = self
            .extensions_left
            .checked_sub(extensions.len())
            .ok_or(Refusal::Chunk)?;
        match parse_size(digits)? {
            0 => Ok(State::Trailers),
            size => {
                let left = usize::try_from(size).map_err(|_too_large| Refusal::BodyTooLarge)?;
                self.body_left = self
                    .body_left
                    .checked_sub(left)
                    .ok_or(Refusal::BodyTooLarge)?;
                Ok(State::Data { left })
            }
        }
    }

    //= https://www.rfc-editor.org/rfc/rfc9112#section-7.1.2
    //# A recipient that removes the chunked coding from a message MAY selectively retain or discard
    //# the received trailer fields.
    fn drop_trailer(&mut self, line: &[u8]) -> Result<State, Refusal> {
        if line.is_empty() {
            return Ok(State::Done);
        }
        if !is_field_line(line) {
            return Err(Refusal::Chunk);
        }
        let lines = self.trailer_lines_left.checked_sub(1);
        self.trailer_lines_left = lines.ok_or(Refusal::TrailersTooLarge)?;
        let bytes = self
            .trailer_bytes_left
            .saturating_sub(line.len() + LINE_END);
        self.trailer_bytes_left = bytes;
        Ok(State::Trailers)
    }
}

//= https://www.rfc-editor.org/rfc/rfc9112#section-7.1
//# Recipients MUST anticipate potentially large hexadecimal numerals and prevent parsing errors due
//# to integer conversion overflows or precision loss due to integer representation.
fn parse_size(digits: &[u8]) -> Result<u64, Refusal> {
    if digits.is_empty() || digits.len() > 16 {
        return Err(Refusal::Chunk);
    }
    // Sixteen digits fill a u64 exactly; they are hexadecimal by how they were taken.
    let text = str::from_utf8(digits).map_err(|_not_ascii| Refusal::Chunk)?;
    u64::from_str_radix(text, 16).map_err(|_no_number| Refusal::Chunk)
}

/// `*( BWS ";" BWS token [ BWS "=" BWS ( token / quoted-string ) ] )`.
fn are_extensions(mut text: &[u8]) -> bool {
    while !text.is_empty() {
        let Some(name) = skip_blanks(text).strip_prefix(b";") else {
            return false;
        };
        let Some(rest) = skip_token(skip_blanks(name)) else {
            return false;
        };
        text = match skip_blanks(rest).strip_prefix(b"=").map(skip_blanks) {
            None => rest,
            Some([b'"', quoted @ ..]) => match skip_quoted(quoted) {
                Some(rest) => rest,
                None => return false,
            },
            Some(value) => match skip_token(value) {
                Some(rest) => rest,
                None => return false,
            },
        };
    }
    true
}

fn skip_blanks(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] = text {
        text = rest;
    }
    text
}

fn skip_token(text: &[u8]) -> Option<&[u8]> {
    let length = text.iter().take_while(|&&byte| is_token_byte(byte)).count();
    if length == 0 {
        None
    } else {
        text.get(length..)
    }
}

/// The rest after the closing quote of a `quoted-string` (RFC 9110 section 5.6.4).
fn skip_quoted(mut text: &[u8]) -> Option<&[u8]> {
    loop {
        text = match text {
            [b'"', rest @ ..] => return Some(rest),
            [b'\\', byte, rest @ ..] | [byte, rest @ ..] if is_value_byte(*byte) => rest,
            _ => return None,
        };
    }
}

fn is_field_line(line: &[u8]) -> bool {
    match skip_token(line) {
        Some([b':', value @ ..]) => value.iter().copied().all(is_value_byte),
        _ => false,
    }
}

/// What may stand in a field value: HTAB, SP, VCHAR and `obs-text`.
fn is_value_byte(byte: u8) -> bool {
    byte == b'\t' || (byte >= 0x20 && byte != 0x7f)
}
