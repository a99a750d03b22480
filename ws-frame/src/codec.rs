use alloc::boxed::Box;
use core::{error, fmt};
use std::io;

use bytes::BytesMut;
use tokio_util::codec;

#[cfg(feature = "deflate")]
use crate::deflate::{Deflater, Params};
use crate::{Assembler, DecodeError, EncodeError, Limits, Message, OwnedMessage, Role};

/// Messages for `tokio_util::codec::Framed`.
///
/// It answers nothing by itself: pings, and close messages by a
/// [`CloseState`](crate::CloseState), are the caller's. Every message it yields is a copy; where
/// that is too slow, use an [`Assembler`].
pub struct MessageCodec {
    assembler: Assembler,
    /// Where the keys of a client come from.
    keys: Option<Keys>,
    #[cfg(feature = "deflate")]
    deflater: Option<Deflater>,
}

type Keys = Box<dyn FnMut() -> [u8; 4] + Send + Sync>;

impl MessageCodec {
    /// The codec of a server.
    #[must_use]
    pub fn server(limits: Limits) -> Self {
        Self::new(Role::Server, limits, None)
    }

    /// The codec of a client, which masks each frame with another key; see
    /// [`Frame::encode_masked`](crate::Frame::encode_masked) for what a key must be.
    #[must_use]
    pub fn client(limits: Limits, keys: impl FnMut() -> [u8; 4] + Send + Sync + 'static) -> Self {
        Self::new(Role::Client, limits, Some(Box::new(keys)))
    }

    fn new(role: Role, limits: Limits, keys: Option<Keys>) -> Self {
        Self {
            assembler: Assembler::new(role, limits),
            keys,
            #[cfg(feature = "deflate")]
            deflater: None,
        }
    }

    /// Says that permessage-deflate was agreed on. Messages of fewer than `threshold` bytes are
    /// not compressed; see [`Deflater::new`].
    #[cfg(feature = "deflate")]
    #[must_use]
    pub fn with_deflate(mut self, agreed: Params, threshold: usize) -> Self {
        let direction = match self.keys {
            None => agreed.server,
            Some(_) => agreed.client,
        };
        self.assembler = self.assembler.with_deflate(agreed);
        self.deflater = Some(Deflater::new(direction, threshold));
        self
    }
}

impl codec::Decoder for MessageCodec {
    type Item = OwnedMessage;
    type Error = CodecError;

    fn decode(&mut self, src: &mut BytesMut) -> Result<Option<OwnedMessage>, CodecError> {
        let message = self.assembler.decode(src)?;
        Ok(message.map(OwnedMessage::from))
    }

    fn decode_eof(&mut self, src: &mut BytesMut) -> Result<Option<OwnedMessage>, CodecError> {
        if let Some(message) = self.decode(src)? {
            return Ok(Some(message));
        }
        self.assembler.finish(src)?;
        Ok(None)
    }
}

impl codec::Encoder<Message<'_>> for MessageCodec {
    type Error = CodecError;

    fn encode(&mut self, message: Message<'_>, dst: &mut BytesMut) -> Result<(), CodecError> {
        #[cfg(feature = "deflate")]
        if let Some(deflater) = &mut self.deflater {
            match &mut self.keys {
                None => deflater.encode(message, dst)?,
                Some(keys) => deflater.encode_masked(message, keys(), dst)?,
            }
            return Ok(());
        }
        match &mut self.keys {
            None => message.encode(dst)?,
            Some(keys) => message.encode_masked(keys(), dst)?,
        }
        Ok(())
    }
}

impl codec::Encoder<OwnedMessage> for MessageCodec {
    type Error = CodecError;

    fn encode(&mut self, message: OwnedMessage, dst: &mut BytesMut) -> Result<(), CodecError> {
        self.encode(message.as_message(), dst)
    }
}

impl fmt::Debug for MessageCodec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MessageCodec")
            .field("assembler", &self.assembler)
            .finish_non_exhaustive()
    }
}

/// Why a [`MessageCodec`] failed.
#[derive(Debug)]
#[non_exhaustive]
pub enum CodecError {
    /// What was received is wrong; [`DecodeError::close_code`] is what to tell the peer.
    Decode(DecodeError),
    /// What was to be sent has no form.
    Encode(EncodeError),
    /// The stream underneath failed.
    Io(io::Error),
}

impl From<DecodeError> for CodecError {
    fn from(error: DecodeError) -> Self {
        Self::Decode(error)
    }
}

impl From<EncodeError> for CodecError {
    fn from(error: EncodeError) -> Self {
        Self::Encode(error)
    }
}

impl From<io::Error> for CodecError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl fmt::Display for CodecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decode(error) => error.fmt(f),
            Self::Encode(error) => error.fmt(f),
            Self::Io(error) => error.fmt(f),
        }
    }
}

impl error::Error for CodecError {}
