//! The key that proves that both sides mean this protocol.

use alloc::string::String;

use base64::{
    Engine as _, alphabet,
    engine::{GeneralPurpose, GeneralPurposeConfig, general_purpose::STANDARD},
};
use sha1::{Digest as _, Sha1};

/// What every server puts behind the key (RFC 6455 section 1.3).
const GUID: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// The bits behind the last byte are not looked at: the RFC's own example of a key
/// (`AQIDBAUGBwgJCgsMDQ4PEC==`, section 4.1) has some that are set.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);

/// A client's key from its nonce.
pub(super) fn encode(nonce: [u8; 16]) -> String {
    STANDARD.encode(nonce)
}

//= https://www.rfc-editor.org/rfc/rfc6455#section-4.2.1
//# A |Sec-WebSocket-Key| header field with a base64-encoded (see
//# Section 4 of [RFC4648]) value that, when decoded, is 16 bytes in
//# length.
pub(super) fn is_valid(key: &[u8]) -> bool {
    // Room for all that 24 characters can hold; a longer key does not fit and is refused.
    LENIENT
        .decode_slice(key, &mut [0; 18])
        .is_ok_and(|len| len == 16)
}

//= https://www.rfc-editor.org/rfc/rfc6455#section-4.2.2
//# The value of this
//# header field is constructed by concatenating /key/, defined
//# above in step 4 in Section 4.2.2, with the string "258EAFA5-
//# E914-47DA-95CA-C5AB0DC85B11", taking the SHA-1 hash of this
//# concatenated value to obtain a 20-byte value and base64-
//# encoding (see Section 4 of [RFC4648]) this 20-byte hash.
pub(super) fn accept(key: &[u8]) -> String {
    STANDARD.encode(Sha1::new().chain_update(key).chain_update(GUID).finalize())
}
