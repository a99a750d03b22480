//! The transports that a server offers.

use alloc::{borrow::Cow, vec::Vec};

use crate::TransferFormat;

/// A transport that SignalR defines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transport {
    /// One WebSocket, both ways.
    WebSockets,
    /// A stream of events to the client, requests from it.
    ServerSentEvents,
    /// Requests both ways, one of them always waiting.
    LongPolling,
}

impl Transport {
    /// All of them, in the order in which clients are to try them.
    pub const ALL: [Self; 3] = [Self::WebSockets, Self::ServerSentEvents, Self::LongPolling];

    /// The transport of that name, in any case.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|transport| transport.name().eq_ignore_ascii_case(name))
    }

    /// The name in negotiate responses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::WebSockets => "WebSockets",
            Self::ServerSentEvents => "ServerSentEvents",
            Self::LongPolling => "LongPolling",
        }
    }

    /// What it carries.
    #[must_use]
    pub const fn transfer_formats(self) -> &'static [TransferFormat] {
        match self {
            Self::WebSockets | Self::LongPolling => &[TransferFormat::Text, TransferFormat::Binary],
            Self::ServerSentEvents => &[TransferFormat::Text],
        }
    }
}

/// A transport that a server offers, which a client need not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AvailableTransport<'a> {
    /// The name of the transport.
    pub transport: Cow<'a, str>,
    /// The names of the formats that it carries.
    pub transfer_formats: Vec<Cow<'a, str>>,
}

impl From<Transport> for AvailableTransport<'_> {
    fn from(transport: Transport) -> Self {
        let formats = transport.transfer_formats();
        Self {
            transport: transport.name().into(),
            transfer_formats: formats.iter().map(|format| format.name().into()).collect(),
        }
    }
}
