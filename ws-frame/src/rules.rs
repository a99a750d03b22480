//! What a head must be, each rule applied at the byte that decides it.

use crate::{
    DecodeError, Head, Limits, Opcode, Role,
    head::{FIN, LEN_16, LEN_64, MASK, MAX_CONTROL, RSV1},
    length::{self, Len},
};

/// The rules of one connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    pub(crate) role: Role,
    pub(crate) limits: Limits,
    /// Whether RSV1 may stand on the first frame of a message.
    pub(crate) rsv1: bool,
    /// The least length that is none for [`parse_whole`](Self::parse_whole).
    pub(crate) whole_below: usize,
}

/// A message of which frames are still to come.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unfinished {
    /// Whether its payload is text on the wire, that is: not compressed.
    pub(crate) text: bool,
    pub(crate) compressed: bool,
    /// What its frames declared so far, in bytes.
    pub(crate) len: usize,
    pub(crate) fragments: usize,
}

/// A head that passed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parsed {
    pub(crate) head: Head,
    /// The bytes of the head itself.
    pub(crate) size: usize,
    pub(crate) key: [u8; 4],
}

/// The first bytes of whole messages.
const TEXT: u8 = FIN | Opcode::Text.bits();
const BINARY: u8 = FIN | Opcode::Binary.bits();

impl Rules {
    pub(crate) fn new(role: Role, limits: Limits) -> Self {
        let whole_below = match limits.max_fragments {
            0 => 0,
            _ => limits.max_frame.min(limits.max_message).saturating_add(1),
        };
        Self {
            role,
            limits,
            rsv1: false,
            whole_below,
        }
    }

    /// Reads the head at the front of `bytes`; `None` asks for more bytes.
    #[inline]
    pub(crate) fn parse(
        &self,
        unfinished: Option<&Unfinished>,
        bytes: &[u8],
    ) -> Result<Option<Parsed>, DecodeError> {
        let Some((&first, bytes)) = bytes.split_first() else {
            return Ok(None);
        };
        let opcode = self.first_byte(unfinished, first)?;
        let Some((&second, bytes)) = bytes.split_first() else {
            return Ok(None);
        };
        let short = self.second_byte(opcode, second)?;

        let (len, form) = match short {
            LEN_16 => (length::extended::<2>(bytes, u64::from(LEN_16))?, 2),
            LEN_64 => (length::extended::<8>(bytes, 1 << 16)?, 8),
            short => (
                Len {
                    least: u64::from(short),
                    most: u64::from(short),
                    complete: true,
                },
                0,
            ),
        };
        let size = self.payload_len(opcode, unfinished, &len)?;
        if !len.complete {
            return Ok(None);
        }
        let key_at = bytes.get(form..).unwrap_or_default();
        let (key, key_size) = match self.role {
            Role::Client => ([0; 4], 0),
            Role::Server => match key_at.first_chunk() {
                Some(key) => (*key, key.len()),
                None => return Ok(None),
            },
        };
        let head = Head {
            fin: first & FIN != 0,
            rsv1: first & RSV1 != 0,
            opcode,
            len: size,
        };
        Ok(Some(Parsed {
            head,
            size: 2 + form + key_size,
            key,
        }))
    }

    /// Reads the head of a message in one frame of fewer than `below` bytes that is all there;
    /// `None` leaves it to [`parse`](Self::parse). No message may be under way, and `below` is at
    /// most `whole_below`.
    #[inline]
    pub(crate) fn parse_whole(&self, bytes: &[u8], below: usize) -> Option<Parsed> {
        let (&[first, second], rest) = bytes.split_first_chunk()?;
        let opcode = match first {
            TEXT => Opcode::Text,
            BINARY => Opcode::Binary,
            _ => return None,
        };
        // A mask bit that is not as it has to be makes this no length at all.
        let short = match self.role {
            Role::Client => second,
            Role::Server => second ^ MASK,
        };
        let (len, key_at) = match short {
            0..LEN_16 => (usize::from(short), 2),
            LEN_16 => match u16::from_be_bytes(*rest.first_chunk()?) {
                0..126 => return None,
                len => (usize::from(len), 4),
            },
            _ => return None,
        };
        let (key, size) = match self.role {
            Role::Client => ([0; 4], key_at),
            Role::Server => (*bytes.get(key_at..)?.first_chunk()?, key_at + 4),
        };
        if len >= below || bytes.len() < size + len {
            return None;
        }
        let head = Head {
            fin: true,
            rsv1: false,
            opcode,
            len,
        };
        Some(Parsed { head, size, key })
    }

    #[inline]
    fn first_byte(
        &self,
        unfinished: Option<&Unfinished>,
        first: u8,
    ) -> Result<Opcode, DecodeError> {
        let bits = first >> 4 & 0x7;
        //= https://www.rfc-editor.org/rfc/rfc6455#section-5.2
        //# If an unknown opcode is received, the receiving endpoint MUST _Fail the
        //# WebSocket Connection_.
        let opcode = Opcode::from_bits(first & 0xF).ok_or(DecodeError::ReservedOpcode {
            opcode: first & 0xF,
        })?;
        //= https://www.rfc-editor.org/rfc/rfc6455#section-5.2
        //# If a nonzero value is received and none of
        //# the negotiated extensions defines the meaning of such a nonzero
        //# value, the receiving endpoint MUST _Fail the WebSocket
        //# Connection_.
        let starts_message = matches!(opcode, Opcode::Text | Opcode::Binary);
        let allowed = if self.rsv1 && starts_message {
            RSV1 >> 4
        } else {
            0
        };
        if bits & !allowed != 0 {
            return Err(DecodeError::ReservedBits { bits });
        }
        if opcode.is_control() {
            //= https://www.rfc-editor.org/rfc/rfc6455#section-5.5
            //# All control frames MUST have a payload length of 125 bytes or less
            //# and MUST NOT be fragmented.
            if first & FIN == 0 {
                return Err(DecodeError::FragmentedControl);
            }
            return Ok(opcode);
        }
        //= https://www.rfc-editor.org/rfc/rfc6455#section-5.4
        //# A fragmented message consists of a single frame with the FIN bit
        //# clear and an opcode other than 0, followed by zero or more frames
        //# with the FIN bit clear and the opcode set to 0, and terminated by
        //# a single frame with the FIN bit set and an opcode of 0.
        let fragments = match (unfinished, starts_message) {
            (None, false) => return Err(DecodeError::UnexpectedContinuation),
            (Some(_), true) => return Err(DecodeError::InterruptedMessage),
            (Some(unfinished), false) => unfinished.fragments,
            (None, true) => 0,
        };
        let limit = self.limits.max_fragments;
        if fragments >= limit {
            return Err(DecodeError::TooManyFragments { limit });
        }
        Ok(opcode)
    }

    /// Returns the seven bits of the length.
    #[inline]
    fn second_byte(&self, opcode: Opcode, second: u8) -> Result<u8, DecodeError> {
        match (self.role, second & MASK != 0) {
            //= https://www.rfc-editor.org/rfc/rfc6455#section-5.1
            //# The server MUST close the connection upon receiving a
            //# frame that is not masked.
            (Role::Server, false) => return Err(DecodeError::UnmaskedFrame),
            //= https://www.rfc-editor.org/rfc/rfc6455#section-5.1
            //# A client MUST close a connection if it detects a masked
            //# frame.
            (Role::Client, true) => return Err(DecodeError::MaskedFrame),
            _ => {}
        }
        let short = second & !MASK;
        if opcode.is_control() && usize::from(short) > MAX_CONTROL {
            return Err(DecodeError::ControlTooLong);
        }
        //= https://www.rfc-editor.org/rfc/rfc6455#section-5.5.1
        //# If there is a body, the first two bytes of
        //# the body MUST be a 2-byte unsigned integer (in network byte order)
        //# representing a status code with value /code/ defined in Section 7.4.
        if opcode == Opcode::Close && short == 1 {
            return Err(DecodeError::ClosePayloadTooShort);
        }
        Ok(short)
    }

    /// Judges a length before any of its bytes is kept, and one that is cut off as soon as it is
    /// sure what the whole would be judged.
    //= https://www.rfc-editor.org/rfc/rfc6455#section-10.4
    //# Implementations that have implementation- and/or platform-specific
    //# limitations regarding the frame size or total message size after
    //# reassembly from multiple frames MUST protect themselves against
    //# exceeding those limits.
    #[inline]
    fn payload_len(
        &self,
        opcode: Opcode,
        unfinished: Option<&Unfinished>,
        declared: &Len,
    ) -> Result<usize, DecodeError> {
        let limit = self.limits.max_frame;
        let too_large = DecodeError::FrameTooLarge { limit };
        let frame_fits = usize::try_from(declared.most).is_ok_and(|most| most <= limit);
        let len = usize::try_from(declared.least).map_err(|_| too_large)?;
        if opcode.is_control() {
            return Ok(len);
        }
        if len > limit {
            return Err(too_large);
        }
        let limit = self.limits.max_message;
        let before = unfinished.map_or(0, |unfinished| unfinished.len);
        // `before` passed this test itself, so it is at most `limit`.
        if len > limit.saturating_sub(before) && frame_fits {
            return Err(DecodeError::MessageTooLarge { limit });
        }
        Ok(len)
    }
}
