//! The first line of a request.

use super::refusal::Refusal;
use super::{Method, Target, Version};

/// A request line that is valid.
#[derive(Debug)]
pub(crate) struct RequestLine {
    pub(crate) method: Method,
    pub(crate) target: Target,
    pub(crate) version: Version,
}

impl RequestLine {
    /// Parses the line without its line end.
    //= https://www.rfc-editor.org/rfc/rfc9112#section-3
    //# A request-line begins with a method token, followed by a single space (SP), the
    //# request-target, and another single space (SP), and ends with the protocol version.
    pub(crate) fn parse(line: &[u8]) -> Result<Self, Refusal> {
        let line = str::from_utf8(line).map_err(|_not_ascii| Refusal::RequestLine)?;
        let (token, rest) = line.split_once(' ').ok_or(Refusal::RequestLine)?;
        let (target, version) = rest.split_once(' ').ok_or(Refusal::RequestLine)?;
        if token.is_empty() || !token.bytes().all(is_token_byte) {
            return Err(Refusal::RequestLine);
        }
        let version = parse_version(version.as_bytes())?;
        let method = Method::parse(token);
        // The target of CONNECT has a form of its own, which we have no use for.
        if method == Method::Connect {
            return Err(Refusal::Tunnel);
        }
        Ok(Self {
            method,
            target: Target::parse(target, method)?,
            version,
        })
    }
}

//= https://www.rfc-editor.org/rfc/rfc9112#section-2.3
//# HTTP-version is case-sensitive.
fn parse_version(text: &[u8]) -> Result<Version, Refusal> {
    match text {
        b"HTTP/1.1" => Ok(Version::Http11),
        b"HTTP/1.0" => Ok(Version::Http10),
        [b'H', b'T', b'T', b'P', b'/', major, b'.', minor]
            if major.is_ascii_digit() && minor.is_ascii_digit() =>
        {
            Err(Refusal::Version)
        }
        _ => Err(Refusal::RequestLine),
    }
}

/// `tchar` (RFC 9110 section 5.6.2).
pub(crate) fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}
