//! Why a request is refused before any handler sees it.

use std::fmt;

use super::{HeaderValue, Problem, Response, Status};

/// What is wrong with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// The first byte begins no method.
    NotHttp,
    /// A line of the head does not end with one CR and LF.
    LineEnd,
    /// More empty lines before the request line than are skipped.
    BlankLines,
    /// The request line has not three parts, or a part is malformed.
    RequestLine,
    /// A version that looks like one, but is not served.
    Version,
    /// HTTP in clear text where TLS is spoken.
    ClearText,
    /// A method that is not known or not served.
    Method,
    /// CONNECT.
    Tunnel,
    /// The target is of no known form or holds a character that it must not.
    Target,
    /// A target whose scheme is not that of the connection.
    Scheme,
    /// The request line is over its limit.
    TargetTooLong,
    /// A header line is malformed.
    HeaderLine,
    /// A header that stands once came twice.
    Repeated,
    /// The head is over its limit.
    HeadTooLarge,
    /// More header lines than allowed.
    TooManyHeaders,
    /// `Host` is missing, repeated or malformed.
    Host,
    /// `Forwarded` of a trusted proxy leaves open where its elements end.
    Forwarded,
    /// `Content-Length` is repeated or no number.
    ContentLength,
    /// `Transfer-Encoding` leaves the length of the body open.
    TransferEncoding,
    /// A transfer coding other than `chunked`.
    UnknownCoding,
    /// `Expect` asks for something else than `100-continue`.
    Expectation,
    /// A chunk is malformed or a line of it is over its limit.
    Chunk,
    /// The trailer section is over its limit.
    TrailersTooLarge,
    /// The body is over the limit of its route.
    BodyTooLarge,
    /// The bodies of all requests together take as much as they may.
    Crowded,
    /// Head or body did not arrive in time.
    Timeout,
    /// The answer changes the protocol, the request did not ask for it.
    Upgrade,
}

impl Refusal {
    /// What the client is answered with.
    #[must_use]
    pub fn status(self) -> Status {
        match self {
            Self::NotHttp
            | Self::LineEnd
            | Self::BlankLines
            | Self::RequestLine
            | Self::Target
            | Self::HeaderLine
            | Self::Repeated
            | Self::Host
            | Self::Forwarded
            | Self::ClearText
            | Self::ContentLength
            | Self::TransferEncoding
            | Self::Chunk
            | Self::Upgrade => Status::BAD_REQUEST,
            Self::Crowded => Status::SERVICE_UNAVAILABLE,
            Self::Timeout => Status::REQUEST_TIMEOUT,
            Self::BodyTooLarge => Status::CONTENT_TOO_LARGE,
            Self::TargetTooLong => Status::URI_TOO_LONG,
            Self::Expectation => Status::EXPECTATION_FAILED,
            Self::Scheme => Status::MISDIRECTED_REQUEST,
            Self::HeadTooLarge | Self::TooManyHeaders | Self::TrailersTooLarge => {
                Status::REQUEST_HEADER_FIELDS_TOO_LARGE
            }
            Self::Method | Self::Tunnel | Self::UnknownCoding => Status::NOT_IMPLEMENTED,
            Self::Version => Status::HTTP_VERSION_NOT_SUPPORTED,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotHttp => "this is not HTTP",
            Self::LineEnd => "a line of the head does not end with CRLF",
            Self::BlankLines => "too many empty lines before the request",
            Self::RequestLine => "the request line is malformed",
            Self::Version => "only HTTP/1.1 and HTTP/1.0 are served",
            Self::ClearText => "this port speaks TLS: ask with https",
            Self::Method => "the method is not implemented",
            Self::Tunnel => "tunnels are not opened here",
            Self::Target => "the request target is malformed",
            Self::Scheme => "the scheme of the target is not that of the connection",
            Self::TargetTooLong => "the request line is too long",
            Self::HeaderLine => "a header line is malformed",
            Self::Repeated => "a header that stands once was repeated",
            Self::HeadTooLarge => "the head is too large",
            Self::TooManyHeaders => "there are too many header lines",
            Self::Host => "the host is missing, repeated or malformed",
            Self::Forwarded => "the forwarded field is malformed",
            Self::ContentLength => "the content length is repeated or malformed",
            Self::TransferEncoding => "the transfer encoding leaves the length of the body open",
            Self::UnknownCoding => "the transfer coding is not implemented",
            Self::Expectation => "the expectation cannot be met",
            Self::Chunk => "the chunked body is malformed",
            Self::TrailersTooLarge => "the trailer section is too large",
            Self::BodyTooLarge => "the body is too large",
            Self::Crowded => "there is no room for the body; come back after Retry-After seconds",
            Self::Timeout => "the request did not arrive in time",
            Self::Upgrade => "the request does not ask for another protocol",
        })
    }
}

impl std::error::Error for Refusal {}

impl From<Refusal> for Response {
    fn from(refusal: Refusal) -> Self {
        let problem = Problem::new(refusal.status()).with_detail(refusal.to_string());
        let response =
            Self::from(problem).header("cache-control", HeaderValue::from_static("no-store"));
        match refusal {
            Refusal::Crowded => response.header("retry-after", HeaderValue::from_static("5")),
            _ => response,
        }
    }
}
