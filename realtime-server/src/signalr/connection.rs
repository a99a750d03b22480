mod stateful;

use std::{
    fmt,
    future::{poll_fn, ready},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use bytes::{Bytes, BytesMut};
use futures_util::{FutureExt, future::BoxFuture};
use signalr_protocol::{Message, Protocol};
use tokio::time::Sleep;
use tracing::{debug, warn};
use ws_frame::CloseCode;

use super::{
    dispatch::Dispatch,
    farewell::Farewell,
    lookahead::Lookahead,
    opening::Opener,
    resume::Resume,
    session::{Next, Session},
    transport::{Gone, Wire},
};
use crate::{
    fanout::{End, Member, OutboxLimits, Overflow, Payload, Taken},
    hub::{Connection as HubConnection, Core, Disconnect, HubError, Origin, Panicked, Transport},
    metrics::{Ended, InUse},
};

/// The first version of the hub protocols with numbers for messages.
const STATEFUL_VERSION: i32 = 2;
/// The ping that keeps a quiet connection alive.
pub(super) fn keep_alive() -> Payload {
    let ping = Payload::new(encoded(&Message::Ping, Protocol::Json));
    #[cfg(feature = "messagepack")]
    let ping = ping.with_binary(encoded(&Message::Ping, Protocol::MessagePack));
    ping
}

/// A message that holds no payload, as a record.
fn encoded(message: &Message<'_>, protocol: Protocol) -> Bytes {
    let mut record = BytesMut::with_capacity(message.encoded_len(protocol));
    message
        .encode(protocol, &mut record)
        .expect("numbers can be written");
    record.freeze()
}

/// A connection after its handshake. One task owns all of it.
pub(super) struct Connection {
    wire: Wire,
    session: Session,
    /// What has arrived and is not worked off.
    records: BytesMut,
    /// Runs first; nothing is read before it has ended.
    greeting: Option<BoxFuture<'static, Result<Result<(), HubError>, Panicked>>>,
    /// Whether the hub took the connection in.
    greeted: bool,
    dispatch: Dispatch,
    /// Taken out of the outbox, and not yet sent.
    batch: Vec<Bytes>,
    /// What a client needs that may replace its socket.
    resume: Option<Resume>,
    /// Reads on where an Ack is needed to go on.
    lookahead: Option<Lookahead>,
    /// Runs while an Ack is owed.
    ack_timer: Option<Pin<Box<Sleep>>>,
    in_use: InUse,
}

impl Connection {
    pub(super) fn new(
        mut wire: Wire,
        core: Arc<Core>,
        id: Arc<str>,
        opener: Opener,
        session: Session,
        records: BytesMut,
    ) -> Self {
        let Opener {
            head,
            principal,
            user,
        } = opener;
        let origin = Origin {
            head,
            transport: wire.transport(),
            protocol: session.protocol(),
        };
        let limits = OutboxLimits {
            messages: core.config.max_queued_messages,
            bytes: core.config.max_queued_bytes,
        };
        let form = wire.form(origin.protocol);
        let resumable = session.version() >= STATEFUL_VERSION && wire.establish();
        let resume = resumable.then(|| {
            let ping = form.frame(encoded(&Message::Ping, origin.protocol));
            Resume::new(core.config.stateful_buffer, ping)
        });
        let nobody_knows = user.is_err();
        let mut member =
            Member::new(id, form, limits, Overflow::Disconnect).of_user(user.unwrap_or_default());
        if origin.transport == Transport::LongPolling {
            member = member.without_keep_alive();
        }
        let member = Arc::new(member);
        core.metrics.hub_connections.incr();
        let in_use = InUse::new(&core.metrics, origin.transport);
        let connection = Arc::new(HubConnection::new(member, origin, principal));
        let greeting = if nobody_knows {
            ready(Err(Panicked)).boxed()
        } else {
            Arc::clone(&core).connected(Arc::clone(&connection)).boxed()
        };
        let dispatch = Dispatch::new(core, connection);
        Self {
            wire,
            session,
            records,
            greeting: Some(greeting),
            greeted: false,
            dispatch,
            batch: Vec::new(),
            resume,
            lookahead: None,
            ack_timer: None,
            in_use,
        }
    }

    /// Works until the end, and then ends everything in order. Boxed, because what is moved into a
    /// future is held in it twice; its end has a box of its own, so that nobody keeps room for it.
    pub(super) async fn live(mut self: Box<Self>) {
        let farewell = poll_fn(|cx| self.poll_live(cx)).await;
        Box::pin(self.end(farewell)).await;
    }

    async fn end(mut self: Box<Self>, farewell: Farewell) {
        self.wire.settle();
        let Dispatch {
            core,
            connection,
            seat,
            invocations,
            uploads,
            ..
        } = self.dispatch;
        debug!(connection = %connection.id(), reason = %farewell.disconnect, "ends");
        match farewell.disconnect {
            Disconnect::Slow => core.metrics.hub_slow_clients.incr(),
            Disconnect::Silent => {
                core.metrics.hub_silent_clients.incr();
                self.in_use.ends(Ended::Timeout);
            }
            Disconnect::Shutdown => self.in_use.ends(Ended::AppShutdown),
            Disconnect::Protocol => core.metrics.hub_protocol_errors.incr(),
            _ => {}
        }
        let mut wire = self.wire;
        if let Some(close) = farewell.record(self.session.protocol()) {
            self.batch.drain(..).for_each(|frame| wire.push(frame));
            take_rest(seat.member(), &mut wire);
            wire.push(seat.member().form().frame(close));
        }
        // Nobody will take what is sent to it from here on.
        seat.member().outbox().end(End::Aborted);
        // Only now, so that who asked this client is told that it is gone, not that it gave up.
        connection.ended.cancel();
        drop(uploads);
        let leaving = async {
            if self.greeted {
                let hub = Arc::clone(&core);
                hub.disconnected(connection, farewell.disconnect).await;
            }
            core.leave(seat);
        };
        let closing = async {
            match farewell.code {
                Some(code) => wire.close(code).await,
                None => wire.abort(),
            }
        };
        let finishing = async {
            if !invocations.finish(core.config.invocation_grace).await {
                warn!("hub methods cut: they outlived their connection for too long");
            }
        };
        tokio::join!(leaving, closing, finishing);
    }

    fn poll_live(&mut self, cx: &mut Context<'_>) -> Poll<Farewell> {
        loop {
            while self.wire.poll_resumed(cx).is_ready() {
                self.restart();
            }
            // All that has come is worked off before anything is written: one write for a batch of
            // reads.
            loop {
                match self.poll_work(cx) {
                    Ok(true) => {}
                    Ok(false) => break,
                    Err(farewell) => return Poll::Ready(farewell),
                }
            }
            if self.dispatch.connection.take_cut() && !self.wire.cut() {
                debug!("the socket was cut at the hub's wish");
                return Poll::Ready(Farewell::silent(Disconnect::Lost));
            }
            match self.poll_send(cx) {
                // Room in the queue may be what reading waited for.
                Ok(true) => {}
                Ok(false) => return Poll::Pending,
                Err(farewell) => return Poll::Ready(farewell),
            }
        }
    }

    /// Goes on with what runs and starts what has come; says whether that changed anything.
    fn poll_work(&mut self, cx: &mut Context<'_>) -> Result<bool, Farewell> {
        let mut worked = self.dispatch.poll_invocations(cx);
        if let Some(greeting) = &mut self.greeting
            && let Poll::Ready(greeted) = greeting.as_mut().poll(cx)
        {
            self.greeting = None;
            if !matches!(greeted, Ok(Ok(()))) {
                return Err(self.turned_away(greeted));
            }
            self.greeted = true;
            worked = true;
        }
        let listens =
            self.greeting.is_none() && !self.wire.is_clogged() && !self.wire.is_detached();
        if !self.dispatch.has_room(cx) || !listens {
            self.dispatch.forgive_silence();
            return Ok(self.look_ahead(cx)? || worked);
        }
        self.lookahead = None;
        match self.session.next(&mut self.records) {
            Ok(Next::Message(message)) => {
                self.dispatch.heard_message();
                let counted = self.resume.as_mut().map(|resume| resume.received(&message));
                match counted {
                    None | Some(Ok(true)) => self.dispatch.take(message)?,
                    Some(Ok(false)) => {}
                    Some(Err(error)) => {
                        debug!(%error, "a client broke the numbers of its messages");
                        return Err(self.broken("InvalidOperationException", &error));
                    }
                }
            }
            Ok(Next::Unknown) => {
                self.dispatch.heard_message();
                debug!("a message of an unknown type was passed over");
            }
            Ok(Next::NeedMore) => match self.wire.poll_receive(cx, &mut self.records) {
                Poll::Ready(Ok(())) => self.dispatch.heard(),
                Poll::Ready(Err(gone)) => return Err(self.gone(gone)),
                Poll::Pending => {
                    self.dispatch.await_rest(!self.records.is_empty());
                    return Ok(worked);
                }
            },
            Err(error) => {
                debug!(%error, "a client broke the protocol");
                return Err(self.broken(error.exception(), &error));
            }
        }
        Ok(true)
    }

    /// Writes what waits in the outbox; says whether there was anything, or room to read again.
    fn poll_send(&mut self, cx: &mut Context<'_>) -> Result<bool, Farewell> {
        self.poll_ack(cx);
        let clogged = self.wire.is_clogged();
        let mut sent = false;
        loop {
            let blocked = match self.wire.poll_flush(cx) {
                Poll::Ready(Ok(())) => false,
                Poll::Ready(Err(error)) => return Err(self.gone(Gone::Lost(error))),
                Poll::Pending => true,
            };
            let blocked = blocked || self.resume.as_ref().is_some_and(Resume::is_full);
            if !blocked && !self.batch.is_empty() {
                self.push_batch();
                // It may be full again, and then an Ack has to be looked for.
                sent = true;
                continue;
            }
            let outbox = self.dispatch.seat.member().outbox();
            let taken = if blocked {
                // A client that takes nothing is ended all the same.
                outbox.poll_ended(cx).map(Taken::Ended)
            } else {
                outbox.poll_take(cx, &mut self.batch)
            };
            match taken {
                Poll::Ready(Taken::Messages { .. }) => {
                    self.push_batch();
                    sent = true;
                }
                Poll::Ready(Taken::Ended(end)) => {
                    return Err(Farewell::of(end, self.dispatch.core.config.detailed_errors));
                }
                Poll::Pending => return Ok(sent || (clogged && !self.wire.is_clogged())),
            }
        }
    }

    /// Sends what was taken out of the outbox, as far as a lost socket would let it be sent again.
    fn push_batch(&mut self) {
        let Some(resume) = &mut self.resume else {
            self.batch.drain(..).for_each(|frame| self.wire.push(frame));
            return;
        };
        let mut sent = 0;
        for frame in &self.batch {
            if resume.is_full() {
                break;
            }
            resume.sent(frame);
            self.wire.push(frame.clone());
            sent += 1;
        }
        self.batch.drain(..sent);
    }

    fn broken(&self, kind: &str, error: &dyn fmt::Display) -> Farewell {
        let detailed = self.dispatch.core.config.detailed_errors;
        let detail = detailed.then(|| format!("{kind}: {error}"));
        Farewell::error(Disconnect::Protocol, true, detail.as_deref())
    }

    /// The hub did not take the connection in.
    fn turned_away(&self, greeted: Result<Result<(), HubError>, Panicked>) -> Farewell {
        let detail = greeted.ok().and_then(Result::err).and_then(|error| {
            warn!(connection = %self.dispatch.connection.id(), %error, "the hub refused a connection");
            error.told(self.dispatch.core.config.detailed_errors)
        });
        Farewell::error(Disconnect::Aborted, false, detail.as_deref())
    }

    fn gone(&self, gone: Gone) -> Farewell {
        match gone {
            Gone::Closed if self.records.is_empty() => {
                Farewell::closing(Disconnect::Closed, CloseCode::NORMAL)
            }
            Gone::Closed => Farewell::closing(Disconnect::Protocol, CloseCode::NORMAL),
            Gone::Lost(error) => {
                debug!(%error, "the client was lost");
                Farewell::silent(Disconnect::Lost)
            }
            Gone::Broken(error) => {
                debug!(%error, "a client broke the WebSocket framing");
                Farewell::closing(Disconnect::Protocol, error.close_code())
            }
        }
    }
}

/// Moves what was queued before the end to the wire.
fn take_rest(member: &Member, wire: &mut Wire) {
    let mut cx = Context::from_waker(Waker::noop());
    let mut batch = Vec::new();
    while let Poll::Ready(Taken::Messages { .. }) = member.outbox().poll_take(&mut cx, &mut batch) {
        batch.drain(..).for_each(|frame| wire.push(frame));
    }
}
