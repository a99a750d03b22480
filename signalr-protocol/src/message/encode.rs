//! Appending a message to a buffer, whatever the protocol.

use bytes::BytesMut;

use crate::{
    EncodeError, Protocol,
    json::{Count, WriteJson},
};

/// Appends a message with its framing, or leaves `dst` as it is.
pub(crate) fn append<M: WriteJson>(
    message: &M,
    protocol: Protocol,
    dst: &mut BytesMut,
) -> Result<(), EncodeError> {
    let start = dst.len();
    let written = match protocol {
        Protocol::Json => message.write_json(dst),
    };
    written.inspect_err(|_| dst.truncate(start))
}

/// How many bytes [`append`] appends, if it can.
pub(crate) fn len<M: WriteJson>(message: &M, protocol: Protocol) -> usize {
    let mut count = Count(0);
    let written = match protocol {
        Protocol::Json => message.write_json(&mut count),
    };
    written.map_or(0, |()| count.0)
}
