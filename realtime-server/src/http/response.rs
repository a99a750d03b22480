//! What a handler answers.

use std::fmt;
use std::future::Future;

use bytes::{Bytes, BytesMut};
use serde::Serialize;
use tracing::error;

use super::encode::{self, Delimiter, Next};
use super::request_line::is_token_byte;
use super::{Body, HeaderValue, Problem, Source, Status, Upgraded, Version};

/// A response. Its length, `Date` and `Connection` are the connection's business.
pub struct Response {
    /// The status.
    pub status: Status,
    headers: Vec<(&'static str, HeaderValue)>,
    /// What follows the head.
    pub body: Body,
    closes: bool,
}

/// Fields that only the connection may set: they say where the message ends, or when it was made.
const OWN_FIELDS: [&str; 5] = [
    "connection",
    "content-length",
    "date",
    "keep-alive",
    "transfer-encoding",
];

const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");

impl Response {
    /// A response without content.
    #[must_use]
    pub fn empty(status: Status) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Body::Empty,
            closes: false,
        }
    }

    fn with_content(status: Status, content_type: &'static str, body: Body) -> Self {
        let headers = vec![
            ("content-type", HeaderValue::from_static(content_type)),
            ("x-content-type-options", NOSNIFF),
        ];
        Self {
            status,
            headers,
            body,
            closes: false,
        }
    }

    /// A response with content.
    ///
    /// # Panics
    ///
    /// If `content_type` is no header value.
    pub fn bytes(status: Status, content_type: &'static str, content: Bytes) -> Self {
        Self::with_content(status, content_type, Body::Full(content))
    }

    /// A response with `text/plain` content in UTF-8.
    pub fn text(status: Status, content: impl Into<Bytes>) -> Self {
        Self::bytes(status, "text/plain; charset=utf-8", content.into())
    }

    /// A response with `application/json` content.
    ///
    /// A value that cannot be serialized (a map whose keys are no strings) becomes a 500.
    pub fn json(status: Status, value: &impl Serialize) -> Self {
        match serde_json::to_vec(value) {
            Ok(content) => Self::bytes(status, "application/json", content.into()),
            Err(error) => {
                error!(%error, "an answer cannot be serialized");
                Problem::new(Status::INTERNAL_SERVER_ERROR).into()
            }
        }
    }

    /// A `200` whose content is made while it is sent.
    ///
    /// # Panics
    ///
    /// If `content_type` is no header value.
    #[must_use]
    pub fn stream(content_type: &'static str, source: Box<dyn Source>) -> Self {
        Self::with_content(Status::OK, content_type, Body::Stream(source))
    }

    /// A `101` to `protocol`; `hook` runs the new protocol to its end, in the connection's task.
    ///
    /// Only for a request that asks for it ([`Head::asks_for`](super::Head::asks_for)): another
    /// one is answered with 400 instead.
    pub fn upgrade<F>(
        protocol: HeaderValue,
        hook: impl FnOnce(Upgraded) -> F + Send + 'static,
    ) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        Self {
            status: Status::SWITCHING_PROTOCOLS,
            headers: vec![("upgrade", protocol)],
            body: Body::Upgrade(Box::new(|upgraded| Box::pin(hook(upgraded)))),
            closes: false,
        }
    }

    /// Adds a header line.
    ///
    /// `connection`, `content-length`, `date`, `keep-alive` and `transfer-encoding` are the
    /// connection's own and left out.
    ///
    /// # Panics
    ///
    /// If `name` is no token (RFC 9110 section 5.1): it could forge a line.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: HeaderValue) -> Self {
        let is_token = !name.is_empty() && name.bytes().all(is_token_byte);
        assert!(is_token, "{name:?} is no token");
        if !OWN_FIELDS.iter().any(|own| own.eq_ignore_ascii_case(name)) {
            self.headers.push((name, value));
        }
        self
    }

    /// Has the connection end after this response.
    #[must_use]
    pub fn closing(mut self) -> Self {
        self.closes = true;
        self
    }

    pub(crate) fn closes(&self) -> bool {
        self.closes
    }

    /// Whether a header line has this name, which is in lower case.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.headers.iter().any(|(known, _)| *known == name)
    }

    /// Whether browsers show it as a page.
    pub(crate) fn is_page(&self) -> bool {
        self.headers
            .iter()
            .any(|(name, value)| *name == "content-type" && value.as_str().starts_with("text/html"))
    }

    /// Drops `guard` only when all of the content was made, or the protocol it changes to has ended.
    pub(crate) fn holding(mut self, guard: impl Send + Sync + 'static) -> Self {
        self.body = self.body.holding(guard);
        self
    }

    /// The head alone, as the last one of a connection that nothing is read from.
    pub(crate) fn last_words(&self) -> BytesMut {
        let mut head = BytesMut::new();
        let delimiter = Delimiter::Length(0);
        encode::head(self, delimiter, Next::Close, Version::Http11, &mut head);
        head
    }

    /// The header lines that were added, in their order.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &HeaderValue)> {
        self.headers.iter().map(|(name, value)| (*name, value))
    }
}

impl fmt::Debug for Response {
    /// Names of header lines only, and no content: both can be secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("headers", &names)
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}

/// So that a handler can refuse with `?`.
impl From<Result<Response, Problem>> for Response {
    fn from(answer: Result<Response, Problem>) -> Self {
        answer.unwrap_or_else(Into::into)
    }
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use super::*;

    #[test]
    fn what_is_no_token_is_no_name() {
        for name in ["", "a b", "a:", "a\r\nb", "\u{e9}", "a\0"] {
            let added = catch_unwind(|| Response::empty(Status::OK).header(name, NOSNIFF));
            assert!(added.is_err(), "{name:?}");
        }
        let added = Response::empty(Status::OK).header("X-a!#$%&'*+-.^_`|~9", NOSNIFF);
        assert_eq!(added.headers().count(), 1);
    }
}
