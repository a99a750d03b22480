//! The head of a response, on the wire.

use std::fmt::{self, Write};

use bytes::{BufMut, BytesMut};

use super::refusal::Refusal;
use super::{Body, Response, SendQueue, Version, date};

/// How the content of a response is delimited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delimiter {
    /// There is no content, and nothing is said about its length.
    None,
    /// So many bytes.
    Length(u64),
    /// In chunks.
    Chunked,
    /// Up to the end of the connection.
    Close,
}

impl Delimiter {
    /// The only way in which this response can be delimited for this client.
    pub(crate) fn of(response: &Response, version: Version) -> Self {
        if response.status.forbids_content() {
            return Self::None;
        }
        if let Body::Stream(source) = &response.body
            && let Some(length) = source.length()
        {
            return Self::Length(length);
        }
        match &response.body {
            Body::Empty | Body::Upgrade(_) => Self::Length(0),
            Body::Full(content) => Self::Length(u64::try_from(content.len()).unwrap_or(u64::MAX)),
            //= https://www.rfc-editor.org/rfc/rfc9112#section-6.1
            //# A server MUST NOT send a response containing Transfer-Encoding unless the
            //# corresponding request indicates HTTP/1.1 (or later minor revisions).
            Body::Stream(_) if version == Version::Http10 => Self::Close,
            Body::Stream(_) => Self::Chunked,
        }
    }
}

/// What happens to the connection after a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// Another request may follow.
    Keep,
    /// It ends.
    Close,
    /// It speaks another protocol.
    Upgrade,
}

/// Appends the head of `response` to `dst`.
pub(crate) fn head(
    response: &Response,
    delimiter: Delimiter,
    next: Next,
    version: Version,
    dst: &mut BytesMut,
) {
    let status = response.status;
    put_text(dst, format_args!("HTTP/1.1 {status}\r\n"));
    //= https://www.rfc-editor.org/rfc/rfc9110#section-6.6.1
    //# An origin server with a clock MUST generate a Date header field in all 2xx (Successful), 3xx
    //# (Redirection), and 4xx (Client Error) responses
    put_line(dst, "date", &date::now());
    for (name, value) in response.headers() {
        put_line(dst, name, value.as_str().as_bytes());
    }
    match delimiter {
        Delimiter::None | Delimiter::Close => {}
        Delimiter::Length(length) => {
            put_text(dst, format_args!("Content-Length: {length}\r\n"));
        }
        Delimiter::Chunked => put_line(dst, "transfer-encoding", b"chunked"),
    }
    match next {
        Next::Keep if version == Version::Http11 => {}
        Next::Keep => put_line(dst, "connection", b"keep-alive"),
        //= https://www.rfc-editor.org/rfc/rfc9112#section-9.6
        //# A sender SHOULD send a Connection header field (Section 7.6.1 of [HTTP]) containing the
        //# "close" connection option when it intends to close a connection.
        Next::Close => put_line(dst, "connection", b"close"),
        Next::Upgrade => {}
    }
    //= https://www.rfc-editor.org/rfc/rfc9110#section-7.8
    //# A sender of Upgrade MUST also send an "Upgrade" connection option in the Connection header
    //# field
    let mut names = response.headers().map(|(name, _)| name);
    if names.any(|name| name.eq_ignore_ascii_case("upgrade")) {
        put_line(dst, "connection", b"upgrade");
    }
    dst.put_slice(b"\r\n");
}

/// Appends a refusal as the last answer of a connection; of a HEAD request its head alone.
pub(crate) fn refusal(refusal: Refusal, head_only: bool, queue: &mut SendQueue) {
    let response = Response::from(refusal);
    let delimiter = Delimiter::of(&response, Version::Http11);
    head(
        &response,
        delimiter,
        Next::Close,
        Version::Http11,
        queue.tail(),
    );
    if let Body::Full(content) = response.body
        && !head_only
    {
        queue.push(content);
    }
}

/// Writes the name with a capital at the start of each word: what people expect to read, and what
/// scripts that forget that case does not matter search for.
fn put_line(dst: &mut BytesMut, name: &str, value: &[u8]) {
    let mut starts_word = true;
    for byte in name.bytes() {
        dst.put_u8(if starts_word {
            byte.to_ascii_uppercase()
        } else {
            byte
        });
        starts_word = byte == b'-';
    }
    dst.put_slice(b": ");
    dst.put_slice(value);
    dst.put_slice(b"\r\n");
}

/// Appends what begins a chunk of so many bytes.
pub(crate) fn chunk_size(size: usize, dst: &mut BytesMut) {
    put_text(dst, format_args!("{size:x}\r\n"));
}

fn put_text(dst: &mut BytesMut, text: fmt::Arguments<'_>) {
    let written = dst.write_fmt(text);
    debug_assert!(written.is_ok(), "memory takes what is written into it");
}
