//! From the fields of a stream to what routing sees.

use std::net::SocketAddr;

use bytes::BytesMut;
use h2::ext::Protocol;
use http::HeaderMap;
use http::request::Parts;

use crate::config::HttpConfig;
use crate::http::forwarded;
use crate::http::framing::{self, Framing};
use crate::http::head;
use crate::http::headers::Line;
use crate::http::refusal::Refusal;
use crate::http::{Head, Headers, Method, Scheme, Target, Version};

/// A request as it was understood.
pub(super) struct Asked {
    pub(super) head: Head,
    /// Whether the client waits for a `100 Continue`.
    pub(super) expects_continue: bool,
    /// Whether it asks for a WebSocket, so that a stream of bytes follows in both directions.
    pub(super) tunnel: bool,
}

/// The key of a handshake that needs none: it proves that an HTTP/1.1 server has understood.
const NO_KEY: &[u8] = b"AAAAAAAAAAAAAAAAAAAAAA==";

/// What an extended CONNECT says in other words.
const UPGRADE: [(&[u8], &[u8]); 3] = [
    (b"connection", b"upgrade"),
    (b"upgrade", b"websocket"),
    (b"sec-websocket-key", NO_KEY),
];

/// Reads a request; `ended` says that no body follows.
pub(super) fn read(
    parts: &Parts,
    ended: bool,
    peer: SocketAddr,
    config: &HttpConfig,
) -> Result<Asked, Refusal> {
    let (method, tunnel) = method(parts)?;
    let path = parts.uri.path_and_query().map_or("", |path| path.as_str());
    if path.len() > config.max_request_line {
        return Err(Refusal::TargetTooLong);
    }
    let target = Target::parse(path, Some(method))?;
    let scheme = parts.uri.scheme_str().and_then(Scheme::parse);
    if scheme != Some(Scheme::Https) {
        return Err(Refusal::Scheme);
    }
    let authority = parts.uri.authority().map(http::uri::Authority::as_str);
    let headers = headers(&parts.headers, authority, tunnel, config)?;
    head::check(Version::Http2, &headers)?;
    let framing = match framing::decide(Version::Http2, &headers)? {
        // What follows is no body.
        _ if tunnel => Framing::None,
        Framing::None if !ended => Framing::Chunked,
        decided => decided,
    };
    let expects_continue =
        head::expects_continue(Version::Http2, &headers)? && framing != Framing::None;
    let client = forwarded::client(peer, Scheme::Https, &headers, config);
    let head = Head {
        method,
        target,
        version: Version::Http2,
        headers,
        framing,
        peer: client.peer,
        local: None,
        scheme: client.scheme,
        forwarded_host: client.host,
        identity: None,
    };
    Ok(Asked {
        head,
        expects_continue,
        tunnel,
    })
}

/// The method, and whether a WebSocket is asked for: routing sees the GET of HTTP/1.1 then.
//= https://www.rfc-editor.org/rfc/rfc8441#section-4
//# A new pseudo-header field :protocol MAY be included on request HEADERS indicating the desired
//# protocol to be spoken on the tunnel created by CONNECT.
fn method(parts: &Parts) -> Result<(Method, bool), Refusal> {
    let method = Method::parse(parts.method.as_str()).ok_or(Refusal::Method)?;
    let protocol = parts.extensions.get::<Protocol>();
    match (method, protocol.map(Protocol::as_str)) {
        (Method::Connect, Some("websocket")) => Ok((Method::Get, true)),
        (Method::Connect, _) => Err(Refusal::Tunnel),
        // It would show a script what cookies its page was sent with.
        (Method::Trace, _) => Err(Refusal::Method),
        (method, _) => Ok((method, false)),
    }
}

/// The fields as header lines, the authority as `Host`.
fn headers(
    fields: &HeaderMap,
    authority: Option<&str>,
    tunnel: bool,
    config: &HttpConfig,
) -> Result<Headers, Refusal> {
    if fields.len() > config.max_header_count {
        return Err(Refusal::TooManyHeaders);
    }
    let mut lines = Lines::default();
    if let Some(authority) = authority {
        check_host(fields, authority)?;
        lines.push(b"host", authority.as_bytes());
    }
    for (name, value) in fields {
        let value = value.as_bytes();
        //= https://www.rfc-editor.org/rfc/rfc9113#section-8.2.1
        //# A field value MUST NOT start or end with an ASCII whitespace character
        if matches!(value, [b' ' | b'\t', ..] | [.., b' ' | b'\t']) {
            return Err(Refusal::HeaderLine);
        }
        let said =
            name == http::header::COOKIE || (name == http::header::HOST && authority.is_some());
        let forged = tunnel
            && UPGRADE
                .iter()
                .any(|(own, _)| *own == name.as_str().as_bytes());
        if !said && !forged {
            lines.push(name.as_str().as_bytes(), value);
        }
    }
    //= https://www.rfc-editor.org/rfc/rfc9113#section-8.2.3
    //# If there are multiple Cookie header fields after decompression, these MUST be concatenated
    //# into a single octet string using the two-octet delimiter of 0x3b, 0x20 (the ASCII string
    //# "; ") before being passed into a non-HTTP/2 context
    let crumbs: Vec<_> = fields.get_all(http::header::COOKIE).iter().collect();
    if !crumbs.is_empty() {
        let crumbs: Vec<_> = crumbs.iter().map(|crumb| crumb.as_bytes()).collect();
        lines.push(b"cookie", &crumbs.join(&b"; "[..]));
    }
    if tunnel {
        for (name, value) in UPGRADE {
            lines.push(name, value);
        }
    }
    Ok(lines.finish())
}

//= https://www.rfc-editor.org/rfc/rfc9113#section-8.3.1
//# A server SHOULD treat a request as malformed if it contains a Host header field that identifies an
//# entity that differs from the entity in the ":authority" pseudo-header field.
fn check_host(fields: &HeaderMap, authority: &str) -> Result<(), Refusal> {
    let differs =
        |host: &http::HeaderValue| !host.as_bytes().eq_ignore_ascii_case(authority.as_bytes());
    if fields.get_all(http::header::HOST).iter().any(differs) {
        return Err(Refusal::Host);
    }
    Ok(())
}

#[derive(Default)]
struct Lines {
    text: BytesMut,
    lines: Vec<Line>,
}

impl Lines {
    fn push(&mut self, name: &[u8], value: &[u8]) {
        let start = self.text.len();
        self.text.extend_from_slice(name);
        let middle = self.text.len();
        self.text.extend_from_slice(value);
        self.lines.push(Line {
            name: start..middle,
            value: middle..self.text.len(),
        });
    }

    fn finish(self) -> Headers {
        Headers::new(self.text.freeze(), self.lines)
    }
}
