//! What errors say: lower case, with the numbers they hold.

use ws_frame::{DecodeError, EncodeError};

#[test]
fn decode_errors_name_the_rule_and_its_numbers() {
    let cases = [
        (
            DecodeError::ReservedBits { bits: 2 },
            "reserved bits 0b010 are set",
        ),
        (
            DecodeError::ReservedOpcode { opcode: 11 },
            "reserved opcode 0xb",
        ),
        (DecodeError::FragmentedControl, "fragmented control frame"),
        (
            DecodeError::ControlTooLong,
            "control frame longer than 125 bytes",
        ),
        (
            DecodeError::UnexpectedContinuation,
            "continuation of no message",
        ),
        (
            DecodeError::InterruptedMessage,
            "new message inside a fragmented one",
        ),
        (DecodeError::UnmaskedFrame, "unmasked frame from a client"),
        (DecodeError::MaskedFrame, "masked frame from a server"),
        (
            DecodeError::NonMinimalLength,
            "length in more bytes than it needs",
        ),
        (
            DecodeError::LengthTopBit,
            "top bit of a 64-bit length is set",
        ),
        (
            DecodeError::FrameTooLarge { limit: 9 },
            "frame longer than 9 bytes",
        ),
        (
            DecodeError::MessageTooLarge { limit: 9 },
            "message longer than 9 bytes",
        ),
        (
            DecodeError::TooManyFragments { limit: 9 },
            "message in more than 9 frames",
        ),
        (DecodeError::InvalidUtf8, "text is not utf-8"),
        (
            DecodeError::InvalidDeflate,
            "compressed message does not inflate",
        ),
        (DecodeError::ClosePayloadTooShort, "close frame of one byte"),
        (
            DecodeError::InvalidCloseCode { code: 1005 },
            "close code 1005 may not be sent",
        ),
        (
            DecodeError::UnexpectedEnd,
            "stream ended within a frame or a message",
        ),
    ];
    for (error, text) in cases {
        assert_eq!(error.to_string(), text);
    }
}

#[test]
fn encode_errors_name_the_rule_and_its_numbers() {
    let cases = [
        (
            EncodeError::ControlTooLong { len: 126 },
            "control frame of 126 bytes, 125 is the most",
        ),
        (
            EncodeError::FragmentedControl,
            "control frame without the fin bit",
        ),
        (
            EncodeError::LengthTopBit,
            "length does not fit into 63 bits",
        ),
        (
            EncodeError::ReservedBit,
            "rsv1 on a frame that starts no message",
        ),
        (
            EncodeError::ClosePayloadTooShort,
            "close frame of a single byte",
        ),
        (
            EncodeError::InvalidCloseCode { code: 1005 },
            "close code 1005 may not be sent",
        ),
        (EncodeError::InvalidCloseReason, "close reason is not utf-8"),
    ];
    for (error, text) in cases {
        assert_eq!(error.to_string(), text);
    }
}
