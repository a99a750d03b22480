//! What may stand for arguments and payloads in a message that is sent.

use serde::Serialize;

#[cfg(feature = "messagepack")]
use crate::messagepack::{self, Head, Reader, write_array_len};
use crate::{Arguments, EncodeError, Payload, Protocol, json::Sink};

/// A Rust value that is serialized into the message that carries it.
///
/// As arguments it must serialize as a sequence: a tuple, an array, a slice. `()` means none.
///
/// ```
/// use bytes::BytesMut;
/// use signalr_protocol::{Invocation, Protocol, Typed};
///
/// let mut dst = BytesMut::new();
/// let arguments = ("ada", 1);
/// Invocation::new("Joined", Typed(&arguments)).encode(Protocol::Json, &mut dst)?;
/// assert_eq!(dst, "{\"type\":1,\"target\":\"Joined\",\"arguments\":[\"ada\",1]}\u{1e}");
/// # Ok::<(), signalr_protocol::EncodeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Typed<'v, T: ?Sized>(pub &'v T);

/// Something that can be the item of a [`StreamItem`](crate::StreamItem) or the result of a
/// [`Completion`](crate::Completion): a [`Payload`] or a [`Typed`] value.
pub trait PayloadContent: sealed::WritePayload {}

/// Something that can be the arguments of an [`Invocation`](crate::Invocation):
/// [`Arguments`] or a [`Typed`] sequence.
pub trait ArgumentsContent: sealed::WriteArguments {}

impl PayloadContent for Payload<'_> {}
impl<T: Serialize + ?Sized> PayloadContent for Typed<'_, T> {}
impl ArgumentsContent for Arguments<'_> {}
impl<T: Serialize + ?Sized> ArgumentsContent for Typed<'_, T> {}

pub(crate) mod sealed {
    use super::{EncodeError, Protocol, Sink};

    pub trait WritePayload {
        fn write<S: Sink>(&self, protocol: Protocol, sink: &mut S) -> Result<(), EncodeError>;
    }

    pub trait WriteArguments {
        fn write<S: Sink>(&self, protocol: Protocol, sink: &mut S) -> Result<(), EncodeError>;
    }
}

impl sealed::WritePayload for Payload<'_> {
    fn write<S: Sink>(&self, protocol: Protocol, sink: &mut S) -> Result<(), EncodeError> {
        same_protocol(self.protocol(), protocol)?;
        if self.as_bytes().is_empty() {
            return Err(EncodeError::MalformedPayload);
        }
        sink.put(self.as_bytes());
        Ok(())
    }
}

impl sealed::WriteArguments for Arguments<'_> {
    fn write<S: Sink>(&self, protocol: Protocol, sink: &mut S) -> Result<(), EncodeError> {
        same_protocol(self.protocol(), protocol)?;
        // What a peer sent as arguments may be no array.
        if self.as_bytes().is_empty() {
            return Err(EncodeError::ArgumentsNotArray);
        }
        sink.put(self.as_bytes());
        Ok(())
    }
}

impl<T: Serialize + ?Sized> sealed::WritePayload for Typed<'_, T> {
    fn write<S: Sink>(&self, protocol: Protocol, sink: &mut S) -> Result<(), EncodeError> {
        match protocol {
            Protocol::Json => {
                sink.put(&serde_json::to_vec(self.0).map_err(EncodeError::Serialize)?);
                Ok(())
            }
            #[cfg(feature = "messagepack")]
            Protocol::MessagePack => {
                let bytes = messagepack::to_bytes(self.0);
                sink.put(&bytes.map_err(EncodeError::SerializeMessagePack)?);
                Ok(())
            }
        }
    }
}

impl<T: Serialize + ?Sized> sealed::WriteArguments for Typed<'_, T> {
    fn write<S: Sink>(&self, protocol: Protocol, sink: &mut S) -> Result<(), EncodeError> {
        match protocol {
            Protocol::Json => {
                let json = serde_json::to_vec(self.0).map_err(EncodeError::Serialize)?;
                match json.first() {
                    Some(b'[') => sink.put(&json),
                    _ if json == b"null" => sink.put(b"[]"),
                    _ => return Err(EncodeError::ArgumentsNotArray),
                }
                Ok(())
            }
            #[cfg(feature = "messagepack")]
            Protocol::MessagePack => {
                let bytes = messagepack::to_bytes(self.0);
                let bytes = bytes.map_err(EncodeError::SerializeMessagePack)?;
                match Reader::new(&bytes).head() {
                    Ok(Head::Array(_)) => sink.put(&bytes),
                    Ok(Head::Nil) => write_array_len(sink, 0),
                    _ => return Err(EncodeError::ArgumentsNotArray),
                }
                Ok(())
            }
        }
    }
}

fn same_protocol(payload: Protocol, message: Protocol) -> Result<(), EncodeError> {
    if payload == message {
        return Ok(());
    }
    Err(EncodeError::ProtocolMismatch { payload, message })
}
