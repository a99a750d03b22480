//! Calls, and taking them back.

use alloc::{borrow::Cow, vec::Vec};

use bytes::BytesMut;

use super::encode;
use crate::{Arguments, ArgumentsContent, EncodeError, Headers, Protocol};

/// A call of a target: type 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invocation<'a, A = Arguments<'a>> {
    /// Headers.
    pub headers: Headers<'a>,
    /// Names the completion that answers it; `None` if no answer is wanted. An empty id is none.
    pub invocation_id: Option<Cow<'a, str>>,
    /// The name of what is called. Not empty.
    pub target: Cow<'a, str>,
    /// What it is called with.
    pub arguments: A,
    /// The streams that the caller will send, one per stream parameter of the target.
    pub stream_ids: Vec<Cow<'a, str>>,
}

impl<'a, A> Invocation<'a, A> {
    /// A call that wants no answer and sends no streams.
    pub fn new(target: impl Into<Cow<'a, str>>, arguments: A) -> Self {
        Self {
            headers: Headers::new(),
            invocation_id: None,
            target: target.into(),
            arguments,
            stream_ids: Vec::new(),
        }
    }
}

impl<A: ArgumentsContent> Invocation<'_, A> {
    /// Appends the message with its framing.
    ///
    /// # Errors
    /// If the message may not be sent like that; see [`EncodeError`]. `dst` is then as before.
    pub fn encode(&self, protocol: Protocol, dst: &mut BytesMut) -> Result<(), EncodeError> {
        encode::append(self, protocol, dst)
    }
}

/// A call of a target that answers with a stream: type 4.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamInvocation<'a, A = Arguments<'a>> {
    /// Headers.
    pub headers: Headers<'a>,
    /// Names the stream items and the completion that answer it. Not empty.
    pub invocation_id: Cow<'a, str>,
    /// The name of what is called. Not empty.
    pub target: Cow<'a, str>,
    /// What it is called with.
    pub arguments: A,
    /// The streams that the caller will send, one per stream parameter of the target.
    pub stream_ids: Vec<Cow<'a, str>>,
}

impl<'a, A> StreamInvocation<'a, A> {
    /// A call that sends no streams.
    pub fn new(
        invocation_id: impl Into<Cow<'a, str>>,
        target: impl Into<Cow<'a, str>>,
        arguments: A,
    ) -> Self {
        Self {
            headers: Headers::new(),
            invocation_id: invocation_id.into(),
            target: target.into(),
            arguments,
            stream_ids: Vec::new(),
        }
    }
}

impl<A: ArgumentsContent> StreamInvocation<'_, A> {
    /// Appends the message with its framing.
    ///
    /// # Errors
    /// If the message may not be sent like that; see [`EncodeError`]. `dst` is then as before.
    pub fn encode(&self, protocol: Protocol, dst: &mut BytesMut) -> Result<(), EncodeError> {
        encode::append(self, protocol, dst)
    }
}

/// The caller wants no more of the stream that answers an invocation: type 5.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CancelInvocation<'a> {
    /// Headers.
    pub headers: Headers<'a>,
    /// The invocation. Not empty.
    pub invocation_id: Cow<'a, str>,
}

impl<'a> CancelInvocation<'a> {
    /// Cancels that invocation.
    pub fn new(invocation_id: impl Into<Cow<'a, str>>) -> Self {
        Self {
            headers: Headers::new(),
            invocation_id: invocation_id.into(),
        }
    }
}
