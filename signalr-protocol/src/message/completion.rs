//! Answers.

use alloc::borrow::Cow;

use bytes::BytesMut;

use super::encode;
use crate::{EncodeError, Headers, Payload, PayloadContent, Protocol};

/// The end of an invocation or of a stream: type 3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion<'a, P = Payload<'a>> {
    /// Headers.
    pub headers: Headers<'a>,
    /// The invocation or stream that ends. Not empty.
    pub invocation_id: Cow<'a, str>,
    /// How it ended.
    pub outcome: Outcome<'a, P>,
}

/// How an invocation or a stream ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome<'a, P = Payload<'a>> {
    /// Well, and without a value: what ends a stream. An invocation of a method that returns
    /// nothing is answered with a null [`Result`](Self::Result) instead.
    Void,
    /// With this value.
    Result(P),
    /// With this error. JSON cannot tell an empty one from [`Void`](Self::Void).
    Error(Cow<'a, str>),
}

impl<'a, P> Completion<'a, P> {
    /// Ends that invocation or stream.
    pub fn new(invocation_id: impl Into<Cow<'a, str>>, outcome: Outcome<'a, P>) -> Self {
        Self {
            headers: Headers::new(),
            invocation_id: invocation_id.into(),
            outcome,
        }
    }
}

impl<P: PayloadContent> Completion<'_, P> {
    /// Appends the message with its framing.
    ///
    /// # Errors
    /// If the message may not be sent like that; see [`EncodeError`]. `dst` is then as before.
    pub fn encode(&self, protocol: Protocol, dst: &mut BytesMut) -> Result<(), EncodeError> {
        encode::append(self, protocol, dst)
    }
}
