use std::fmt;

use bytes::{Bytes, BytesMut};
use signalr_protocol::{
    DecodeError, Decoder, HandshakeError, HandshakeRequest, HandshakeResponse, Limits, Message,
    MessageError, Protocol, Refusal, TransferFormat,
};

use crate::config::{HubConfig, Protocols};

/// The protocol state of one connection: first the handshake, then messages. It knows no socket and
/// no time.
#[derive(Debug)]
pub(super) struct Session {
    decoder: Decoder,
    protocol: Protocol,
    version: i32,
    limits: Limits,
    protocols: Protocols,
    formats: &'static [TransferFormat],
    detailed_errors: bool,
}

/// What is next in the bytes of a client.
#[derive(Debug)]
pub(super) enum Next<'a> {
    /// No whole record.
    NeedMore,
    /// A message of a type that only later versions of the protocol know.
    Unknown,
    /// A message.
    Message(Message<'a>),
}

/// What the bytes of a client broke.
#[derive(Debug)]
pub(super) enum SessionError {
    Record(DecodeError),
    Message(MessageError),
}

impl Session {
    /// A session on a transport that carries `formats`.
    pub(super) fn new(config: &HubConfig, formats: &'static [TransferFormat]) -> Self {
        let mut limits = Limits::default();
        limits.max_record = config.max_receive_message;
        let decoder = Decoder::new(limits);
        Self {
            decoder,
            protocol: Protocol::Json,
            version: 0,
            limits,
            protocols: config.protocols,
            formats,
            detailed_errors: config.detailed_errors,
        }
    }

    /// Takes the handshake out of `src`, once it is whole; on refusal gives what to answer.
    pub(super) fn handshake(&mut self, src: &mut BytesMut) -> Result<Option<Bytes>, Bytes> {
        let record = match self.decoder.decode(src) {
            Ok(Some(record)) => record,
            Ok(None) => return Ok(None),
            // No separator within the limit.
            Err(_) => return Err(canceled()),
        };
        let request = HandshakeRequest::parse(&record).map_err(|error| self.unreadable(&error))?;
        let accepted = if self.offers(&request.protocol) {
            request.accept(self.formats)
        } else {
            Err(Refusal::UnknownProtocol {
                name: &request.protocol,
            })
        };
        self.protocol =
            accepted.map_err(|refusal| encoded(&HandshakeResponse::refused(&refusal)))?;
        self.version = request.version;
        self.decoder.set_protocol(self.protocol);
        Ok(Some(encoded(&HandshakeResponse::ACCEPTED)))
    }

    /// Takes the next record out of `src`, once it is whole, and reads it.
    pub(super) fn next<'a>(&mut self, src: &'a mut BytesMut) -> Result<Next<'a>, SessionError> {
        let Some(record) = self.decoder.decode(src).map_err(SessionError::Record)? else {
            return Ok(Next::NeedMore);
        };
        let message = Message::parse(&record).map_err(SessionError::Message)?;
        Ok(message.map_or(Next::Unknown, Next::Message))
    }

    pub(super) fn protocol(&self) -> Protocol {
        self.protocol
    }

    /// The version of the protocol that the client has asked for.
    pub(super) fn version(&self) -> i32 {
        self.version
    }

    /// Begins with another stream of bytes, which has no handshake.
    pub(super) fn restart(&mut self) {
        self.decoder = self.fresh_decoder();
    }

    /// A decoder of the messages of this session that has seen none of them.
    pub(super) fn fresh_decoder(&self) -> Decoder {
        let mut decoder = Decoder::new(self.limits);
        decoder.set_protocol(self.protocol);
        decoder
    }

    fn offers(&self, name: &str) -> bool {
        match Protocol::from_name(name) {
            Some(Protocol::Json) => self.protocols.json,
            Some(_) => self.protocols.messagepack,
            None => false,
        }
    }

    fn unreadable(&self, error: &HandshakeError) -> Bytes {
        if !self.detailed_errors {
            return encoded(&error.response());
        }
        let text = format!("{} {}: {error}", Refusal::Unexpected, error.exception());
        encoded(&HandshakeResponse {
            error: Some(text.into()),
        })
    }
}

/// What a client is told that sent no handshake in time.
pub(super) fn canceled() -> Bytes {
    encoded(&HandshakeResponse::refused(&Refusal::Canceled))
}

fn encoded(response: &HandshakeResponse<'_>) -> Bytes {
    let mut bytes = BytesMut::with_capacity(response.encoded_len());
    response.encode(&mut bytes);
    bytes.freeze()
}

impl SessionError {
    /// The exception of ASP.NET Core in its place.
    pub(super) fn exception(&self) -> &'static str {
        match self {
            Self::Record(error) => error.exception(),
            Self::Message(error) => error.exception(),
        }
    }
}

impl fmt::Display for SessionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Record(error) => error.fmt(f),
            Self::Message(error) => error.fmt(f),
        }
    }
}
