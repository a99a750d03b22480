//! Just enough of DER (X.690) to see how long the modulus of an RSA key is.

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;

/// The bits of the modulus of an `RSAPublicKey` (RFC 8017 appendix A.1.1).
pub(super) fn modulus_bits(key: &[u8]) -> Option<usize> {
    let (members, _) = element(key, SEQUENCE)?;
    let (modulus, _) = element(members, INTEGER)?;
    Some(bits(modulus))
}

/// The bits of a number that begins with its highest byte.
pub(super) fn bits(number: &[u8]) -> usize {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let rest = number.get(zeros..).unwrap_or_default();
    let highest = rest.first().map_or(0, |byte| byte.leading_zeros());
    (rest.len() * 8).saturating_sub(highest as usize)
}

/// The content of the element that `der` begins with, and what follows it.
fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (found, rest) = der.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7F => (usize::from(*first), rest),
        // More bytes of a length than four are of no key.
        0x81..=0x84 => {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7F))?;
            let length = digits
                .iter()
                .fold(0_usize, |length, digit| length << 8 | usize::from(*digit));
            (length, rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    (*found == tag).then_some((content, rest))
}
