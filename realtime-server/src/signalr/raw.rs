use std::{
    convert::Infallible,
    error::Error,
    fmt,
    future::{pending, poll_fn},
    panic::AssertUnwindSafe,
    pin::pin,
    sync::Arc,
    task::Poll,
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use futures_util::{
    FutureExt,
    future::{BoxFuture, Either, select},
};
use signalr_protocol::{Protocol, TransferFormat, Transport};
use tokio::{sync::oneshot, time::sleep};
use tokio_util::sync::CancellationToken;
use tracing::{debug, error};
use ws_frame::CloseCode;

use super::{
    opening::Opener,
    transport::{Gone, Wire},
};
use crate::{config::HubConfig, fanout::WireForm, http::Head, hub::Principal, metrics::Metrics};

type Handler = dyn Fn(RawConnection) -> BoxFuture<'static, ()> + Send + Sync;

/// An application of bytes, with no hub protocol.
pub(super) struct Raw {
    pub(super) config: HubConfig,
    pub(super) metrics: Arc<Metrics>,
    handler: Box<Handler>,
}

/// A connection on one of the transports of SignalR that carries bytes both ways, whatever they
/// mean: as `ConnectionContext` in ASP.NET Core. It is closed when it is dropped.
pub struct RawConnection {
    id: Arc<str>,
    head: Head,
    transport: Transport,
    /// Here until it is dropped.
    parts: Option<Parts>,
    back: Option<oneshot::Sender<Parts>>,
    /// Cancelled when the server stops, or what opened the connection has expired.
    over: CancellationToken,
}

/// What the connection's task closes in the end.
struct Parts {
    wire: Wire,
    received: BytesMut,
    /// Why nothing more comes.
    gone: Option<Gone>,
}

impl Raw {
    pub(super) fn new(
        config: &HubConfig,
        metrics: Arc<Metrics>,
        handler: impl Fn(RawConnection) -> BoxFuture<'static, ()> + Send + Sync + 'static,
    ) -> Self {
        let config = HubConfig {
            // Without a hub protocol nothing numbers what was sent.
            allow_stateful_reconnect: false,
            ..*config
        };
        Self {
            config,
            metrics,
            handler: Box::new(handler),
        }
    }

    pub(super) async fn run(
        &self,
        wire: Wire,
        id: Arc<str>,
        opener: Opener,
        stop: CancellationToken,
    ) {
        self.metrics.raw_connections.incr();
        let Opener {
            head, principal, ..
        } = opener;
        let over = stop.child_token();
        let (back, returned) = oneshot::channel();
        let connection = RawConnection {
            id: Arc::clone(&id),
            head,
            transport: wire.transport(),
            parts: Some(Parts {
                wire,
                received: BytesMut::new(),
                gone: None,
            }),
            back: Some(back),
            over: over.clone(),
        };
        // A handler may panic before it gives its future, too.
        let handled = AssertUnwindSafe(async { (self.handler)(connection).await });
        let expiring = async {
            if self.config.close_on_expiration {
                expiry(&principal).await;
                debug!(connection = %id, "what opened it has expired");
                over.cancel();
            }
            pending::<Infallible>().await
        };
        let handled = match select(pin!(handled.catch_unwind()), pin!(expiring)).await {
            Either::Left((handled, _)) => handled,
            Either::Right((never, _)) => match never {},
        };
        let mut code = CloseCode::NORMAL;
        if handled.is_err() {
            error!(connection = %id, "the handler of a raw connection panicked");
            self.metrics.handler_panics.incr();
            code = CloseCode::INTERNAL;
        } else if stop.is_cancelled() {
            code = CloseCode::GOING_AWAY;
        }
        // The handler may have handed it on to a task of its own.
        let Ok(Parts { wire, gone, .. }) = returned.await else {
            return;
        };
        debug!(connection = %id, ?gone, "ends");
        match gone {
            None | Some(Gone::Closed) => wire.close(code).await,
            Some(Gone::Broken(error)) => wire.close(error.close_code()).await,
            Some(Gone::Lost(_)) => wire.abort(),
        }
    }
}

/// Ready when nothing that is known of the person is true any more; never, where it has no end.
async fn expiry(principal: &Principal) {
    loop {
        match principal.identity().and_then(|who| who.time_left()) {
            Some(Duration::ZERO) => return,
            // A later request may show that there is more time.
            Some(left) => sleep(left).await,
            None => pending().await,
        }
    }
}

impl RawConnection {
    /// The public id of the connection.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The request that opened it. Of long polling it is the first poll.
    #[must_use]
    pub fn request(&self) -> &Head {
        &self.head
    }

    /// Its transport; nothing else tells how its bytes are cut.
    #[must_use]
    pub fn transport(&self) -> Transport {
        self.transport
    }

    /// The next bytes of the client, cut as they came or otherwise; `None` once no more come, the
    /// server stops, or what opened the connection has expired. What was received is lost to nobody who drops this while it waits.
    pub async fn receive(&mut self) -> Option<Bytes> {
        let parts = self.parts.as_mut()?;
        if parts.gone.is_some() {
            return None;
        }
        let received = self.over.run_until_cancelled(poll_fn(|cx| {
            if let Poll::Ready(Err(error)) = parts.wire.poll_flush(cx) {
                return Poll::Ready(Err(Gone::Lost(error)));
            }
            parts.wire.poll_receive(cx, &mut parts.received)
        }));
        match received.await? {
            Ok(()) => Some(parts.received.split().freeze()),
            Err(gone) => {
                parts.gone = Some(gone);
                None
            }
        }
    }

    /// Sends `bytes` as one message or event, and waits until the transport has taken them.
    ///
    /// # Errors
    /// [`RawError::Closed`] when the client is gone, [`RawError::TextOnly`] when its transport
    /// carries nothing but text.
    pub async fn send(
        &mut self,
        format: TransferFormat,
        bytes: impl Into<Bytes>,
    ) -> Result<(), RawError> {
        let parts = self.parts.as_mut().ok_or(RawError::Closed)?;
        if matches!(parts.gone, Some(Gone::Lost(_) | Gone::Broken(_))) {
            return Err(RawError::Closed);
        }
        let wire = &mut parts.wire;
        if !self.transport.transfer_formats().contains(&format) {
            return Err(RawError::TextOnly);
        }
        let form = match (wire.form(Protocol::Json), format) {
            (WireForm::TextFrame, TransferFormat::Binary) => WireForm::BinaryFrame,
            (form, _) => form,
        };
        wire.push(form.frame(bytes.into()));
        poll_fn(|cx| wire.poll_flush(cx)).await.map_err(|error| {
            parts.gone = Some(Gone::Lost(error));
            RawError::Closed
        })
    }
}

impl Drop for RawConnection {
    fn drop(&mut self) {
        if let (Some(parts), Some(back)) = (self.parts.take(), self.back.take()) {
            // A task that was cut waits no more.
            let _ = back.send(parts);
        }
    }
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Raw")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for RawConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawConnection")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// Why bytes were not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RawError {
    /// The client is gone.
    Closed,
    /// The transport carries text alone.
    TextOnly,
}

impl fmt::Display for RawError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Closed => "the connection is closed",
            Self::TextOnly => "the transport carries text alone",
        })
    }
}

impl Error for RawError {}
