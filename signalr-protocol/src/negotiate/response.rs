//! The body of the answer to a negotiation.

use alloc::{borrow::Cow, string::ToString, vec::Vec};
use core::fmt;

use bytes::BytesMut;

use super::{AvailableTransport, read};
use crate::json::{Count, JsonError, Sink, write_string};

/// The answer to a negotiation: `application/json`, status 200 even when it is refused.
///
/// `Debug` leaves the tokens out.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NegotiateResponse<'a> {
    /// The client may connect.
    Accepted(Accepted<'a>),
    /// The client is to negotiate elsewhere.
    Redirected {
        /// Where.
        url: Cow<'a, str>,
        /// The bearer token to use there from then on.
        access_token: Option<Cow<'a, str>>,
    },
    /// The client may not connect.
    Refused {
        /// Why; the client shows it to its user.
        error: Cow<'a, str>,
    },
}

/// What a client needs to connect. `Debug` leaves the token out.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Accepted<'a> {
    /// Whether a lost transport may be replaced. Only clients that asked for it expect it.
    pub use_stateful_reconnect: bool,
    /// The version of the negotiation.
    pub version: i32,
    /// The public id of the connection. Left out where it is empty, which no client takes.
    pub connection_id: Cow<'a, str>,
    /// The secret that requests of the connection carry as `id`, from version 1 on. In version 0
    /// it is the connection id.
    pub connection_token: Option<Cow<'a, str>>,
    /// The transports in the order in which the client is to try them.
    pub available_transports: Vec<AvailableTransport<'a>>,
}

impl<'a> NegotiateResponse<'a> {
    /// Reads a response, by the rules of [`Message::parse`](crate::Message::parse).
    ///
    /// # Errors
    /// If the body is not a response.
    pub fn parse(body: &'a [u8]) -> Result<Self, JsonError> {
        read::parse_response(body)
    }

    /// Appends the response.
    pub fn encode(&self, dst: &mut BytesMut) {
        self.write(dst);
    }

    /// How many bytes [`encode`](Self::encode) appends.
    #[must_use]
    pub fn encoded_len(&self) -> usize {
        let mut count = Count(0);
        self.write(&mut count);
        count.0
    }

    fn write<S: Sink>(&self, sink: &mut S) {
        match self {
            Self::Accepted(accepted) => accepted.write(sink),
            Self::Redirected { url, access_token } => {
                sink.put(b"{\"url\":");
                write_string(sink, url);
                if let Some(token) = access_token {
                    sink.put(b",\"accessToken\":");
                    write_string(sink, token);
                }
            }
            Self::Refused { error } => {
                sink.put(b"{\"error\":");
                write_string(sink, error);
            }
        }
        sink.put(b"}");
    }
}

impl Accepted<'_> {
    /// Writes all but the closing brace.
    fn write<S: Sink>(&self, sink: &mut S) {
        sink.put(b"{");
        if self.use_stateful_reconnect {
            sink.put(b"\"useStatefulReconnect\":true,");
        }
        sink.put(b"\"negotiateVersion\":");
        sink.put(self.version.to_string().as_bytes());
        if !self.connection_id.is_empty() {
            sink.put(b",\"connectionId\":");
            write_string(sink, &self.connection_id);
        }
        if let Some(token) = self
            .connection_token
            .as_deref()
            .filter(|_| self.version > 0)
        {
            sink.put(b",\"connectionToken\":");
            write_string(sink, token);
        }
        sink.put(b",\"availableTransports\":[");
        write_list(sink, &self.available_transports, |sink, available| {
            sink.put(b"{\"transport\":");
            write_string(sink, &available.transport);
            sink.put(b",\"transferFormats\":[");
            write_list(sink, &available.transfer_formats, |sink, format| {
                write_string(sink, format);
            });
            sink.put(b"]}");
        });
        sink.put(b"]");
    }
}

fn write_list<S: Sink, T>(sink: &mut S, list: &[T], mut write: impl FnMut(&mut S, &T)) {
    for (index, element) in list.iter().enumerate() {
        if index > 0 {
            sink.put(b",");
        }
        write(sink, element);
    }
}

impl fmt::Debug for NegotiateResponse<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted(accepted) => f.debug_tuple("Accepted").field(accepted).finish(),
            Self::Redirected { url, .. } => f
                .debug_struct("Redirected")
                .field("url", url)
                .finish_non_exhaustive(),
            Self::Refused { error } => f.debug_struct("Refused").field("error", error).finish(),
        }
    }
}

impl fmt::Debug for Accepted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accepted")
            .field("use_stateful_reconnect", &self.use_stateful_reconnect)
            .field("version", &self.version)
            .field("connection_id", &self.connection_id)
            .field("available_transports", &self.available_transports)
            .finish_non_exhaustive()
    }
}
