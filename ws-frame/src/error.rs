use core::{error, fmt};

use crate::CloseCode;

/// What the peer did wrong. The connection has to be failed: send a close frame with
/// [`close_code`](Self::close_code), then drop it (RFC 6455 section 7.1.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DecodeError {
    /// A reserved bit is set that no extension gave a meaning (section 5.2).
    ReservedBits {
        /// The three bits: 4 is RSV1, 2 is RSV2, 1 is RSV3.
        bits: u8,
    },
    /// The opcode has no meaning (section 5.2).
    ReservedOpcode {
        /// The four bits.
        opcode: u8,
    },
    /// A control frame without the FIN bit (section 5.5).
    FragmentedControl,
    /// A control frame that declares more than 125 bytes (section 5.5).
    ControlTooLong,
    /// A continuation frame, but no message is under way (section 5.4).
    UnexpectedContinuation,
    /// A new message before the last one was complete (section 5.4).
    InterruptedMessage,
    /// A frame from a client that is not masked (section 5.1).
    UnmaskedFrame,
    /// A frame from a server that is masked (section 5.1).
    MaskedFrame,
    /// A length written in more bytes than it needs (section 5.2).
    NonMinimalLength,
    /// A 64-bit length with the most significant bit set (section 5.2).
    LengthTopBit,
    /// A data frame longer than [`Limits::max_frame`](crate::Limits::max_frame).
    FrameTooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// A message longer than [`Limits::max_message`](crate::Limits::max_message), on the wire or
    /// inflated.
    MessageTooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// A message in more frames than [`Limits::max_fragments`](crate::Limits::max_fragments).
    TooManyFragments {
        /// The limit, in frames.
        limit: usize,
    },
    /// A text message, or the reason in a close frame, that is not UTF-8 (section 8.1).
    InvalidUtf8,
    /// A compressed message that is not a DEFLATE stream (RFC 7692 section 7.2.2).
    InvalidDeflate,
    /// A close frame of a single byte, where a status code has two (section 5.5.1).
    ClosePayloadTooShort,
    /// A close code that may not be sent (section 7.4).
    InvalidCloseCode {
        /// The code.
        code: u16,
    },
    /// The stream ended within a frame or a fragmented message. There is nobody left to tell; what an
    /// application is told of a connection without a close frame is code 1006, which is never sent
    /// (section 7.1.5).
    UnexpectedEnd,
}

impl DecodeError {
    /// What to tell the peer: 1007 for text that is not UTF-8 and for what does not inflate, 1008 for too many fragments, 1009
    /// for a size limit, 1002 for the rest.
    ///
    /// The codes 1003 (a kind of data that is not accepted) and 1011 (our own failure) are for the
    /// application: no frame by itself deserves them.
    #[must_use]
    pub const fn close_code(self) -> CloseCode {
        match self {
            Self::InvalidUtf8 | Self::InvalidDeflate => CloseCode::INVALID_PAYLOAD,
            Self::TooManyFragments { .. } => CloseCode::POLICY,
            Self::FrameTooLarge { .. } | Self::MessageTooLarge { .. } => CloseCode::TOO_LARGE,
            _ => CloseCode::PROTOCOL,
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReservedBits { bits } => write!(f, "reserved bits {bits:#05b} are set"),
            Self::ReservedOpcode { opcode } => write!(f, "reserved opcode {opcode:#x}"),
            Self::FragmentedControl => f.write_str("fragmented control frame"),
            Self::ControlTooLong => f.write_str("control frame longer than 125 bytes"),
            Self::UnexpectedContinuation => f.write_str("continuation of no message"),
            Self::InterruptedMessage => f.write_str("new message inside a fragmented one"),
            Self::UnmaskedFrame => f.write_str("unmasked frame from a client"),
            Self::MaskedFrame => f.write_str("masked frame from a server"),
            Self::NonMinimalLength => f.write_str("length in more bytes than it needs"),
            Self::LengthTopBit => f.write_str("top bit of a 64-bit length is set"),
            Self::FrameTooLarge { limit } => write!(f, "frame longer than {limit} bytes"),
            Self::MessageTooLarge { limit } => write!(f, "message longer than {limit} bytes"),
            Self::TooManyFragments { limit } => write!(f, "message in more than {limit} frames"),
            Self::InvalidUtf8 => f.write_str("text is not utf-8"),
            Self::InvalidDeflate => f.write_str("compressed message does not inflate"),
            Self::ClosePayloadTooShort => f.write_str("close frame of one byte"),
            Self::InvalidCloseCode { code } => write!(f, "close code {code} may not be sent"),
            Self::UnexpectedEnd => f.write_str("stream ended within a frame or a message"),
        }
    }
}

impl error::Error for DecodeError {}

/// What our caller asked for and the protocol has no form for. Nothing was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EncodeError {
    /// A control frame holds at most 125 bytes (section 5.5).
    ControlTooLong {
        /// The length of the payload, in bytes.
        len: usize,
    },
    /// A control frame has the FIN bit (section 5.5).
    FragmentedControl,
    /// A length that does not fit into 63 bits (section 5.2).
    LengthTopBit,
    /// RSV1 belongs on the first frame of a message (RFC 7692 section 6).
    ReservedBit,
    /// A close frame has no payload, or a code of two bytes (section 5.5.1).
    ClosePayloadTooShort,
    /// A close code that may not be sent (section 7.4).
    InvalidCloseCode {
        /// The code.
        code: u16,
    },
    /// The reason in a close frame is not UTF-8 (section 5.5.1).
    InvalidCloseReason,
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ControlTooLong { len } => {
                write!(f, "control frame of {len} bytes, 125 is the most")
            }
            Self::FragmentedControl => f.write_str("control frame without the fin bit"),
            Self::LengthTopBit => f.write_str("length does not fit into 63 bits"),
            Self::ReservedBit => f.write_str("rsv1 on a frame that starts no message"),
            Self::ClosePayloadTooShort => f.write_str("close frame of a single byte"),
            Self::InvalidCloseCode { code } => write!(f, "close code {code} may not be sent"),
            Self::InvalidCloseReason => f.write_str("close reason is not utf-8"),
        }
    }
}

impl error::Error for EncodeError {}
