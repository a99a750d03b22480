use std::{
    future::{pending, poll_fn},
    pin::pin,
    sync::Arc,
    task::Poll,
};

use futures_util::FutureExt;
use serde::{Serialize, de::DeserializeOwned};
use signalr_protocol::EncodeError;
use tokio::sync::oneshot;

use super::{Core, InvokeError, Scope, Target, client_results, scope::Stage, target::payload};
use crate::fanout::Audience;

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

    /// Calls the client method `method`, as [`Target::send`].
    ///
    /// # Errors
    /// As [`Target::send`].
    pub async fn send<A>(&self, method: &str, arguments: A) -> Result<(), EncodeError>
    where
        A: Serialize + Send,
    {
        self.target().send(method, arguments).await
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
        let not_connected = || InvokeError::NotConnected {
            connection: self.id.into(),
        };
        let member = self
            .core
            .registry
            .member(self.id)
            .ok_or_else(not_connected)?;
        let (tell, mut told) = oneshot::channel();
        let question = self.core.client_results.ask(
            Arc::clone(member.id()),
            self.core.config.max_client_results,
            Box::new(move |outcome| {
                // Whoever asked may have gone meanwhile.
                let _ = tell.send(client_results::read(outcome));
            }),
        )?;
        let payload = payload(self.core, Some(question.id()), method, &arguments)?;
        let delivery = self
            .core
            .registry
            .deliver(Audience::Member(self.id), &payload);
        delivery.count(&self.core.metrics);
        if delivery.receivers == 0 {
            return Err(not_connected());
        }
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

    fn target(&self) -> Target<'a> {
        Target::new(self.core, Audience::Member(self.id))
    }
}
