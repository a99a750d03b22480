use std::{
    future::poll_fn,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use bytes::{Bytes, BytesMut};
use futures_util::{FutureExt, future::BoxFuture};
use signalr_protocol::{Message, Protocol, TransferFormat};
use tokio::time;
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};
use ws_frame::CloseCode;

use super::{
    dispatch::Dispatch,
    farewell::Farewell,
    session::{self, Next, Session},
    transport::{Gone, WebSocket},
};
use crate::{
    fanout::{End, Member, OutboxLimits, Overflow, Payload, Taken, WireForm},
    http::Head,
    hub::{Connection as HubConnection, Core, Disconnect, HubError, Origin, Transport},
};

const FORM: WireForm = WireForm::TextFrame;
const FORMATS: &[TransferFormat] = &[TransferFormat::Text, TransferFormat::Binary];

/// The ping that keeps a quiet connection alive.
pub(super) fn keep_alive() -> Payload {
    let mut record = BytesMut::new();
    Message::Ping
        .encode(Protocol::Json, &mut record)
        .expect("a ping holds no payload");
    Payload::new(record.freeze())
}

/// Runs one connection from its handshake to its end.
pub(super) async fn run(
    mut wire: WebSocket,
    core: Arc<Core>,
    id: Arc<str>,
    head: Head,
    drain: CancellationToken,
) {
    let mut session = Session::new(
        core.config.max_receive_message,
        FORMATS,
        core.config.detailed_errors,
    );
    let mut records = BytesMut::new();
    let shaken = drain.run_until_cancelled(time::timeout(
        core.config.handshake_timeout,
        handshake(&mut wire, &mut session, &mut records),
    ));
    let refusal = match shaken.await {
        Some(Ok(Ok(accepted))) => {
            wire.push(framed(accepted));
            let origin = Origin {
                head,
                transport: Transport::WebSockets,
                protocol: session.protocol(),
            };
            let connection = Connection::new(wire, core, id, origin, session, records);
            return connection.live().await;
        }
        Some(Ok(Err(Unshaken::Refused(refusal)))) => Some(refusal),
        Some(Ok(Err(Unshaken::Gone(gone)))) => {
            debug!(connection = %id, ?gone, "gone before the handshake");
            match gone {
                Gone::Lost(_) => return,
                Gone::Closed => None,
                Gone::Broken(error) => return wire.close(error.close_code()).await,
            }
        }
        Some(Err(_)) => Some(session::canceled()),
        None => return wire.close(CloseCode::GOING_AWAY).await,
    };
    core.metrics.hub_handshakes_refused.incr();
    if let Some(refusal) = refusal {
        wire.push(framed(refusal));
    }
    wire.close(CloseCode::NORMAL).await;
}

/// Why there was no handshake.
enum Unshaken {
    /// It was refused with this answer.
    Refused(Bytes),
    Gone(Gone),
}

async fn handshake(
    wire: &mut WebSocket,
    session: &mut Session,
    records: &mut BytesMut,
) -> Result<Bytes, Unshaken> {
    loop {
        if let Some(accepted) = session.handshake(records).map_err(Unshaken::Refused)? {
            return Ok(accepted);
        }
        wire.receive(records).await.map_err(Unshaken::Gone)?;
    }
}

/// A record in the form of the transport.
pub(super) fn framed(record: Bytes) -> Bytes {
    Payload::new(record).form(FORM)
}

/// A connection after its handshake. One task owns all of it.
struct Connection {
    wire: WebSocket,
    session: Session,
    /// What has arrived and is not worked off.
    records: BytesMut,
    /// Runs first; nothing is read before it has ended.
    greeting: Option<BoxFuture<'static, Result<(), HubError>>>,
    /// Whether the hub took the connection in.
    greeted: bool,
    dispatch: Dispatch,
    batch: Vec<Bytes>,
}

impl Connection {
    fn new(
        wire: WebSocket,
        core: Arc<Core>,
        id: Arc<str>,
        origin: Origin,
        session: Session,
        records: BytesMut,
    ) -> Self {
        let limits = OutboxLimits {
            messages: core.config.max_queued_messages,
            bytes: core.config.max_queued_bytes,
        };
        let member = Member::new(id, FORM, limits, Overflow::Disconnect);
        let member = Arc::new(member.of_user(core.user_of(&origin.head)));
        core.metrics.hub_connections.incr();
        let connection = Arc::new(HubConnection::new(member, origin));
        let greeting = Arc::clone(&core).connected(Arc::clone(&connection)).boxed();
        let dispatch = Dispatch::new(core, connection);
        Self {
            wire,
            session,
            records,
            greeting: Some(greeting),
            greeted: false,
            dispatch,
            batch: Vec::new(),
        }
    }

    /// Works until the end, and then ends everything in order.
    async fn live(mut self) {
        let farewell = poll_fn(|cx| self.poll_live(cx)).await;
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
            Disconnect::Silent => core.metrics.hub_silent_clients.incr(),
            Disconnect::Protocol => core.metrics.hub_protocol_errors.incr(),
            _ => {}
        }
        let mut wire = self.wire;
        if let Some(close) = farewell.record(self.session.protocol()) {
            take_rest(seat.member(), &mut wire);
            wire.push(framed(close));
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
            // All that has come is worked off before anything is written: one write for a batch of
            // reads.
            loop {
                match self.poll_work(cx) {
                    Ok(true) => {}
                    Ok(false) => break,
                    Err(farewell) => return Poll::Ready(farewell),
                }
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
            if let Err(error) = greeted {
                warn!(%error, "the hub refused a connection");
                let detail = error.told(self.dispatch.core.config.detailed_errors);
                return Err(Farewell::error(
                    Disconnect::Aborted,
                    false,
                    detail.as_deref(),
                ));
            }
            self.greeted = true;
            worked = true;
        }
        if self.greeting.is_some() || self.wire.is_clogged() || !self.dispatch.has_room(cx) {
            self.dispatch.forgive_silence();
            return Ok(worked);
        }
        match self.session.next(&mut self.records) {
            Ok(Next::Message(message)) => self.dispatch.take(message)?,
            Ok(Next::Unknown) => debug!("a message of an unknown type was passed over"),
            Ok(Next::NeedMore) => match self.wire.poll_receive(cx, &mut self.records) {
                Poll::Ready(Ok(())) => self.dispatch.heard(),
                Poll::Ready(Err(gone)) => return Err(self.gone(gone)),
                Poll::Pending => return Ok(worked),
            },
            Err(error) => {
                debug!(%error, "a client broke the protocol");
                let detail = self.dispatch.core.config.detailed_errors;
                let detail = detail.then(|| format!("InvalidDataException: {error}"));
                return Err(Farewell::error(
                    Disconnect::Protocol,
                    true,
                    detail.as_deref(),
                ));
            }
        }
        Ok(true)
    }

    /// Writes what waits in the outbox; says whether there was anything, or room to read again.
    fn poll_send(&mut self, cx: &mut Context<'_>) -> Result<bool, Farewell> {
        let clogged = self.wire.is_clogged();
        let mut sent = false;
        loop {
            let outbox = self.dispatch.seat.member().outbox();
            let blocked = match self.wire.poll_flush(cx) {
                Poll::Ready(Ok(())) => false,
                Poll::Ready(Err(error)) => return Err(self.gone(Gone::Lost(error))),
                Poll::Pending => true,
            };
            let taken = if blocked {
                // A client that takes nothing is ended all the same.
                outbox.poll_ended(cx).map(Taken::Ended)
            } else {
                outbox.poll_take(cx, &mut self.batch)
            };
            match taken {
                Poll::Ready(Taken::Messages { .. }) => {
                    self.batch.drain(..).for_each(|frame| self.wire.push(frame));
                    sent = true;
                }
                Poll::Ready(Taken::Ended(end)) => {
                    return Err(Farewell::of(end, self.dispatch.core.config.detailed_errors));
                }
                Poll::Pending => return Ok(sent || (clogged && !self.wire.is_clogged())),
            }
        }
    }

    fn gone(&self, gone: Gone) -> Farewell {
        match gone {
            Gone::Closed if self.records.is_empty() => {
                Farewell::closing(Disconnect::Closed, CloseCode::NORMAL)
            }
            Gone::Closed => Farewell::closing(Disconnect::Protocol, CloseCode::NORMAL),
            Gone::Lost(error) => {
                debug!(%error, "the socket was lost");
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
fn take_rest(member: &Member, wire: &mut WebSocket) {
    let mut cx = Context::from_waker(Waker::noop());
    let mut batch = Vec::new();
    while let Poll::Ready(Taken::Messages { .. }) = member.outbox().poll_take(&mut cx, &mut batch) {
        batch.drain(..).for_each(|frame| wire.push(frame));
    }
}
