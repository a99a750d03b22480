use alloc::string::String;

use super::field;
#[cfg(feature = "deflate")]
use crate::deflate::Params;

/// A server's answer to an opening handshake: status 101 and [`fields`](Self::fields)
/// (RFC 6455 section 4.2.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response<'s> {
    accept: String,
    protocol: Option<&'s str>,
    extensions: Option<String>,
    #[cfg(feature = "deflate")]
    deflate: Option<Params>,
}

impl<'s> Response<'s> {
    pub(super) fn new(accept: String, protocol: Option<&'s str>) -> Self {
        Self {
            accept,
            protocol,
            extensions: None,
            #[cfg(feature = "deflate")]
            deflate: None,
        }
    }

    #[cfg(feature = "deflate")]
    pub(super) fn with_deflate(mut self, agreed: Params, value: String) -> Self {
        self.extensions = Some(value);
        self.deflate = Some(agreed);
        self
    }

    /// The sub-protocol that is spoken.
    #[must_use]
    pub fn protocol(&self) -> Option<&'s str> {
        self.protocol
    }

    /// What was agreed on for permessage-deflate; `None` goes on without compression.
    #[cfg(feature = "deflate")]
    #[must_use]
    pub fn deflate(&self) -> Option<Params> {
        self.deflate
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
            .chain(
                self.extensions
                    .as_deref()
                    .map(|value| (field::EXTENSIONS, value)),
            )
    }
}
