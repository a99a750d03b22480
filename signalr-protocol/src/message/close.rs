//! Farewells.

use alloc::borrow::Cow;

/// The last message of a connection: type 7.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Close<'a> {
    /// Why, if it is an error. In JSON an empty text is an error too, in MessagePack it is none.
    pub error: Option<Cow<'a, str>>,
    /// Whether a client that reconnects by itself may do so.
    pub allow_reconnect: bool,
}

impl Close<'_> {
    /// What ASP.NET Core says when the peer broke the protocol and detailed errors are off.
    pub const WITH_ERROR: Close<'static> = Close {
        error: Some(Cow::Borrowed("Connection closed with an error.")),
        allow_reconnect: true,
    };
}
