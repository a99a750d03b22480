//! Requests out of bytes, without a socket.

use std::net::SocketAddr;

use bytes::{Buf, BytesMut};

use super::chunked::ChunkedDecoder;
use super::framing::Framing;
use super::head::{self, Exchange};
use super::refusal::Refusal;
use super::scan::{HeadScan, ScannedHead};
use super::{Head, Scheme};
use crate::config::HttpConfig;

/// Reads heads as a connection does: what is read of an untrusted peer goes through here first.
///
/// Call [`read`](Self::read) until it gives `None`; between calls only append to `input`. No byte is
/// looked at twice. After a refusal there is nothing more to be read.
///
/// ```
/// use bytes::BytesMut;
/// use realtime_server::{config::HttpConfig, http::{HeadReader, Method, Scheme}};
///
/// let mut input = BytesMut::from("GET /a?b HTTP/1.1\r\nHost: example.com\r\n\r\nrest");
/// let mut reader = HeadReader::new(HttpConfig::default());
/// let head = reader.read(&mut input, ([192, 0, 2, 1], 1).into(), Scheme::Http)?.unwrap();
/// assert_eq!((head.method, head.target.path()), (Method::Get, "/a"));
/// assert_eq!(input, "rest");
/// # Ok::<(), realtime_server::http::Refusal>(())
/// ```
#[derive(Debug)]
pub struct HeadReader {
    config: HttpConfig,
    scan: HeadScan,
}

impl HeadReader {
    /// A reader of the requests of one connection.
    #[must_use]
    pub fn new(config: HttpConfig) -> Self {
        Self {
            config,
            scan: HeadScan::default(),
        }
    }

    /// Takes the next head out of `input`, if all of it is there. The body follows it.
    ///
    /// # Errors
    /// When the request is to be refused, and the connection to end.
    pub fn read(
        &mut self,
        input: &mut BytesMut,
        peer: SocketAddr,
        scheme: Scheme,
    ) -> Result<Option<Head>, Refusal> {
        let Some(found) = self.scan.advance(input, &self.config)? else {
            return Ok(None);
        };
        self.scan = HeadScan::default();
        let (_, head) = take(found, input, peer, scheme, &self.config)?;
        if head.method.is_served() {
            Ok(Some(head))
        } else {
            Err(Refusal::Method)
        }
    }
}

/// Takes a head that was found out of `input`.
pub(super) fn take(
    found: ScannedHead,
    input: &mut BytesMut,
    peer: SocketAddr,
    scheme: Scheme,
    config: &HttpConfig,
) -> Result<(Exchange, Head), Refusal> {
    // A copy of its own size: a head that is kept must not keep a read buffer.
    let (start, end) = (found.fields.start, found.fields.end);
    let fields = BytesMut::from(input.get(start..end).unwrap_or_default());
    input.advance(end);
    head::parse(found.line, fields, peer, scheme, config)
}

/// Reads bodies as a connection does, by what the head says of them.
///
/// ```
/// use bytes::BytesMut;
/// use realtime_server::{config::HttpConfig, http::{BodyReader, Framing}};
///
/// let mut reader = BodyReader::new(Framing::Chunked, 100, &HttpConfig::default())?;
/// let (mut input, mut body) = (BytesMut::from("3\r\nabc\r\n0\r\n\r\nrest"), BytesMut::new());
/// assert!(reader.read(&mut input, &mut body)?);
/// assert_eq!((&*body, &*input), (&b"abc"[..], &b"rest"[..]));
/// # Ok::<(), realtime_server::http::Refusal>(())
/// ```
#[derive(Debug)]
pub struct BodyReader(Inner);

#[derive(Debug)]
enum Inner {
    Length { left: usize },
    Chunked(ChunkedDecoder),
}

impl BodyReader {
    /// A reader of one body of at most `limit` bytes.
    ///
    /// # Errors
    /// When the body is declared to be longer.
    pub fn new(framing: Framing, limit: usize, config: &HttpConfig) -> Result<Self, Refusal> {
        Ok(Self(match framing {
            Framing::None => Inner::Length { left: 0 },
            Framing::Length(length) => match usize::try_from(length) {
                Ok(left) if left <= limit => Inner::Length { left },
                _ => return Err(Refusal::BodyTooLarge),
            },
            Framing::Chunked => Inner::Chunked(ChunkedDecoder::new(limit, config)),
        }))
    }

    /// Moves what is there of the body from `input` to `body`. True once the body has ended; what
    /// follows it stays in `input`.
    ///
    /// # Errors
    /// When the body is to be refused, and the connection to end.
    pub fn read(&mut self, input: &mut BytesMut, body: &mut BytesMut) -> Result<bool, Refusal> {
        match &mut self.0 {
            Inner::Chunked(decoder) => decoder.decode(input, body),
            Inner::Length { left } => {
                let part = input.split_to(input.len().min(*left));
                *left -= part.len();
                body.extend_from_slice(&part);
                Ok(*left == 0)
            }
        }
    }
}
