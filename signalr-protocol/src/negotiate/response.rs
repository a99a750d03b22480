//! The body of the answer to a negotiation.

use alloc::{borrow::Cow, string::ToString, vec::Vec};

use bytes::BytesMut;

use super::AvailableTransport;
use crate::json::{Count, JsonError, Scanner, Sink, write_string};

/// The answer to a negotiation: `application/json`, status 200 even when it is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
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

/// What a client needs to connect.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accepted<'a> {
    /// Whether a lost transport may be replaced. Only clients that asked for it expect it.
    pub use_stateful_reconnect: bool,
    /// The version of the negotiation.
    pub version: i32,
    /// The public id of the connection. Not empty.
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
        let mut scanner = Scanner::from_bytes(body);
        scanner.expect_object()?;
        let mut members = Members::default();
        scanner.object(|value, name| members.read(&name.unescape().unwrap_or_default(), value))?;
        members.into_response()
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
        sink.put(b",\"connectionId\":");
        write_string(sink, &self.connection_id);
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

/// The properties of a response in the order in which they came, which is any.
#[derive(Default)]
struct Members<'a> {
    accepted: Accepted<'a>,
    connection_id: Option<Cow<'a, str>>,
    available_transports: Option<Vec<AvailableTransport<'a>>>,
    url: Option<Cow<'a, str>>,
    access_token: Option<Cow<'a, str>>,
    error: Option<Cow<'a, str>>,
}

impl<'a> Members<'a> {
    fn read(&mut self, name: &str, value: &mut Scanner<'a>) -> Result<(), JsonError> {
        let accepted = &mut self.accepted;
        match name {
            "url" => self.url = Some(value.string_of("url")?),
            "accessToken" => self.access_token = Some(value.string_of("accessToken")?),
            "connectionId" => self.connection_id = Some(value.string_of("connectionId")?),
            "connectionToken" => {
                accepted.connection_token = Some(value.string_of("connectionToken")?);
            }
            "negotiateVersion" => accepted.version = value.i32_of("negotiateVersion")?,
            "useStatefulReconnect" => {
                accepted.use_stateful_reconnect = value.bool_of("useStatefulReconnect")?;
            }
            "availableTransports" => self.available_transports = Some(read_transports(value)?),
            "error" => self.error = Some(value.string_of("error")?),
            _ => {
                value.value()?;
            }
        }
        Ok(())
    }

    fn into_response(self) -> Result<NegotiateResponse<'a>, JsonError> {
        if let Some(error) = self.error {
            return Ok(NegotiateResponse::Refused { error });
        }
        if let Some(url) = self.url {
            let access_token = self.access_token;
            return Ok(NegotiateResponse::Redirected { url, access_token });
        }
        let mut accepted = self.accepted;
        accepted.connection_id = self.connection_id.ok_or(missing("connectionId"))?;
        if accepted.version > 0 && accepted.connection_token.is_none() {
            return Err(missing("connectionToken"));
        }
        accepted.available_transports = self
            .available_transports
            .ok_or(missing("availableTransports"))?;
        Ok(NegotiateResponse::Accepted(accepted))
    }
}

const fn missing(property: &'static str) -> JsonError {
    JsonError::Missing { property }
}

fn read_transports<'a>(value: &mut Scanner<'a>) -> Result<Vec<AvailableTransport<'a>>, JsonError> {
    value.expect_array()?;
    let mut transports = Vec::new();
    value.array(|value| {
        value.expect_object()?;
        transports.push(read_transport(value)?);
        Ok::<_, JsonError>(())
    })?;
    Ok(transports)
}

fn read_transport<'a>(value: &mut Scanner<'a>) -> Result<AvailableTransport<'a>, JsonError> {
    let (mut transport, mut transfer_formats) = (None, None);
    value.object(|value, name| {
        match &*name.unescape().unwrap_or_default() {
            "transport" => transport = Some(value.string_of("transport")?),
            "transferFormats" => {
                value.expect_array()?;
                let mut formats = Vec::new();
                value.array(|value| {
                    formats.push(value.string_of("transferFormats")?);
                    Ok::<_, JsonError>(())
                })?;
                transfer_formats = Some(formats);
            }
            _ => {
                value.value()?;
            }
        }
        Ok::<_, JsonError>(())
    })?;
    Ok(AvailableTransport {
        transport: transport.ok_or(missing("transport"))?,
        transfer_formats: transfer_formats.ok_or(missing("transferFormats"))?,
    })
}
