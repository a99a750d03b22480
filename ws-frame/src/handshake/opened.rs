#[cfg(feature = "deflate")]
use crate::deflate::Params;

/// What a server chose of a client's [`Offer`](super::Offer).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Opened<'h> {
    /// The sub-protocol that is spoken.
    pub protocol: Option<&'h str>,
    /// What was agreed on for permessage-deflate; `None` goes on without compression.
    #[cfg(feature = "deflate")]
    pub deflate: Option<Params>,
}
