//! Items of streams.

use alloc::borrow::Cow;

use bytes::BytesMut;

use super::encode;
use crate::{EncodeError, Headers, Payload, PayloadContent, Protocol};

/// One item of a stream: type 2. A completion ends the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamItem<'a, P = Payload<'a>> {
    /// Headers.
    pub headers: Headers<'a>,
    /// The stream: the id of the stream invocation, or one of the caller's `stream_ids`. Not empty.
    pub invocation_id: Cow<'a, str>,
    /// The item.
    pub item: P,
}

impl<'a, P> StreamItem<'a, P> {
    /// The next item of that stream.
    pub fn new(invocation_id: impl Into<Cow<'a, str>>, item: P) -> Self {
        Self {
            headers: Headers::new(),
            invocation_id: invocation_id.into(),
            item,
        }
    }
}

impl<P: PayloadContent> StreamItem<'_, P> {
    /// Appends the message with its framing.
    ///
    /// # Errors
    /// If the message may not be sent like that; see [`EncodeError`]. `dst` is then as before.
    pub fn encode(&self, protocol: Protocol, dst: &mut BytesMut) -> Result<(), EncodeError> {
        encode::append(self, protocol, dst)
    }
}
