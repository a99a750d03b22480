//! The masking of RFC 6455 section 5.3, eight bytes at a time or more.

use bytes::{BufMut, BytesMut};

/// Bytes that are copied before they are masked, so few that they are still in the processor's
/// nearest cache; a multiple of the key's length.
const BLOCK: usize = 8 * 1024;

/// Bytes from which on it pays to ask for the processor's widest instructions.
#[cfg(feature = "simd")]
const WIDE: usize = 256;

const HIGH_BITS: u64 = 0x8080_8080_8080_8080;

/// XORs `data` with `key` from the key's first byte on, and says whether the result is all ASCII.
///
/// The test rides along for free, so that only text with a high bit in it meets the UTF-8
/// validator.
#[inline]
pub(crate) fn apply(key: [u8; 4], data: &mut [u8]) -> bool {
    #[cfg(feature = "simd")]
    if data.len() >= WIDE {
        return apply_wide(key, data);
    }
    apply_words(key, data)
}

/// [`apply`] compiled for each kind of processor, of which one is chosen.
#[cfg(feature = "simd")]
#[inline(never)]
fn apply_wide(key: [u8; 4], data: &mut [u8]) -> bool {
    fearless_simd::dispatch!(fearless_simd::Level::new(), _simd => apply_words(key, data))
}

//= https://www.rfc-editor.org/rfc/rfc6455#section-5.3
//# Octet i of the transformed data ("transformed-octet-i") is the XOR of
//# octet i of the original data ("original-octet-i") with octet at index
//# i modulo 4 of the masking key ("masking-key-octet-j"):
#[expect(clippy::inline_always, reason = "`apply_wide` compiles it anew")]
#[inline(always)]
fn apply_words(key: [u8; 4], data: &mut [u8]) -> bool {
    let Some(&end) = data.last_chunk() else {
        return apply_bytes(key, data);
    };
    // The last eight bytes are masked by themselves and written last: what they share with the
    // words before is then the same, and no bytes are left over for a loop of their own.
    let end = u64::from_ne_bytes(end) ^ twice(rotate(key, data.len()));
    let word = twice(key);
    let mut seen = end;
    for chunk in data.chunks_exact_mut(8) {
        // Always there: the compiler sees the length and drops the test.
        if let Some(chunk) = chunk.first_chunk_mut() {
            let plain = u64::from_ne_bytes(*chunk) ^ word;
            seen |= plain;
            *chunk = plain.to_ne_bytes();
        }
    }
    if let Some(chunk) = data.last_chunk_mut() {
        *chunk = end.to_ne_bytes();
    }
    seen & HIGH_BITS == 0
}

/// For fewer than eight bytes.
#[inline]
fn apply_bytes(key: [u8; 4], data: &mut [u8]) -> bool {
    let mut ascii = true;
    for (byte, key) in data.iter_mut().zip(key.into_iter().cycle()) {
        *byte ^= key;
        ascii &= byte.is_ascii();
    }
    ascii
}

/// Appends `data` masked with `key`.
#[inline]
pub(crate) fn copy(key: [u8; 4], data: &[u8], dst: &mut BytesMut) {
    for block in data.chunks(BLOCK) {
        let start = dst.len();
        dst.put_slice(block);
        apply(key, dst.get_mut(start..).unwrap_or_default());
    }
}

/// The key for what follows `len` bytes that were masked with `key`.
#[inline]
pub(crate) fn rotate(key: [u8; 4], len: usize) -> [u8; 4] {
    // As a number: an array would be rotated by way of memory.
    let bits = 8 * u32::try_from(len % 4).unwrap_or_default();
    u32::from_le_bytes(key).rotate_right(bits).to_le_bytes()
}

#[inline]
fn twice(key: [u8; 4]) -> u64 {
    u64::from(u32::from_ne_bytes(key)) * 0x1_0000_0001
}
