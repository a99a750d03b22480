//! Appending a message to a buffer, whatever the protocol.

use bytes::BytesMut;

#[cfg(feature = "messagepack")]
use crate::messagepack::{MAX_BODY, WriteMessagePack, prefix_len, write_prefix};
use crate::{
    EncodeError, Protocol,
    json::{Count, WriteJson},
};

/// A message that can be written in every protocol there is.
#[cfg(not(feature = "messagepack"))]
pub(crate) trait WriteMessage: WriteJson {}
#[cfg(not(feature = "messagepack"))]
impl<M: WriteJson> WriteMessage for M {}

/// A message that can be written in every protocol there is.
#[cfg(feature = "messagepack")]
pub(crate) trait WriteMessage: WriteJson + WriteMessagePack {}
#[cfg(feature = "messagepack")]
impl<M: WriteJson + WriteMessagePack> WriteMessage for M {}

/// Appends a message with its framing, or leaves `dst` as it is.
pub(crate) fn append<M: WriteMessage>(
    message: &M,
    protocol: Protocol,
    dst: &mut BytesMut,
) -> Result<(), EncodeError> {
    let start = dst.len();
    let written = match protocol {
        Protocol::Json => message.write_json(dst),
        #[cfg(feature = "messagepack")]
        Protocol::MessagePack => message
            .write_messagepack(dst)
            .and_then(|()| prefix(dst, start)),
    };
    written.inspect_err(|_| dst.truncate(start))
}

/// Puts the length of what stands behind `start` in front of it.
#[cfg(feature = "messagepack")]
fn prefix(dst: &mut BytesMut, start: usize) -> Result<(), EncodeError> {
    let len = dst.len() - start;
    if len > MAX_BODY {
        return Err(EncodeError::RecordTooLong { len });
    }
    write_prefix(dst, len);
    dst.get_mut(start..)
        .unwrap_or_default()
        .rotate_right(prefix_len(len));
    Ok(())
}

/// How many bytes [`append`] appends, if it can.
pub(crate) fn len<M: WriteMessage>(message: &M, protocol: Protocol) -> usize {
    let mut count = Count(0);
    let written = match protocol {
        Protocol::Json => message.write_json(&mut count),
        #[cfg(feature = "messagepack")]
        Protocol::MessagePack => message.write_messagepack(&mut count).map(|()| {
            count.0 += prefix_len(count.0);
        }),
    };
    written.map_or(0, |()| count.0)
}
