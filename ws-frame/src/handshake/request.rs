use alloc::vec::Vec;

#[cfg(feature = "deflate")]
use crate::deflate::{self, Params};

use super::{
    Extension, RequestError, Response, extension,
    field::{self, Single},
    key,
};

/// A client's opening handshake, as a server reads it (RFC 6455 section 4.2.1).
///
/// What it holds is borrowed from the fields, and its lists are no longer than these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    key: &'a [u8],
    protocols: Vec<&'a str>,
    extensions: Vec<Extension<'a>>,
}

impl<'a> Request<'a> {
    /// Reads the fields of a `GET` request of HTTP/1.1 or higher; other methods (405) and versions
    /// (505) are the caller's to refuse.
    ///
    /// # Errors
    /// A [`RequestError`], which knows the status to refuse the request with.
    pub fn parse(
        fields: impl IntoIterator<Item = (&'a [u8], &'a [u8])>,
    ) -> Result<Self, RequestError> {
        let (mut upgrade, mut connection) = (false, false);
        let (mut host, mut key, mut version) =
            (Single::default(), Single::default(), Single::default());
        let (mut protocols, mut extensions) = (Some(Vec::new()), Some(Vec::new()));
        for (name, value) in fields {
            if field::is(name, field::UPGRADE) {
                upgrade |= field::has(value, field::WEBSOCKET);
            } else if field::is(name, field::CONNECTION) {
                connection |= field::has(value, field::UPGRADE);
            } else if field::is(name, "Host") {
                host.add(value);
            } else if field::is(name, field::KEY) {
                key.add(value);
            } else if field::is(name, field::VERSION) {
                version.add(value);
            } else if field::is(name, field::PROTOCOL) {
                protocols = protocols.and_then(|list| add_protocols(list, value));
            } else if field::is(name, field::EXTENSIONS) {
                extensions = extensions.and_then(|list| extension::offered(value, list));
            }
        }
        //= https://www.rfc-editor.org/rfc/rfc6455#section-4.2.1
        //# An |Upgrade| header field containing the value "websocket",
        //# treated as an ASCII case-insensitive value.
        if !upgrade {
            return Err(RequestError::MissingUpgrade);
        }
        //= https://www.rfc-editor.org/rfc/rfc6455#section-4.2.1
        //# A |Connection| header field that includes the token "Upgrade",
        //# treated as an ASCII case-insensitive value.
        if !connection {
            return Err(RequestError::MissingConnection);
        }
        //= https://www.rfc-editor.org/rfc/rfc6455#section-4.2.2
        //# If this
        //# version does not match a version understood by the server, the
        //# server MUST abort the WebSocket handshake described in this
        //# section and instead send an appropriate HTTP error code (such
        //# as 426 Upgrade Required) and a |Sec-WebSocket-Version| header
        //# field indicating the version(s) the server is capable of
        //# understanding.
        if version.value() != Some(field::VERSION_13.as_bytes()) {
            return Err(RequestError::UnsupportedVersion);
        }
        host.value().ok_or(RequestError::InvalidHost)?;
        let key = key
            .value()
            .filter(|key| key::is_valid(key))
            .ok_or(RequestError::InvalidKey)?;
        let protocols = protocols.ok_or(RequestError::InvalidProtocols)?;
        let extensions = extensions.ok_or(RequestError::InvalidExtensions)?;
        Ok(Self {
            key,
            protocols,
            extensions,
        })
    }

    /// The sub-protocols the client speaks, in the order it prefers.
    #[must_use]
    pub fn protocols(&self) -> &[&'a str] {
        &self.protocols
    }

    /// The extensions the client offers, in the order it prefers. An offer of permessage-deflate that
    /// has something wrong behind its name is not among them: it is declined, as RFC 7692 section 7.1
    /// asks for, and the connection is not.
    #[must_use]
    pub fn extensions(&self) -> &[Extension<'a>] {
        &self.extensions
    }

    /// Accepts the connection with the first of our `supported` sub-protocols that the client
    /// offered, or with none.
    //= https://www.rfc-editor.org/rfc/rfc6455#section-4.2.2
    //# The value chosen MUST be derived
    //# from the client's handshake, specifically by selecting one of
    //# the values from the |Sec-WebSocket-Protocol| field that the
    //# server is willing to use for this connection (if any).
    #[must_use]
    pub fn accept<'s>(&self, supported: &[&'s str]) -> Response<'s> {
        let protocol = supported
            .iter()
            .find(|name| self.protocols.contains(name))
            .copied();
        Response::new(key::accept(self.key), protocol)
    }

    /// Accepts the connection like [`accept`](Self::accept), with permessage-deflate if the client
    /// offered it in a form that we can take. Where our `wanted` parameters and the offer differ,
    /// the one that needs less memory counts; [`Response::deflate`] has the outcome.
    #[cfg(feature = "deflate")]
    #[must_use]
    pub fn accept_with_deflate<'s>(&self, supported: &[&'s str], wanted: Params) -> Response<'s> {
        let response = self.accept(supported);
        match deflate::accept(&self.extensions, wanted) {
            Some((agreed, value)) => response.with_deflate(agreed, value),
            None => response,
        }
    }
}

fn add_protocols<'a>(mut list: Vec<&'a str>, value: &'a [u8]) -> Option<Vec<&'a str>> {
    for element in field::elements(value) {
        list.push(field::token(element)?);
    }
    Some(list)
}
