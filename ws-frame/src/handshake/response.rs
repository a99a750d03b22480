use alloc::string::String;

use super::field;

/// A server's answer to an opening handshake: status 101 and [`fields`](Self::fields)
/// (RFC 6455 section 4.2.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response<'s> {
    accept: String,
    protocol: Option<&'s str>,
}

impl<'s> Response<'s> {
    pub(super) fn new(accept: String, protocol: Option<&'s str>) -> Self {
        Self { accept, protocol }
    }

    /// The sub-protocol that is spoken.
    #[must_use]
    pub fn protocol(&self) -> Option<&'s str> {
        self.protocol
    }

    /// The fields of the answer.
    pub fn fields(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let fixed = [
            (field::UPGRADE, field::WEBSOCKET),
            (field::CONNECTION, field::UPGRADE),
            (field::ACCEPT, &*self.accept),
        ];
        fixed
            .into_iter()
            .chain(self.protocol.map(|name| (field::PROTOCOL, name)))
    }
}
