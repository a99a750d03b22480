//! Names that nobody can guess, from the operating system's generator.

use std::fmt::Write;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// 128 bits, as many as a bearer capability needs.
type Bits = [u8; 16];

/// 32 lower-case hexadecimal digits, the form of a client or task id in the demo's model.
#[must_use]
pub fn hex() -> String {
    random()
        .iter()
        .fold(String::with_capacity(32), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// A random UUID (RFC 9562, version 4).
#[must_use]
pub fn uuid() -> String {
    let mut bits = u128::from_be_bytes(random());
    bits = (bits & !(0xF << 76)) | (0x4 << 76);
    bits = (bits & !(0x3 << 62)) | (0x2 << 62);
    hyphenate(&format!("{bits:032x}"))
}

/// The 32 digits of a UUID with hyphens between them; other texts lose what is too much.
#[must_use]
pub fn hyphenate(digits: &str) -> String {
    let part = |start, end| digits.get(start..end).unwrap_or_default();
    [
        part(0, 8),
        part(8, 12),
        part(12, 16),
        part(16, 20),
        part(20, 32),
    ]
    .join("-")
}

/// 22 characters of base64url without padding, the form of a SignalR connection id.
#[must_use]
pub fn base64url() -> String {
    URL_SAFE_NO_PAD.encode(random())
}

fn random() -> Bits {
    let mut bits = Bits::default();
    getrandom::fill(&mut bits).expect("the operating system has a random generator");
    bits
}
