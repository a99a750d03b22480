//! What the server answers.

use alloc::{borrow::Cow, string::ToString};

use bytes::BytesMut;

use super::Refusal;
use crate::{
    JsonError, Record,
    json::{Count, Scanner, Sink, write_string},
    record::SEPARATOR,
};

/// The server's answer to a handshake.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HandshakeResponse<'a> {
    /// Why the connection ends; `None` if it goes on.
    pub error: Option<Cow<'a, str>>,
}

impl<'a> HandshakeResponse<'a> {
    /// The connection goes on.
    pub const ACCEPTED: HandshakeResponse<'static> = HandshakeResponse { error: None };

    /// The connection ends.
    #[must_use]
    pub fn refused(refusal: &Refusal<'_>) -> Self {
        Self {
            error: Some(Cow::Owned(refusal.to_string())),
        }
    }

    /// Reads the response of a record, by the rules of
    /// [`HandshakeRequest::parse`](crate::HandshakeRequest::parse).
    ///
    /// # Errors
    /// If the record is not a response.
    pub fn parse(record: &Record<'a>) -> Result<Self, JsonError> {
        let mut scanner = Scanner::from_bytes(record.as_bytes());
        scanner.expect_object()?;
        let mut error = None;
        scanner.object(|value, name| {
            match &*name.unescape().unwrap_or_default() {
                "error" => error = Some(value.string_of("error")?),
                _ => {
                    value.value()?;
                }
            }
            Ok::<_, JsonError>(())
        })?;
        Ok(Self { error })
    }

    /// Appends the response with its separator.
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
        sink.put(b"{");
        if let Some(error) = &self.error {
            sink.put(b"\"error\":");
            write_string(sink, error);
        }
        sink.put(&[b'}', SEPARATOR]);
    }
}
