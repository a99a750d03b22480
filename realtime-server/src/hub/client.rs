use std::{
    future::{pending, poll_fn},
    pin::pin,
    sync::Arc,
    task::Poll,
};

use bytes::Bytes;
use futures_util::FutureExt;
use serde::{Serialize, de::DeserializeOwned};
use signalr_protocol::{EncodeError, Protocol};
use tokio::{sync::oneshot, time};
use tracing::debug;

use super::{Core, InvokeError, Scope, Target, client_results, scope::Stage, target::invocation};
use crate::fanout::{Audience, End, Member};

/// One connection of a hub, to send to and to ask.
#[derive(Clone, Copy, Debug)]
#[must_use = "a client is sent nothing by itself"]
pub struct Client<'a> {
    core: &'a Core,
    id: &'a str,
    scope: Option<&'a Scope>,
}

impl<'a> Client<'a> {
    pub(super) fn new(core: &'a Core, id: &'a str, scope: Option<&'a Scope>) -> Self {
        Self { core, id, scope }
    }

    /// Calls the client method `method`, as [`Target::send`], in the protocol that the client
    /// speaks; but waits while half of what may be queued for the client is. A client for which that
    /// does not change, for as long as it may stay away and take nothing, is ended.
    ///
    /// # Errors
    /// When the arguments are no tuple or list, or cannot be written in that protocol.
    pub async fn send<A>(&self, method: &str, arguments: A) -> Result<(), EncodeError>
    where
        A: Serialize + Send,
    {
        let member = self.core.registry.member(self.id);
        let protocol = member.as_deref().map_or(Protocol::Json, protocol_of);
        let record = invocation(protocol, None, method, &arguments)?;
        if let Some(member) = member {
            self.wait_for_room(&member).await;
            self.tell(&member, record);
        }
        Ok(())
    }

    /// Calls the client method `method` and waits for what it returns, as long as the connection
    /// lasts. Whoever drops this future, or gives it a time-out, asks no more.
    ///
    /// In a hub method the invocation gives its slot back for good, so that the client can go on
    /// invoking; and the wait ends when the client takes the invocation back.
    ///
    /// # Errors
    /// Each of [`InvokeError`]. With `?` in a hub method the caller is told what ASP.NET Core tells
    /// it.
    pub async fn invoke<R, A>(&self, method: &str, arguments: A) -> Result<R, InvokeError>
    where
        R: DeserializeOwned + Send + 'static,
        A: Serialize + Send,
    {
        if self
            .scope
            .is_some_and(|scope| scope.stage == Stage::Connecting)
        {
            return Err(InvokeError::WhileConnecting);
        }
        let Some(member) = self.core.registry.member(self.id) else {
            return Err(InvokeError::NotConnected {
                connection: self.id.into(),
            });
        };
        let (tell, mut told) = oneshot::channel();
        let question = self.core.client_results.ask(
            Arc::clone(member.id()),
            self.core.config.max_client_results,
            Box::new(move |outcome| {
                // Whoever asked may have gone meanwhile.
                let _ = tell.send(client_results::read(outcome));
            }),
        )?;
        let protocol = protocol_of(&member);
        let record = invocation(protocol, Some(question.id()), method, &arguments)?;
        self.tell(&member, record);
        if let Some(scope) = self.scope {
            scope.release_slot();
        }
        let mut taken_back = pin!(async {
            match self.scope {
                Some(scope) => scope.cancelled().cancelled().await,
                None => pending().await,
            }
        });
        poll_fn(|cx| {
            if let Poll::Ready(told) = told.poll_unpin(cx) {
                // The other end lives in the table until it is used: only a panic loses it.
                return Poll::Ready(told.unwrap_or_else(|_lost| Err(client_results::lost::<R>())));
            }
            if member.outbox().poll_ended(cx).is_ready() {
                let connection = self.id.into();
                return Poll::Ready(Err(InvokeError::Disconnected { connection }));
            }
            taken_back
                .as_mut()
                .poll(cx)
                .map(|()| Err(InvokeError::Canceled))
        })
        .await
    }

    /// Ends the connection after what is queued for it, and tells it not to come back; says whether
    /// it was there.
    pub async fn disconnect(&self) -> bool {
        self.target().disconnect().await > 0
    }

    /// Whether it is there, now.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.core.registry.member(self.id).is_some()
    }

    async fn wait_for_room(&self, member: &Member) {
        let outbox = member.outbox();
        if !outbox.is_half_full() {
            return;
        }
        let config = &self.core.config;
        let patience = config
            .disconnect_timeout
            .saturating_add(config.send_timeout);
        let room = poll_fn(|cx| outbox.poll_room(cx));
        if time::timeout(patience, room).await.is_err() {
            debug!(connection = %member.id(), "a client makes no room");
            outbox.end(End::Overflow);
        }
    }

    fn tell(&self, member: &Member, record: Bytes) {
        let delivery = self.core.registry.tell(member, record);
        delivery.count(&self.core.metrics);
    }

    fn target(&self) -> Target<'a> {
        Target::new(self.core, Audience::Member(self.id))
    }
}

/// The protocol that a connection speaks.
fn protocol_of(member: &Member) -> Protocol {
    #[cfg(feature = "messagepack")]
    if member.form().is_binary() {
        return Protocol::MessagePack;
    }
    #[cfg(not(feature = "messagepack"))]
    let _ = member;
    Protocol::Json
}
