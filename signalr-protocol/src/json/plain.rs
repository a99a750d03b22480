//! The search for what ends a string or an escape begins.

/// How many bytes at the front may stand in a string as they are.
pub(crate) fn plain_len(bytes: &[u8]) -> usize {
    let mut len = 0;
    while let Some(word) = bytes.get(len..).and_then(|rest| rest.first_chunk()) {
        let special = special_bytes(u64::from_le_bytes(*word));
        if special != 0 {
            return len + lowest_byte(special);
        }
        len += WORD;
        if len == 4 * WORD {
            len += plain_blocks(bytes.get(len..).unwrap_or_default());
        }
    }
    let tail = bytes.get(len..).unwrap_or_default();
    len + tail
        .iter()
        .position(|&byte| is_special(byte))
        .unwrap_or(tail.len())
}

const WORD: usize = size_of::<u64>();

/// How many bytes of whole blocks at the front may stand in a string as they are.
fn plain_blocks(bytes: &[u8]) -> usize {
    let mut len = 0;
    for block in bytes.chunks_exact(64) {
        // Without an early exit the compiler compares the block in vectors.
        if block
            .iter()
            .fold(false, |special, &byte| special | is_special(byte))
        {
            break;
        }
        len += block.len();
    }
    len
}

//= https://www.rfc-editor.org/rfc/rfc8259#section-7
//# All Unicode characters may be placed within the quotation marks, except for the characters
//# that MUST be escaped: quotation mark, reverse solidus, and the control characters (U+0000
//# through U+001F).
const fn is_special(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

/// Marks the special bytes of a word by their highest bit. Borrows may mark bytes above a special
/// one too, so only the lowest mark counts.
const fn special_bytes(word: u64) -> u64 {
    const ONES: u64 = u64::MAX / 0xFF;
    const HIGH_BITS: u64 = ONES << 7;
    let quote = word ^ (ONES * b'"' as u64);
    let backslash = word ^ (ONES * b'\\' as u64);
    let below_space = word.wrapping_sub(ONES * 0x20) & !word;
    let zero = (quote.wrapping_sub(ONES) & !quote) | (backslash.wrapping_sub(ONES) & !backslash);
    (below_space | zero) & HIGH_BITS
}

/// The index of the lowest byte that has a bit set.
const fn lowest_byte(mask: u64) -> usize {
    (mask.trailing_zeros() / u8::BITS) as usize
}
