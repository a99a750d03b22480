use core::{error, fmt};

use super::field::{CONNECTION, UPGRADE, VERSION, VERSION_13, WEBSOCKET};

/// Why a request is not the opening handshake of a client (RFC 6455 section 4.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RequestError {
    /// `Upgrade` does not name `websocket`.
    MissingUpgrade,
    /// `Connection` does not name `Upgrade`.
    MissingConnection,
    /// `Sec-WebSocket-Version` is not 13.
    UnsupportedVersion,
    /// `Host` is missing or repeated.
    InvalidHost,
    /// `Sec-WebSocket-Key` is missing, repeated, or not 16 bytes of base64.
    InvalidKey,
    /// `Sec-WebSocket-Protocol` is not a list of tokens.
    InvalidProtocols,
    /// `Sec-WebSocket-Extensions` is not a list of extensions (section 9.1). What is wrong behind the
    /// name of permessage-deflate only declines that offer.
    InvalidExtensions,
}

impl RequestError {
    /// The status to refuse the request with: 426 where another request would do, else 400.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::MissingUpgrade | Self::UnsupportedVersion => 426,
            _ => 400,
        }
    }

    /// The fields that have to go with the status: what to upgrade to, in which version.
    //= https://www.rfc-editor.org/rfc/rfc6455#section-4.4
    //# If the server
    //# doesn't support the requested version, it MUST respond with a
    //# |Sec-WebSocket-Version| header field (or multiple
    //# |Sec-WebSocket-Version| header fields) containing all versions it is
    //# willing to use.
    #[must_use]
    pub const fn fields(self) -> &'static [(&'static str, &'static str)] {
        match self.status() {
            426 => &[
                (UPGRADE, WEBSOCKET),
                (CONNECTION, UPGRADE),
                (VERSION, VERSION_13),
            ],
            _ => &[],
        }
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MissingUpgrade => "no upgrade to websocket",
            Self::MissingConnection => "no connection option upgrade",
            Self::UnsupportedVersion => "websocket version is not 13",
            Self::InvalidHost => "host is missing or repeated",
            Self::InvalidKey => "websocket key is not 16 bytes of base64",
            Self::InvalidProtocols => "sub-protocols are not a list of tokens",
            Self::InvalidExtensions => "extensions are malformed",
        })
    }
}

impl error::Error for RequestError {}

/// Why an answer does not open the connection (RFC 6455 section 4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ResponseError {
    /// The status is not 101: the answer is an ordinary one, such as a redirect or a refusal.
    Status {
        /// The status.
        status: u16,
    },
    /// `Upgrade` is not `websocket`.
    MissingUpgrade,
    /// `Connection` does not name `Upgrade`.
    MissingConnection,
    /// `Sec-WebSocket-Accept` does not fit the key.
    WrongAccept,
    /// `Sec-WebSocket-Protocol` is repeated or was not offered.
    UnofferedProtocol,
    /// `Sec-WebSocket-Extensions` has an extension that was not offered.
    UnofferedExtension,
    /// `Sec-WebSocket-Extensions` is malformed, or has an extension twice or with parameters that
    /// do not fit what was offered.
    InvalidExtensions,
}

impl fmt::Display for ResponseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Status { status } => return write!(f, "status {status} instead of 101"),
            Self::MissingUpgrade => "no upgrade to websocket",
            Self::MissingConnection => "no connection option upgrade",
            Self::WrongAccept => "accept value does not fit the key",
            Self::UnofferedProtocol => "sub-protocol was not offered",
            Self::UnofferedExtension => "extension was not offered",
            Self::InvalidExtensions => "extensions do not fit the offer",
        })
    }
}

impl error::Error for ResponseError {}

/// Why sub-protocols cannot be offered (RFC 6455 section 4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OfferError {
    /// A name is not a token.
    InvalidProtocol {
        /// Its place in the list, from 0.
        index: usize,
    },
    /// A name is there twice.
    RepeatedProtocol {
        /// The place of the second one, from 0.
        index: usize,
    },
}

impl fmt::Display for OfferError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidProtocol { index } => write!(f, "sub-protocol {index} is not a token"),
            Self::RepeatedProtocol { index } => write!(f, "sub-protocol {index} is there twice"),
        }
    }
}

impl error::Error for OfferError {}
