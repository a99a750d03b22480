use crate::Role;

/// What is agreed on for a connection, or what one side would like it to be.
///
/// The default takes no context over and has the largest window in both directions: memory is
/// needed only while a message is worked on, and a broadcast is compressed once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Params {
    /// What the server sends.
    pub server: Direction,
    /// What the client sends.
    pub client: Direction,
}

/// How the messages of one direction are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Direction {
    /// Whether a message may refer to what the messages before it said (RFC 7692 section 7.1.1).
    /// It makes short messages that are alike much shorter, and costs both sides the memory of a
    /// window for as long as the connection lasts.
    pub context_takeover: bool,
    /// How far back a message may refer (section 7.1.2).
    pub window_bits: WindowBits,
}

impl Default for Direction {
    /// No context takeover, 15 window bits.
    fn default() -> Self {
        Self {
            context_takeover: false,
            window_bits: WindowBits::MAX,
        }
    }
}

impl Params {
    /// How what `role` receives is compressed.
    pub(crate) const fn received_by(self, role: Role) -> Direction {
        match role {
            Role::Client => self.server,
            Role::Server => self.client,
        }
    }
}

/// The size of a window as a power of two, from 9 (512 bytes) to 15 (32 KiB).
///
/// RFC 7692 also knows 8, for which zlib makes no raw DEFLATE stream: a server declines an offer that
/// wants it of what the server sends. Of what the peer sends, 8 is taken, because inflating does not
/// depend on it: in the answer to a client it counts as 9, and an offer to a server by which the client
/// itself keeps to 8 is taken as if it had named no size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WindowBits(u8);

impl WindowBits {
    /// 9: 512 bytes.
    pub const MIN: Self = Self(9);
    /// 15: 32 KiB.
    pub const MAX: Self = Self(15);

    /// `bits`, if they are from 9 to 15.
    #[must_use]
    pub const fn new(bits: u8) -> Option<Self> {
        match bits {
            9..=15 => Some(Self(bits)),
            _ => None,
        }
    }

    /// The number, from 9 to 15.
    #[must_use]
    pub const fn as_u8(self) -> u8 {
        self.0
    }
}
