//! The search for what ends a string or an escape begins.

const WORD: usize = size_of::<u64>();
/// From this length on a string is passed in blocks.
const LONG: usize = 4 * WORD;
const BLOCK: usize = 64;

/// The offset of the first byte from `start` on that may not stand in a string as it is, or the end
/// of the text.
#[inline]
pub(crate) fn plain_end(text: &[u8], start: usize) -> usize {
    let mut at = start;
    while let Some(special) = word(text, at).map(special_bytes) {
        if special != 0 {
            return at + lowest_byte(special);
        }
        at += WORD;
        if at == start + LONG {
            at = plain_blocks_end(text, at);
        }
    }
    plain_tail_end(text, at)
}

#[inline]
fn word(text: &[u8], at: usize) -> Option<u64> {
    let word = text.get(at..)?.first_chunk()?;
    Some(u64::from_le_bytes(*word))
}

/// The same where less than a word is left: the last word of the text, without what was passed.
fn plain_tail_end(text: &[u8], at: usize) -> usize {
    let left = text.len().saturating_sub(at);
    match text.last_chunk() {
        Some(word) if left > 0 => {
            // Zeros come in behind the end, where they stop the search.
            let word = u64::from_le_bytes(*word) >> (u8::BITS as usize * (WORD - left));
            at + lowest_byte(special_bytes(word))
        }
        _ => {
            let tail = text.get(at..).unwrap_or_default();
            let special = tail.iter().position(|&byte| is_special(byte));
            at + special.unwrap_or(tail.len())
        }
    }
}

/// The end of the whole blocks whose bytes may stand in a string as they are.
fn plain_blocks_end(text: &[u8], mut at: usize) -> usize {
    while let Some(block) = text.get(at..).and_then(|rest| rest.first_chunk::<BLOCK>()) {
        // Without an early exit the compiler compares the block in vectors.
        let special = block
            .iter()
            .fold(false, |special, &byte| special | is_special(byte));
        if special {
            break;
        }
        at += BLOCK;
    }
    at
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
