//! From the bytes of a head to what routing sees.

use std::net::SocketAddr;
use std::ops::Range;

use bytes::BytesMut;
use httparse::{EMPTY_HEADER, Error, Status as Parsed, parse_headers};

use super::framing::{self, Framing};
use super::headers::Line;
use super::refusal::Refusal;
use super::request_line::RequestLine;
use super::{Head, Headers, Method, Scheme, Version, forwarded, host};
use crate::config::HttpConfig;

/// What the connection itself has to know of a request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Exchange {
    pub(crate) version: Version,
    pub(crate) framing: Framing,
    /// Whether the client lets the connection live.
    pub(crate) keep_alive: bool,
    /// Whether the client waits for a `100 Continue`.
    pub(crate) expects_continue: bool,
    /// Whether the protocol may change.
    pub(crate) may_upgrade: bool,
}

/// Fields that say one thing, so that two lines of them are two messages.
const SINGLE: [&str; 6] = [
    "content-type",
    "authorization",
    "origin",
    "host",
    "sec-websocket-key",
    "sec-websocket-version",
];

/// Parses the header lines in `fields` and checks all that can be checked by the head. There is
/// no `Head` if the method is not served.
pub(crate) fn parse(
    line: RequestLine,
    fields: BytesMut,
    peer: SocketAddr,
    scheme: Scheme,
    config: &HttpConfig,
) -> Result<(Exchange, Option<Head>), Refusal> {
    let RequestLine {
        method,
        target,
        version,
    } = line;
    let headers = parse_fields(fields, config.max_header_count)?;
    check(version, &headers)?;
    let client = forwarded::client(peer, scheme, &headers, config);
    //= https://www.rfc-editor.org/rfc/rfc9110#section-7.4
    //# Unless the connection is from a trusted gateway, an origin server MUST reject a request if
    //# any scheme-specific requirements for the target URI are not met.
    if target.scheme().is_some_and(|meant| meant != client.scheme) {
        return Err(Refusal::Scheme);
    }
    let framing = framing::decide(version, &headers)?;
    let keep_alive = keep_alive(version, &headers);
    let expects_continue = expects_continue(version, &headers)? && framing != Framing::None;
    // TRACE would show a script what cookies its page was sent with.
    let served = method.filter(|&method| method != Method::Trace);
    let head = served.map(|method| Head {
        method,
        target,
        version,
        headers,
        framing,
        peer: client.peer,
        local: None,
        scheme: client.scheme,
        forwarded_host: client.host,
        identity: None,
    });
    let may_upgrade = head.as_ref().is_some_and(Head::may_upgrade);
    let exchange = Exchange {
        version,
        framing,
        keep_alive,
        expects_continue,
        may_upgrade,
    };
    Ok((exchange, head))
}

/// What holds for the fields of every version.
pub(crate) fn check(version: Version, headers: &Headers) -> Result<(), Refusal> {
    if SINGLE.iter().any(|name| headers.all(name).nth(1).is_some()) {
        return Err(Refusal::Repeated);
    }
    check_host(version, headers)
}

fn parse_fields(mut fields: BytesMut, max_count: usize) -> Result<Headers, Refusal> {
    let mut table = [EMPTY_HEADER; HttpConfig::HEADER_COUNT_CEILING];
    let room = table.get_mut(..max_count.min(HttpConfig::HEADER_COUNT_CEILING));
    let parsed = match parse_headers(&fields, room.unwrap_or_default()) {
        Ok(Parsed::Complete((_, parsed))) => parsed,
        Err(Error::TooManyHeaders) => return Err(Refusal::TooManyHeaders),
        Ok(Parsed::Partial) | Err(_) => return Err(Refusal::HeaderLine),
    };
    let lines: Vec<Line> = parsed
        .iter()
        .map(|header| Line {
            name: place(&fields, header.name.as_bytes()),
            value: place(&fields, header.value),
        })
        .collect();
    for line in &lines {
        if let Some(name) = fields.get_mut(line.name.clone()) {
            name.make_ascii_lowercase();
        }
    }
    Ok(Headers::new(fields.freeze(), lines))
}

/// Where `part` stands in `whole`, which it was sliced from.
fn place(whole: &[u8], part: &[u8]) -> Range<usize> {
    let start = part.as_ptr().addr().wrapping_sub(whole.as_ptr().addr());
    start..start.wrapping_add(part.len())
}

//= https://www.rfc-editor.org/rfc/rfc9112#section-3.2
//# A server MUST respond with a 400 (Bad Request) status code to any HTTP/1.1 request message that
//# lacks a Host header field and to any request message that contains more than one Host header
//# field line or a Host header field with an invalid field value.
fn check_host(version: Version, headers: &Headers) -> Result<(), Refusal> {
    match headers.first("host") {
        Some(value) if host::is_authority(value) => Ok(()),
        None if version == Version::Http10 => Ok(()),
        _ => Err(Refusal::Host),
    }
}

//= https://www.rfc-editor.org/rfc/rfc9112#section-9.3
//# If the "close" connection option is present (Section 9.6), the connection will not persist after
//# the current response; else,
fn keep_alive(version: Version, headers: &Headers) -> bool {
    !headers.has_token("connection", "close")
        && (version == Version::Http11 || headers.has_token("connection", "keep-alive"))
}

//= https://www.rfc-editor.org/rfc/rfc9110#section-10.1.1
//# A server that receives a 100-continue expectation in an HTTP/1.0 request MUST ignore that
//# expectation.
pub(crate) fn expects_continue(version: Version, headers: &Headers) -> Result<bool, Refusal> {
    if version == Version::Http10 {
        return Ok(false);
    }
    let mut expectations = headers.members("expect");
    match (expectations.next(), expectations.next()) {
        (None, _) => Ok(false),
        (Some(only), None) if only.eq_ignore_ascii_case(b"100-continue") => Ok(true),
        //= https://www.rfc-editor.org/rfc/rfc9110#section-10.1.1
        //# A server that receives an Expect field value containing a member other than 100-continue
        //# MAY respond with a 417 (Expectation Failed) status code
        _ => Err(Refusal::Expectation),
    }
}
