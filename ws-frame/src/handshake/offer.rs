use alloc::{string::String, vec::Vec};

use super::{
    OfferError, Opened, ResponseError, extension,
    field::{self, Single},
    key,
};
#[cfg(feature = "deflate")]
use crate::deflate::{self, Params};

/// A client's opening handshake, and what the answer is held against (RFC 6455 section 4.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    key: String,
    /// The offered sub-protocols as the field's value; empty if there are none.
    protocols: String,
    /// The offered extensions as the field's value.
    extensions: Option<String>,
    #[cfg(feature = "deflate")]
    deflate: Option<Params>,
}

impl Offer {
    /// An offer of `protocols` in the order we prefer.
    ///
    /// The nonce has to be random and fresh for each connection.
    ///
    /// # Errors
    /// An [`OfferError`] if a sub-protocol is not a token or is there twice.
    pub fn new(nonce: [u8; 16], protocols: &[&str]) -> Result<Self, OfferError> {
        let mut value = String::new();
        for (index, name) in protocols.iter().enumerate() {
            //= https://www.rfc-editor.org/rfc/rfc6455#section-4.1
            //# The elements that comprise this value
            //# MUST be non-empty strings with characters in the range U+0021 to
            //# U+007E not including separator characters as defined in
            //# [RFC2616] and MUST all be unique strings.
            if field::token(name.as_bytes()).is_none() {
                return Err(OfferError::InvalidProtocol { index });
            }
            if protocols.iter().take(index).any(|before| before == name) {
                return Err(OfferError::RepeatedProtocol { index });
            }
            if index > 0 {
                value.push_str(", ");
            }
            value.push_str(name);
        }
        Ok(Self {
            key: key::encode(nonce),
            protocols: value,
            extensions: None,
            #[cfg(feature = "deflate")]
            deflate: None,
        })
    }

    /// Offers permessage-deflate too. What is `wanted` of the server it has to grant; of what the
    /// client sends it may ask for less.
    #[cfg(feature = "deflate")]
    #[must_use]
    pub fn with_deflate(mut self, wanted: Params) -> Self {
        self.extensions = Some(deflate::offer(wanted));
        self.deflate = Some(wanted);
        self
    }

    /// The fields of the request, besides `Host` and what else the caller has to say.
    pub fn fields(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let fixed = [
            (field::UPGRADE, field::WEBSOCKET),
            (field::CONNECTION, field::UPGRADE),
            (field::KEY, &*self.key),
            (field::VERSION, field::VERSION_13),
        ];
        let protocols = Some(&*self.protocols).filter(|value| !value.is_empty());
        fixed
            .into_iter()
            .chain(protocols.map(|value| (field::PROTOCOL, value)))
            .chain(
                self.extensions
                    .as_deref()
                    .map(|value| (field::EXTENSIONS, value)),
            )
    }

    /// Judges the answer and returns what the server chose.
    ///
    /// # Errors
    /// A [`ResponseError`]: the connection is not open, and no frame may be sent.
    pub fn verify<'h>(
        &self,
        status: u16,
        fields: impl IntoIterator<Item = (&'h [u8], &'h [u8])>,
    ) -> Result<Opened<'h>, ResponseError> {
        //= https://www.rfc-editor.org/rfc/rfc6455#section-4.1
        //# If the status code received from the server is not 101, the
        //# client handles the response per HTTP [RFC2616] procedures.
        if status != 101 {
            return Err(ResponseError::Status { status });
        }
        let (mut upgrade, mut accept, mut protocol) =
            (Single::default(), Single::default(), Single::default());
        let (mut connection, mut extensions) = (false, Some(Vec::new()));
        for (name, value) in fields {
            if field::is(name, field::UPGRADE) {
                upgrade.add(value);
            } else if field::is(name, field::CONNECTION) {
                connection |= field::has(value, field::UPGRADE);
            } else if field::is(name, field::ACCEPT) {
                accept.add(value);
            } else if field::is(name, field::PROTOCOL) {
                protocol.add(value);
            } else if field::is(name, field::EXTENSIONS) {
                extensions = extensions.and_then(|list| extension::accepted(value, list));
            }
        }
        //= https://www.rfc-editor.org/rfc/rfc6455#section-4.1
        //# If the response lacks an |Upgrade| header field or the |Upgrade|
        //# header field contains a value that is not an ASCII case-
        //# insensitive match for the value "websocket", the client MUST
        //# _Fail the WebSocket Connection_.
        if !upgrade
            .value()
            .is_some_and(|value| field::is(value, field::WEBSOCKET))
        {
            return Err(ResponseError::MissingUpgrade);
        }
        //= https://www.rfc-editor.org/rfc/rfc6455#section-4.1
        //# If the response lacks a |Connection| header field or the
        //# |Connection| header field doesn't contain a token that is an
        //# ASCII case-insensitive match for the value "Upgrade", the client
        //# MUST _Fail the WebSocket Connection_.
        if !connection {
            return Err(ResponseError::MissingConnection);
        }
        if accept.value() != Some(key::accept(self.key.as_bytes()).as_bytes()) {
            return Err(ResponseError::WrongAccept);
        }
        let extensions = extensions.ok_or(ResponseError::InvalidExtensions)?;
        //= https://www.rfc-editor.org/rfc/rfc6455#section-4.1
        //# If the response includes a |Sec-WebSocket-Extensions| header
        //# field and this header field indicates the use of an extension
        //# that was not present in the client's handshake (the server has
        //# indicated an extension not requested by the client), the client
        //# MUST _Fail the WebSocket Connection_.
        if self.extensions.is_none() && !extensions.is_empty() {
            return Err(ResponseError::UnofferedExtension);
        }
        Ok(Opened {
            protocol: self.chosen(&protocol)?,
            #[cfg(feature = "deflate")]
            deflate: match self.deflate {
                Some(wanted) if !extensions.is_empty() => {
                    Some(deflate::verify(&extensions, wanted)?)
                }
                _ => None,
            },
        })
    }

    //= https://www.rfc-editor.org/rfc/rfc6455#section-4.1
    //# If the response includes a |Sec-WebSocket-Protocol| header field
    //# and this header field indicates the use of a subprotocol that was
    //# not present in the client's handshake (the server has indicated a
    //# subprotocol not requested by the client), the client MUST _Fail
    //# the WebSocket Connection_.
    fn chosen<'h>(&self, protocol: &Single<'h>) -> Result<Option<&'h str>, ResponseError> {
        let name = match protocol {
            Single::Missing => return Ok(None),
            Single::Value(value) => field::token(value),
            Single::Repeated => None,
        };
        let offered = |name: &&str| self.protocols.split(", ").any(|other| other == *name);
        match name.filter(offered) {
            Some(name) => Ok(Some(name)),
            None => Err(ResponseError::UnofferedProtocol),
        }
    }
}
