//! Frames taken out of a wire that is all there, one rule after the other and byte by byte: what the
//! decoder is held against.

use ws_frame::{DecodeError, Limits, Opcode, Role};

use super::frames::{Frames, OwnedFrame};

/// The bytes that are still to be read.
struct Wire<'a>(&'a [u8]);

/// Why no frame comes.
enum Stop {
    /// The wire ends.
    Cut,
    Broken(DecodeError),
}

impl From<DecodeError> for Stop {
    fn from(error: DecodeError) -> Self {
        Self::Broken(error)
    }
}

impl Wire<'_> {
    fn byte(&mut self) -> Result<u8, Stop> {
        let (&byte, rest) = self.0.split_first().ok_or(Stop::Cut)?;
        self.0 = rest;
        Ok(byte)
    }
}

/// The message under way.
struct Message {
    /// Whether its payload is text as it stands.
    is_text: bool,
    payload: Vec<u8>,
    fragments: usize,
}

/// Every frame of `wire`, and what is wrong with the one that is none; a frame that is cut off is
/// judged as far as it goes if its head is whole.
pub(super) fn frames(role: Role, rsv1: bool, limits: Limits, wire: &[u8]) -> Frames {
    let (mut wire, mut out, mut message) = (Wire(wire), Vec::new(), None);
    loop {
        match frame(role, rsv1, limits, &mut wire, &mut message) {
            Ok(frame) if frame.opcode == Opcode::Close => {
                out.push(frame);
                return (out, None);
            }
            Ok(frame) => out.push(frame),
            Err(Stop::Cut) => return (out, None),
            Err(Stop::Broken(error)) => return (out, Some(error)),
        }
    }
}

fn frame(
    role: Role,
    rsv1_agreed: bool,
    limits: Limits,
    wire: &mut Wire<'_>,
    message: &mut Option<Message>,
) -> Result<OwnedFrame, Stop> {
    let first = wire.byte()?;
    let (fin, rsv1) = (first & 0x80 != 0, first & 0x40 != 0);
    let opcode = match first & 0x0F {
        0x0 => Opcode::Continuation,
        0x1 => Opcode::Text,
        0x2 => Opcode::Binary,
        0x8 => Opcode::Close,
        0x9 => Opcode::Ping,
        0xA => Opcode::Pong,
        opcode => return Err(DecodeError::ReservedOpcode { opcode }.into()),
    };
    let starts = matches!(opcode, Opcode::Text | Opcode::Binary);
    let bits = first >> 4 & 0x7;
    let meant = if rsv1_agreed && starts { bits & 4 } else { 0 };
    if bits != meant {
        return Err(DecodeError::ReservedBits { bits }.into());
    }
    let fragments = message.as_ref().map_or(0, |message| message.fragments);
    match (opcode.is_control(), starts, message.is_some()) {
        (true, _, _) if !fin => return Err(DecodeError::FragmentedControl.into()),
        (true, _, _) => {}
        (false, true, true) => return Err(DecodeError::InterruptedMessage.into()),
        (false, false, false) => return Err(DecodeError::UnexpectedContinuation.into()),
        _ if fragments >= limits.max_fragments => {
            let limit = limits.max_fragments;
            return Err(DecodeError::TooManyFragments { limit }.into());
        }
        _ => {}
    }
    let len = length(role, opcode, limits, wire, message.as_ref())?;

    let mut key = [0; 4];
    if role == Role::Server {
        for byte in &mut key {
            *byte = wire.byte()?;
        }
    }
    let mut payload = Vec::new();
    while payload.len() < len {
        let Ok(byte) = wire.byte() else { break };
        payload.push(byte ^ key.get(payload.len() % 4).copied().unwrap_or_default());
    }
    let cut = payload.len() < len;
    if !opcode.is_control() {
        let is_text = match &message {
            Some(message) => message.is_text,
            None => opcode == Opcode::Text && !rsv1,
        };
        let message = message.get_or_insert(Message {
            is_text,
            payload: Vec::new(),
            fragments: 0,
        });
        message.payload.extend_from_slice(&payload);
        message.fragments += 1;
        if let Err(error) = std::str::from_utf8(&message.payload) {
            let hopeless = error.error_len().is_some() || (fin && !cut);
            if is_text && hopeless {
                return Err(DecodeError::InvalidUtf8.into());
            }
        }
    }
    if cut {
        return Err(Stop::Cut);
    }
    if fin && !opcode.is_control() {
        *message = None;
    }
    Ok(OwnedFrame {
        fin,
        rsv1,
        opcode,
        payload,
    })
}

fn length(
    role: Role,
    opcode: Opcode,
    limits: Limits,
    wire: &mut Wire<'_>,
    message: Option<&Message>,
) -> Result<usize, Stop> {
    let second = wire.byte()?;
    match (role, second & 0x80 != 0) {
        (Role::Server, false) => return Err(DecodeError::UnmaskedFrame.into()),
        (Role::Client, true) => return Err(DecodeError::MaskedFrame.into()),
        _ => {}
    }
    let short = second & 0x7F;
    if opcode.is_control() {
        return match short {
            126.. => Err(DecodeError::ControlTooLong.into()),
            1 if opcode == Opcode::Close => Err(DecodeError::ClosePayloadTooShort.into()),
            len => Ok(usize::from(len)),
        };
    }
    let (bytes, least) = match short {
        126 => (2, 126),
        127 => (8, 0x1_0000),
        _ => (0, 0),
    };
    let mut len = if bytes == 0 { u64::from(short) } else { 0 };
    for _ in 0..bytes {
        len = len << 8 | u64::from(wire.byte()?);
    }
    if len >> 63 != 0 {
        return Err(DecodeError::LengthTopBit.into());
    }
    if len < least {
        return Err(DecodeError::NonMinimalLength.into());
    }
    let Limits {
        max_frame,
        max_message,
        ..
    } = limits;
    let before = message.map_or(0, |message| message.payload.len());
    match usize::try_from(len) {
        Ok(len) if len > max_frame => Err(DecodeError::FrameTooLarge { limit: max_frame }.into()),
        Ok(len) if before + len > max_message => {
            Err(DecodeError::MessageTooLarge { limit: max_message }.into())
        }
        Ok(len) => Ok(len),
        Err(_) => Err(DecodeError::FrameTooLarge { limit: max_frame }.into()),
    }
}
