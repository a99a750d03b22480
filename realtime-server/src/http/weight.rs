//! What clients prefer.

use super::headers::trim_blanks;

/// The most that a client can want something.
const MOST: u16 = 1000;

/// A member of a field such as `Accept`: what it names, and how much it is wanted in thousandths.
/// Zero is what must not be; what is malformed counts as not said.
//= https://www.rfc-editor.org/rfc/rfc9110#section-12.4.2
//# If no "q" parameter is present, the default weight is 1.
pub(crate) fn weighed(member: &[u8]) -> (&[u8], u16) {
    let mut parts = member.split(|&byte| byte == b';').map(trim_blanks);
    let name = parts.next().unwrap_or_default();
    let weight = parts.find_map(|part| match part {
        [b'q' | b'Q', b'=', value @ ..] => thousandths(value),
        _ => None,
    });
    (name, weight.unwrap_or(MOST))
}

/// `0` or `1`, and up to three digits after a point.
fn thousandths(value: &[u8]) -> Option<u16> {
    let (whole, digits) = match value {
        [whole, b'.', digits @ ..] if digits.len() <= 3 => (whole, digits),
        [whole] => (whole, &[][..]),
        _ => return None,
    };
    let mut places = digits.iter().copied().chain([b'0'; 3]).take(3);
    let fraction = places.try_fold(0, |sum, digit| {
        digit
            .is_ascii_digit()
            .then(|| sum * 10 + u16::from(digit - b'0'))
    })?;
    match whole {
        b'0' => Some(fraction),
        b'1' if fraction == 0 => Some(MOST),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weight_is_at_most_one_and_one_where_it_is_not_said() {
        for (member, weight) in [
            ("a", 1000),
            ("a;q=1", 1000),
            ("a;q=1.000", 1000),
            ("a ; Q=0.5", 500),
            ("a;q=0.123", 123),
            ("a;q=0.01", 10),
            ("a;q=0", 0),
            ("a;q=0.", 0),
            ("a;q=0.000", 0),
            ("a;charset=utf-8;q=0.1", 100),
            ("a;q=1.001", 1000),
            ("a;q=2", 1000),
            ("a;q=-1", 1000),
            ("a;q=0.1234", 1000),
            ("a;q=", 1000),
            ("a;q", 1000),
            ("a;q=x", 1000),
        ] {
            assert_eq!(weighed(member.as_bytes()), (&b"a"[..], weight), "{member}");
        }
    }
}
