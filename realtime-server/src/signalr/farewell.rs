use bytes::{Bytes, BytesMut};
use signalr_protocol::{Close, Message, Protocol};
use ws_frame::CloseCode;

use crate::{fanout::End, hub::Disconnect};

/// The last words to a client, and what the hub is told of them.
#[derive(Debug)]
pub(super) struct Farewell {
    pub(super) disconnect: Disconnect,
    /// The Close message; nothing where nobody would read it.
    close: Option<Close<'static>>,
    /// How the transport is closed; not at all where it is cut.
    pub(super) code: Option<CloseCode>,
}

impl Farewell {
    /// Nothing can be said any more.
    pub(super) fn silent(disconnect: Disconnect) -> Self {
        Self {
            disconnect,
            close: None,
            code: None,
        }
    }

    /// Nothing is said on the hub's side, and the transport is closed.
    pub(super) fn closing(disconnect: Disconnect, code: CloseCode) -> Self {
        Self {
            disconnect,
            close: None,
            code: Some(code),
        }
    }

    /// The connection ends for no fault; whether the client may come back is said.
    pub(super) fn orderly(disconnect: Disconnect, allow_reconnect: bool) -> Self {
        let close = Close {
            error: None,
            allow_reconnect,
        };
        Self {
            disconnect,
            close: Some(close),
            code: Some(CloseCode::NORMAL),
        }
    }

    /// The connection ends because of an error, the text of which is told where `detail` is given.
    pub(super) fn error(
        disconnect: Disconnect,
        allow_reconnect: bool,
        detail: Option<&str>,
    ) -> Self {
        let mut close = Close {
            allow_reconnect,
            ..Close::WITH_ERROR
        };
        if let Some(detail) = detail {
            close.error = close.error.map(|text| format!("{text} {detail}").into());
        }
        Self {
            disconnect,
            close: Some(close),
            code: Some(CloseCode::NORMAL),
        }
    }

    /// What the end of an outbox means.
    pub(super) fn of(end: End, detailed: bool) -> Self {
        match end {
            End::Shutdown => Self::orderly(Disconnect::Shutdown, true),
            End::Finished | End::Aborted | End::Left => Self::orderly(Disconnect::Aborted, false),
            End::Expired => Self::orderly(Disconnect::Aborted, true),
            End::Overflow => Self::silent(Disconnect::Slow),
            End::Silent | End::Unfinished => {
                let detail = "OperationCanceledException: Client hasn't sent a message/ping \
                    within the configured ClientTimeoutInterval.";
                Self::error(Disconnect::Silent, true, detailed.then_some(detail))
            }
        }
    }

    /// The Close message as a record of `protocol`.
    pub(super) fn record(&self, protocol: Protocol) -> Option<Bytes> {
        let message = Message::Close(self.close.clone()?);
        let mut bytes = BytesMut::with_capacity(message.encoded_len(protocol));
        message
            .encode(protocol, &mut bytes)
            .expect("a Close message holds no payload");
        Some(bytes.freeze())
    }
}
