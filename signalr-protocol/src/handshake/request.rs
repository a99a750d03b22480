//! What the client asks for.

use alloc::{borrow::Cow, boxed::Box, string::String, string::ToString};
use core::{error::Error, fmt};

use bytes::BytesMut;

use super::Refusal;
use crate::{
    HandshakeResponse, JsonError, Protocol, Record, TransferFormat,
    json::{Count, Malformed, Scanner, Sink, write_string},
    record::SEPARATOR,
};

/// The client's handshake: which protocol it will speak.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandshakeRequest<'a> {
    /// The name of the hub protocol.
    pub protocol: Cow<'a, str>,
    /// The version of that protocol. Clients ask for 2 when they negotiated stateful reconnect.
    pub version: i32,
}

impl<'a> HandshakeRequest<'a> {
    /// Reads the request of a record.
    ///
    /// Properties come in any order, unknown ones are ignored, and of properties that come twice
    /// the last one counts. Text behind the object is ignored.
    ///
    /// # Errors
    /// If the record is not a request; [`HandshakeError::response`] answers it.
    pub fn parse(record: &Record<'a>) -> Result<Self, HandshakeError> {
        let mut scanner = Scanner::from_bytes(record.as_bytes());
        scanner.expect_object()?;
        let (mut protocol, mut version) = (None, None);
        scanner.object(|value, name| {
            match &*name.unescape().unwrap_or_default() {
                "protocol" => protocol = Some(value.string_of("protocol")?),
                "version" => version = Some(value.i32_of("version")?),
                _ => {
                    value.value()?;
                }
            }
            Ok::<_, JsonError>(())
        })?;
        let missing = |property| HandshakeError::Missing {
            property,
            record: String::from_utf8_lossy(record.as_bytes()).into(),
        };
        let protocol = protocol.ok_or_else(|| missing("protocol"))?;
        let version = version.ok_or_else(|| missing("version"))?;
        Ok(Self { protocol, version })
    }

    /// Appends the request with its separator.
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

    /// The protocol to go on with, on a transport that carries `formats`.
    ///
    /// # Errors
    /// Why the connection cannot go on; [`HandshakeResponse::refused`] tells the client.
    pub fn accept(&self, formats: &[TransferFormat]) -> Result<Protocol, Refusal<'_>> {
        let Some(protocol) = Protocol::from_name(&self.protocol) else {
            return Err(Refusal::UnknownProtocol {
                name: &self.protocol,
            });
        };
        if self.version > Protocol::MAX_VERSION {
            return Err(Refusal::UnsupportedVersion {
                name: &self.protocol,
                version: self.version,
            });
        }
        if !formats.contains(&protocol.transfer_format()) {
            return Err(Refusal::UnsupportedTransport { protocol });
        }
        Ok(protocol)
    }

    fn write<S: Sink>(&self, sink: &mut S) {
        sink.put(b"{\"protocol\":");
        write_string(sink, &self.protocol);
        sink.put(b",\"version\":");
        sink.put(self.version.to_string().as_bytes());
        sink.put(&[b'}', SEPARATOR]);
    }
}

/// The peer's handshake breaks the protocol. The connection is over.
///
/// The texts are those of ASP.NET Core, which tells them to clients when detailed errors are on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HandshakeError {
    /// The JSON is not what it must be.
    Json(JsonError),
    /// A property is missing.
    Missing {
        /// The property.
        property: &'static str,
        /// The whole record.
        record: Box<str>,
    },
}

impl HandshakeError {
    /// What to answer a request with, unless errors are to be detailed.
    #[must_use]
    pub fn response(&self) -> HandshakeResponse<'static> {
        HandshakeResponse::refused(&Refusal::Unexpected)
    }

    /// The exception of ASP.NET Core in its place, which it tells clients together with the text
    /// when detailed errors are on.
    #[must_use]
    pub const fn exception(&self) -> &'static str {
        match self {
            Self::Json(JsonError::Syntax) => "JsonReaderException",
            Self::Json(error) => error.exception(),
            Self::Missing { .. } => "InvalidDataException",
        }
    }
}

impl fmt::Display for HandshakeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(error) => error.fmt(f),
            Self::Missing { property, record } => {
                write!(
                    f,
                    "Missing required property '{property}'. Message content: {record}"
                )
            }
        }
    }
}

impl Error for HandshakeError {}

impl From<JsonError> for HandshakeError {
    fn from(error: JsonError) -> Self {
        Self::Json(error)
    }
}

impl From<Malformed> for HandshakeError {
    fn from(malformed: Malformed) -> Self {
        Self::Json(malformed.into())
    }
}
