use std::{
    error::Error,
    fmt,
    io::{self, ErrorKind, Write},
    net::{TcpStream, ToSocketAddrs},
    time::Duration,
};

use bytes::{Buf, BytesMut};
use httparse::{EMPTY_HEADER, Response};
use memchr::memmem;
use socket2::{SockRef, TcpKeepalive};

use super::{
    body::{Body, Length, fill},
    url::{Url, UrlError},
};

/// How long a connection may take to be there, and then each step up to the head of the answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// After so long without a byte the kernel asks whether the server is still there. A time-out of our
/// own would cut streams that have nothing to say.
const PROBE_AFTER: Duration = Duration::from_secs(30);
/// Redirections in a row; as many as a browser follows.
const MOST_REDIRECTIONS: usize = 20;
/// Header lines and bytes of an answer's head.
const MOST_HEADERS: usize = 100;
const MOST_HEAD: usize = 64 * 1024;

/// The open stream.
pub(super) type Stream = Body<TcpStream>;

/// What the head of an answer says.
struct Head {
    status: u16,
    is_event_stream: bool,
    location: Option<String>,
    length: Length,
}

/// Checks a further header line.
pub(super) fn header_line(line: &str) -> Result<String, &'static str> {
    let is_token = |name: &str| {
        !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    match line.split_once(':') {
        Some((name, value)) if is_token(name) && !value.contains(char::is_control) => {
            Ok(line.to_owned())
        }
        _ => Err("a header line is NAME: VALUE"),
    }
}

/// Opens the stream at `url`; `None` if the server says that there is no more.
pub(super) fn open(
    url: &Url,
    headers: &[String],
    last_event_id: &str,
) -> Result<Option<Stream>, ConnectError> {
    let mut url = url.clone();
    for _ in 0..=MOST_REDIRECTIONS {
        let (socket, head, rest) = ask(&url, headers, last_event_id)?;
        match head {
            //= https://html.spec.whatwg.org/multipage/server-sent-events.html#server-sent-events-intro
            //# Clients will reconnect if the connection is closed; a client can be told to stop
            //# reconnecting using the HTTP 204 No Content response code.
            Head { status: 204, .. } => return Ok(None),
            Head {
                status: 200,
                is_event_stream: true,
                length,
                ..
            } => return Ok(Some(Body::new(socket, rest, length))),
            Head {
                status: 301 | 302 | 303 | 307 | 308,
                location: Some(location),
                ..
            } => url = url.join(&location).map_err(ConnectError::Location)?,
            //= https://html.spec.whatwg.org/multipage/server-sent-events.html#sse-processing-model
            //# Otherwise, if res's status is not 200, or if res's `Content-Type` is not
            //# `text/event-stream`, then fail the connection.
            Head { status: 200, .. } => return Err(ConnectError::NoEventStream),
            Head { status, .. } => return Err(ConnectError::Status(status)),
        }
    }
    Err(ConnectError::Redirections)
}

/// Sends one request and reads the head of its answer; gives what came after it, too.
fn ask(
    url: &Url,
    headers: &[String],
    last_event_id: &str,
) -> io::Result<(TcpStream, Head, BytesMut)> {
    let mut socket = dial(&url.address())?;
    socket.set_read_timeout(Some(PATIENCE))?;
    socket.set_write_timeout(Some(PATIENCE))?;
    socket.write_all(&request(url, headers, last_event_id))?;
    let mut wire = BytesMut::new();
    let head = loop {
        match parse(&mut wire)? {
            // Interim answers say nothing that matters here.
            Some(Head { status, .. }) if status < 200 => {}
            Some(head) => break head,
            None if wire.len() > MOST_HEAD => return Err(ErrorKind::InvalidData.into()),
            None if fill(&mut socket, &mut wire)? == 0 => {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            None => {}
        }
    };
    socket.set_read_timeout(None)?;
    Ok((socket, head, wire))
}

fn dial(address: &str) -> io::Result<TcpStream> {
    let mut failed = io::Error::from(ErrorKind::NotFound);
    for address in address.to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, PATIENCE) {
            Ok(socket) => {
                let probes = TcpKeepalive::new()
                    .with_time(PROBE_AFTER)
                    .with_interval(PROBE_AFTER / 3);
                SockRef::from(&socket).set_tcp_keepalive(&probes)?;
                return Ok(socket);
            }
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

fn request(url: &Url, headers: &[String], last_event_id: &str) -> Vec<u8> {
    let mut request = format!(
        "GET {} HTTP/1.1\r\nHost: {}\r\nAccept: text/event-stream\r\nCache-Control: no-store\r\n",
        url.target(),
        url.authority()
    );
    //= https://html.spec.whatwg.org/multipage/server-sent-events.html#sse-processing-model
    //# If the EventSource object's last event ID string is not the empty string, then: Let
    //# lastEventIDValue be the EventSource object's last event ID string, encoded as UTF-8.
    if !last_event_id.is_empty() {
        request.extend(["Last-Event-ID: ", last_event_id, "\r\n"]);
    }
    for line in headers {
        request.extend([line, "\r\n"]);
    }
    request.push_str("\r\n");
    request.into_bytes()
}

/// Takes the head of an answer out of `wire`, once it is whole.
fn parse(wire: &mut BytesMut) -> io::Result<Option<Head>> {
    let Some(end) = memmem::find(wire, b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = wire.split_to(end + b"\r\n\r\n".len());
    let malformed = || io::Error::from(ErrorKind::InvalidData);
    let mut lines = [EMPTY_HEADER; MOST_HEADERS];
    let mut response = Response::new(&mut lines);
    response.parse(head.chunk()).map_err(|_| malformed())?;
    let text = |name: &str| {
        let mut lines = response.headers.iter();
        let line = lines.find(|line| line.name.eq_ignore_ascii_case(name))?;
        str::from_utf8(line.value).ok()
    };
    let media_type = text("content-type").unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    let length = match (text("transfer-encoding"), text("content-length")) {
        (Some(coding), _) if coding.eq_ignore_ascii_case("chunked") => Length::chunked(),
        (Some(_), _) => return Err(malformed()),
        (None, Some(length)) => Length::Known(length.parse().map_err(|_| malformed())?),
        (None, None) => Length::Close,
    };
    Ok(Some(Head {
        status: response.code.ok_or_else(malformed)?,
        is_event_stream: essence.eq_ignore_ascii_case("text/event-stream"),
        location: text("location").map(str::to_owned),
        length,
    }))
}

/// Why there is no stream.
#[derive(Debug)]
pub(in crate::cli) enum ConnectError {
    /// Perhaps there is one later.
    Network(io::Error),
    Status(u16),
    NoEventStream,
    Location(UrlError),
    Redirections,
}

impl From<io::Error> for ConnectError {
    fn from(error: io::Error) -> Self {
        Self::Network(error)
    }
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Network(error) => error.fmt(f),
            Self::Status(status) => write!(f, "the server answers {status}"),
            Self::NoEventStream => f.write_str("the answer is no event stream"),
            Self::Location(error) => write!(f, "sent elsewhere: {error}"),
            Self::Redirections => f.write_str("sent elsewhere too often"),
        }
    }
}

impl Error for ConnectError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Network(error) => Some(error),
            Self::Location(error) => Some(error),
            Self::Status(_) | Self::NoEventStream | Self::Redirections => None,
        }
    }
}
