//! How long the body of a request is.

use super::refusal::Refusal;
use super::{Headers, Version};

/// Where a request's body ends (RFC 9112 section 6.3).
///
/// It is decided once per request, before anything else looks at the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// There is no body.
    None,
    /// So many bytes follow the head; at least one.
    Length(u64),
    /// The body comes in chunks, or in frames of HTTP/2 whose sum is not known before.
    Chunked,
}

/// Decides by the head. Whatever can be read in two ways is refused.
pub(crate) fn decide(version: Version, headers: &Headers) -> Result<Framing, Refusal> {
    let mut lengths = headers.all("content-length");
    let length = lengths.next();
    if lengths.next().is_some() {
        return Err(Refusal::ContentLength);
    }
    if headers.first("transfer-encoding").is_some() {
        return decide_coding(version, headers, length);
    }
    let Some(text) = length else {
        return Ok(Framing::None);
    };
    match parse_length(text)? {
        0 => Ok(Framing::None),
        length => Ok(Framing::Length(length)),
    }
}

fn decide_coding(
    version: Version,
    headers: &Headers,
    length: Option<&[u8]>,
) -> Result<Framing, Refusal> {
    //= https://www.rfc-editor.org/rfc/rfc9112#section-6.1
    //# A server or client that receives an HTTP/1.0 message containing a Transfer-Encoding header
    //# field MUST treat the message as if the framing is faulty, even if a Content-Length is
    //# present, and close the connection after processing the message.
    if version == Version::Http10 {
        return Err(Refusal::TransferEncoding);
    }
    //= https://www.rfc-editor.org/rfc/rfc9112#section-6.1
    //# A server MAY reject a request that contains both Content-Length and Transfer-Encoding or
    //# process such a request in accordance with the Transfer-Encoding alone.
    if length.is_some() {
        return Err(Refusal::TransferEncoding);
    }
    let mut codings = headers.members("transfer-encoding");
    let first = codings.next().unwrap_or_default();
    let rest = codings.next();
    if first.eq_ignore_ascii_case(b"chunked") && rest.is_none() {
        return Ok(Framing::Chunked);
    }
    //= https://www.rfc-editor.org/rfc/rfc9112#section-6.1
    //# A server that receives a request message with a transfer coding it does not understand
    //# SHOULD respond with 501 (Not Implemented).
    let last = codings.last().or(rest).unwrap_or(first);
    if last.eq_ignore_ascii_case(b"chunked") && !first.eq_ignore_ascii_case(b"chunked") {
        return Err(Refusal::UnknownCoding);
    }
    //= https://www.rfc-editor.org/rfc/rfc9112#section-6.3
    //# If a Transfer-Encoding header field is present in a request and the chunked transfer coding
    //# is not the final encoding, the message body length cannot be determined reliably; the
    //# server MUST respond with the 400 (Bad Request) status code and then close the connection.
    Err(Refusal::TransferEncoding)
}

/// `1*DIGIT`. `str::parse` would accept a sign.
fn parse_length(text: &[u8]) -> Result<u64, Refusal> {
    if text.is_empty() || !text.iter().all(u8::is_ascii_digit) {
        return Err(Refusal::ContentLength);
    }
    text.iter()
        .try_fold(0_u64, |sum, digit| {
            sum.checked_mul(10)?.checked_add(u64::from(digit - b'0'))
        })
        .ok_or(Refusal::BodyTooLarge)
}
