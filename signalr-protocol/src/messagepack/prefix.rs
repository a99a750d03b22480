//! The length that stands in front of every MessagePack record.

use crate::json::Sink;

/// The longest body that a prefix may announce.
pub(crate) const MAX_BODY: usize = 0x7FFF_FFFF;

/// What the front of a buffer says about the record to come.
pub(crate) enum Prefix {
    /// The length of the body behind a prefix of so many bytes.
    Complete { prefix_len: usize, body_len: usize },
    /// The prefix goes on.
    Incomplete,
    /// More than [`MAX_BODY`], or more than five bytes.
    TooLong,
}

//= https://github.com/dotnet/aspnetcore/blob/main/src/SignalR/docs/specs/HubProtocol.md#varint
//# The biggest supported payloads are 2GB in size so the biggest number we need to support is
//# 0x7fffffff which when encoded as VarInt is 0xFF 0xFF 0xFF 0xFF 0x07 - hence the maximum size of
//# the length prefix is 5 bytes.
pub(crate) fn read_prefix(bytes: &[u8]) -> Prefix {
    let mut body_len = 0;
    for (index, &byte) in bytes.iter().take(5).enumerate() {
        // Of the fifth byte only three bits fit into 31.
        if index == 4 && byte > 0x07 {
            return Prefix::TooLong;
        }
        body_len |= usize::from(byte & 0x7F) << (7 * index);
        if byte & 0x80 == 0 {
            return Prefix::Complete {
                prefix_len: index + 1,
                body_len,
            };
        }
    }
    Prefix::Incomplete
}

/// Writes the prefix of a body, which is no longer than [`MAX_BODY`].
pub(crate) fn write_prefix<S: Sink>(sink: &mut S, body_len: usize) {
    let mut rest = body_len;
    while rest >= 0x80 {
        sink.put(&[low_bits(rest) | 0x80]);
        rest >>= 7;
    }
    sink.put(&[low_bits(rest)]);
}

/// How many bytes the prefix of a body takes.
pub(crate) const fn prefix_len(body_len: usize) -> usize {
    let bits = (usize::BITS - body_len.leading_zeros()) as usize;
    if bits == 0 { 1 } else { bits.div_ceil(7) }
}

#[expect(clippy::cast_possible_truncation, reason = "seven bits fit a byte")]
const fn low_bits(number: usize) -> u8 {
    (number & 0x7F) as u8
}
