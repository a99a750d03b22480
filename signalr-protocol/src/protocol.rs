//! The hub protocols and what a transport must be able to carry for them.

/// A hub protocol: how messages look once the handshake is over.
///
/// The handshake itself is JSON whatever protocol it asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Protocol {
    /// UTF-8 JSON objects, each ended by the byte 0x1E.
    Json,
    /// MessagePack arrays, each behind its length.
    #[cfg(feature = "messagepack")]
    MessagePack,
}

impl Protocol {
    /// The highest version of the hub protocols that this crate speaks. Version 1 has everything
    /// but `Ack` and `Sequence`, the two messages of stateful reconnect.
    pub const MAX_VERSION: i32 = 2;

    const ALL: &[Self] = &[
        Self::Json,
        #[cfg(feature = "messagepack")]
        Self::MessagePack,
    ];

    /// The protocol of that name, in any case: handshakes compare names so.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|protocol| protocol.name().eq_ignore_ascii_case(name))
    }

    /// The name that the handshake knows it by.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            #[cfg(feature = "messagepack")]
            Self::MessagePack => "messagepack",
        }
    }

    /// What a transport must carry for this protocol.
    #[must_use]
    pub const fn transfer_format(self) -> TransferFormat {
        match self {
            Self::Json => TransferFormat::Text,
            #[cfg(feature = "messagepack")]
            Self::MessagePack => TransferFormat::Binary,
        }
    }
}

/// What a transport can carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TransferFormat {
    /// UTF-8 text.
    Text,
    /// Any bytes.
    Binary,
}

impl TransferFormat {
    /// The name in negotiate responses and in the text of a refused handshake.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "Text",
            Self::Binary => "Binary",
        }
    }
}
