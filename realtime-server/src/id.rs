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
