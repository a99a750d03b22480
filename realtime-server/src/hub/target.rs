#[cfg(feature = "messagepack")]
use std::error::Error;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use serde::Serialize;
use signalr_protocol::{EncodeError, Invocation, Protocol, Typed};

#[cfg(feature = "messagepack")]
use tracing::warn;

use super::Core;
use crate::fanout::{Audience, End, Payload};

/// Some of the connections of a hub.
#[derive(Clone, Copy, Debug)]
#[must_use = "a target sends nothing by itself"]
pub struct Target<'a> {
    core: &'a Core,
    audience: Audience<'a>,
}

impl<'a> Target<'a> {
    pub(super) fn new(core: &'a Core, audience: Audience<'a>) -> Self {
        Self { core, audience }
    }

    /// Calls the client method `method` with a tuple of `arguments` on every connection of this
    /// target. It is queued for each and waits for none; a connection that takes its messages too
    /// slowly is ended. Nobody being there is no error.
    ///
    /// What JSON can say and `MessagePack` cannot, such as an integer of 128 bits, is sent to those
    /// that speak JSON. The others go without, which is logged and counted: whether a send fails
    /// does not depend on who happens to be connected.
    ///
    /// # Errors
    /// When the arguments are no tuple or list, or cannot be written as JSON; nobody is sent
    /// anything then.
    #[expect(
        clippy::unused_async,
        reason = "a backplane between nodes will be waited for"
    )]
    pub async fn send<A>(&self, method: &str, arguments: A) -> Result<(), EncodeError>
    where
        A: Serialize + Send,
    {
        let payload = payload(self.core, method, &arguments)?;
        self.core
            .registry
            .deliver(self.audience, &payload)
            .count(&self.core.metrics);
        Ok(())
    }

    /// Ends these connections after what is queued for them, and tells them not to come back; says
    /// how many they were.
    #[expect(
        clippy::unused_async,
        reason = "connections on other nodes will be waited for"
    )]
    pub async fn disconnect(&self) -> usize {
        self.core.registry.end_all(self.audience, End::Aborted)
    }

    /// The ids of these connections, as of now.
    #[must_use]
    pub fn ids(&self) -> Vec<Arc<str>> {
        let members = self.core.registry.members(self.audience);
        members
            .iter()
            .map(|member| Arc::clone(member.id()))
            .collect()
    }

    /// How many these connections are, now.
    #[must_use]
    pub fn count(&self) -> usize {
        self.core.registry.count(self.audience)
    }

    /// Whether there is nobody, now.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count() == 0
    }
}

/// A call of a client method for many: once in each protocol that is spoken.
fn payload<A: Serialize>(core: &Core, method: &str, arguments: &A) -> Result<Payload, EncodeError> {
    let payload = Payload::new(invocation(Protocol::Json, None, method, arguments)?);
    #[cfg(feature = "messagepack")]
    if core.registry.takes_binary() {
        match invocation(Protocol::MessagePack, None, method, arguments) {
            Ok(binary) => return Ok(payload.with_binary(binary)),
            Err(error) => {
                let reason = error.source().map(ToString::to_string);
                let reason = reason.as_deref().unwrap_or_default();
                warn!(method, %error, reason, "clients that speak MessagePack are not sent this");
                core.metrics.hub_messages_unwritten.incr();
            }
        }
    }
    #[cfg(not(feature = "messagepack"))]
    let _ = core;
    Ok(payload)
}

/// A call of a client method as a record, with an id where an answer is wanted.
pub(super) fn invocation<A: Serialize>(
    protocol: Protocol,
    id: Option<&str>,
    method: &str,
    arguments: &A,
) -> Result<Bytes, EncodeError> {
    let mut record = BytesMut::new();
    let mut invocation = Invocation::new(method, Typed(arguments));
    invocation.invocation_id = id.map(Into::into);
    invocation.encode(protocol, &mut record)?;
    Ok(record.freeze())
}
