//! What a client puts into the query of `POST {path}/negotiate`.

use alloc::string::ToString;
use core::{error::Error, fmt};

use bytes::BytesMut;

use super::NegotiateResponse;

/// The query of a negotiation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NegotiateRequest {
    /// The highest version of the negotiation that the client knows. Without one it is 0.
    pub version: i32,
    /// Whether the client can take up a connection again after losing its transport.
    pub use_stateful_reconnect: bool,
}

impl NegotiateRequest {
    /// The highest version of the negotiation that this crate knows. From version 1 on a
    /// connection has a secret token beside its public id.
    pub const MAX_VERSION: i32 = 1;

    /// Reads the pairs of a query, which are decoded already. Names are compared without regard to
    /// case, unknown ones are ignored.
    ///
    /// # Errors
    /// [`VersionError::NotAnInteger`].
    pub fn from_query<'q>(
        pairs: impl IntoIterator<Item = (&'q str, &'q str)>,
    ) -> Result<Self, VersionError> {
        let mut request = Self::default();
        for (name, value) in pairs {
            if name.eq_ignore_ascii_case("negotiateVersion") {
                request.version = value
                    .trim()
                    .parse()
                    .map_err(|_| VersionError::NotAnInteger)?;
            } else if name.eq_ignore_ascii_case("useStatefulReconnect") {
                request.use_stateful_reconnect = value.trim().eq_ignore_ascii_case("true");
            }
        }
        Ok(request)
    }

    /// The version to go on with.
    ///
    /// # Errors
    /// [`VersionError::Unsupported`] if the client's version is below `minimum`.
    pub const fn version_from(&self, minimum: i32) -> Result<i32, VersionError> {
        if self.version < minimum {
            return Err(VersionError::Unsupported {
                version: self.version,
            });
        }
        if self.version > Self::MAX_VERSION {
            return Ok(Self::MAX_VERSION);
        }
        Ok(self.version)
    }

    /// Appends the query without its question mark.
    pub fn encode(&self, dst: &mut BytesMut) {
        dst.extend_from_slice(b"negotiateVersion=");
        dst.extend_from_slice(self.version.to_string().as_bytes());
        if self.use_stateful_reconnect {
            dst.extend_from_slice(b"&useStatefulReconnect=true");
        }
    }
}

/// A negotiation asks for a version that the server does not have.
///
/// The texts are those of ASP.NET Core; clients show them to their users.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum VersionError {
    /// The version is not a 32-bit integer.
    NotAnInteger,
    /// The version is below what the server demands.
    Unsupported {
        /// The version asked for.
        version: i32,
    },
}

impl VersionError {
    /// What to answer, with status 200.
    #[must_use]
    pub fn response(&self) -> NegotiateResponse<'static> {
        NegotiateResponse::Refused {
            error: self.to_string().into(),
        }
    }
}

impl fmt::Display for VersionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAnInteger => {
                f.write_str("The client requested a non-integer protocol version.")
            }
            Self::Unsupported { version } => write!(
                f,
                "The client requested version '{version}', \
                 but the server does not support this version."
            ),
        }
    }
}

impl Error for VersionError {}
