use std::{error::Error, fmt, future::poll_fn, io, pin::Pin, sync::Arc};

use bytes::{Bytes, BytesMut};
use httparse::{EMPTY_HEADER, Response};
use memchr::memmem;
use rustls_pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    task, time,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{self, ClientConfig, RootCertStore, crypto::aws_lc_rs},
};
use tokio_util::io::{poll_read_buf, poll_write_buf};

use super::{KeySet, KeySetError, KeySetUrl};
use crate::{
    config::{HttpConfig, KeySetConfig},
    http::ChunkedDecoder,
};

/// Header lines and bytes of an answer's head.
const MOST_HEADERS: usize = 100;
const MOST_HEAD: usize = 16 * 1024;

/// Why a key set was not fetched.
#[derive(Debug)]
pub(super) enum FetchError {
    Network(io::Error),
    Tls(rustls::Error),
    /// It took longer than it may.
    TimedOut,
    /// It is no answer of HTTP.
    Malformed,
    /// It has another status than 200; redirections are not followed.
    Status(u16),
    TooLarge,
    KeySet(KeySetError),
}

/// Where the body of an answer ends.
enum Length {
    Chunked(ChunkedDecoder),
    Known(usize),
    Close,
}

/// Gets the key set at `url`.
pub(super) async fn fetch(url: &KeySetUrl, config: &KeySetConfig) -> Result<KeySet, FetchError> {
    let body = time::timeout(config.fetch_timeout, get(url, config.max_body))
        .await
        .map_err(|_elapsed| FetchError::TimedOut)??;
    KeySet::from_json(&body).map_err(FetchError::KeySet)
}

async fn get(url: &KeySetUrl, max_body: usize) -> Result<BytesMut, FetchError> {
    let socket = TcpStream::connect((url.host.as_str(), url.port))
        .await
        .map_err(FetchError::Network)?;
    if !url.is_secure {
        return ask(socket, url, max_body).await;
    }
    let client = task::spawn_blocking(client);
    let client = client
        .await
        .map_err(|error| FetchError::Network(error.into()))??;
    let name = ServerName::try_from(url.host.clone()).map_err(|_no_name| FetchError::Malformed)?;
    let connecting = TlsConnector::from(client).connect(name, socket);
    let socket = connecting.await.map_err(FetchError::Network)?;
    ask(socket, url, max_body).await
}

/// Trusts whom the machine trusts, read anew each time: fetches are rare.
fn client() -> Result<Arc<ClientConfig>, FetchError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(aws_lc_rs::default_provider());
    let client = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(FetchError::Tls)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(client))
}

async fn ask<S: AsyncRead + AsyncWrite + Unpin>(
    mut socket: S,
    url: &KeySetUrl,
    max_body: usize,
) -> Result<BytesMut, FetchError> {
    let mut request = Bytes::from(format!(
        "GET {} HTTP/1.1\r\nHost: {}\r\nAccept: application/json\r\nConnection: close\r\n\r\n",
        url.target, url.authority
    ));
    while !request.is_empty() {
        let written = poll_fn(|cx| poll_write_buf(Pin::new(&mut socket), cx, &mut request)).await;
        written.map_err(FetchError::Network)?;
    }
    let mut wire = BytesMut::new();
    let mut length = loop {
        if let Some(end) = memmem::find(&wire, b"\r\n\r\n") {
            let head = wire.split_to(end + b"\r\n\r\n".len());
            match read_head(&head, max_body)? {
                Some(length) => break length,
                // An interim answer.
                None => continue,
            }
        }
        if wire.len() > MOST_HEAD || !more(&mut socket, &mut wire).await? {
            return Err(FetchError::Malformed);
        }
    };
    let mut body = BytesMut::new();
    loop {
        let has_ended = match &mut length {
            Length::Chunked(decoder) => decoder
                .decode(&mut wire, &mut body)
                .map_err(|_refused| FetchError::TooLarge)?,
            Length::Known(length) => {
                body.extend_from_slice(&wire.split());
                body.len() >= *length
            }
            Length::Close => {
                body.extend_from_slice(&wire.split());
                false
            }
        };
        if body.len() > max_body {
            return Err(FetchError::TooLarge);
        }
        if has_ended {
            return Ok(body);
        }
        if !more(&mut socket, &mut wire).await? {
            return match length {
                Length::Close => Ok(body),
                _ => Err(FetchError::Malformed),
            };
        }
    }
}

/// How the body goes on after `head`; none after an interim answer.
fn read_head(head: &[u8], max_body: usize) -> Result<Option<Length>, FetchError> {
    let mut lines = [EMPTY_HEADER; MOST_HEADERS];
    let mut response = Response::new(&mut lines);
    response
        .parse(head)
        .map_err(|_malformed| FetchError::Malformed)?;
    match response.code.ok_or(FetchError::Malformed)? {
        200 => {}
        100..200 => return Ok(None),
        status => return Err(FetchError::Status(status)),
    }
    let field = |name: &str| {
        let mut lines = response.headers.iter();
        let line = lines.find(|line| line.name.eq_ignore_ascii_case(name))?;
        str::from_utf8(line.value).ok()
    };
    Ok(Some(
        match (field("transfer-encoding"), field("content-length")) {
            (Some(coding), _) if coding.eq_ignore_ascii_case("chunked") => {
                Length::Chunked(ChunkedDecoder::new(max_body, &HttpConfig::default()))
            }
            (Some(_), _) => return Err(FetchError::Malformed),
            (None, Some(length)) => match digits(length) {
                Some(length) if length <= max_body => Length::Known(length),
                Some(_) => return Err(FetchError::TooLarge),
                None => return Err(FetchError::Malformed),
            },
            (None, None) => Length::Close,
        },
    ))
}

//= https://www.rfc-editor.org/rfc/rfc9110#section-8.6
//# Content-Length = 1*DIGIT
fn digits(text: &str) -> Option<usize> {
    // The number of the standard library may begin with a sign.
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_number)
}

/// Reads on; false at the end.
async fn more<S: AsyncRead + Unpin>(
    socket: &mut S,
    wire: &mut BytesMut,
) -> Result<bool, FetchError> {
    let read = poll_fn(|cx| poll_read_buf(Pin::new(socket), cx, wire)).await;
    match read {
        Ok(read) => Ok(read > 0),
        Err(error) => Err(FetchError::Network(error)),
    }
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Network(error) => error.fmt(f),
            Self::Tls(error) => error.fmt(f),
            Self::TimedOut => f.write_str("it took too long"),
            Self::Malformed => f.write_str("the answer is malformed"),
            Self::Status(status) => write!(f, "the server answers {status}"),
            Self::TooLarge => f.write_str("the answer is too large"),
            Self::KeySet(error) => error.fmt(f),
        }
    }
}

impl Error for FetchError {}
