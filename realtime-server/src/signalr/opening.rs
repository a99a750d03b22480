use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use tokio::time;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, debug, debug_span};
use ws_frame::CloseCode;

use super::{
    connection::Connection,
    session::{self, Session},
    transport::{Gone, Wire},
};
use crate::{
    http::Head,
    hub::{Core, Panicked, Principal},
};

/// What opens a connection: the head of its first transport request, whose it is, and which user
/// that is to the hub.
pub(super) struct Opener {
    pub(super) head: Head,
    pub(super) principal: Arc<Principal>,
    pub(super) user: Result<Option<Arc<str>>, Panicked>,
}

/// Runs one connection from its handshake to its end, in a span of its own; `stop` ends it while it
/// has no handshake, after which the registry does.
pub(super) fn run(
    wire: Wire,
    core: Arc<Core>,
    id: Arc<str>,
    opener: Opener,
    stop: CancellationToken,
) -> impl Future<Output = ()> + Send {
    // The public id alone: the token is a secret, and the query may hold another one.
    let span = debug_span!(
        "hub_connection",
        hub = &*core.path,
        connection = &*id,
        transport = wire.transport().name(),
    );
    begin(wire, core, id, opener, stop).instrument(span)
}

async fn begin(
    mut wire: Wire,
    core: Arc<Core>,
    id: Arc<str>,
    opener: Opener,
    stop: CancellationToken,
) {
    let mut session = Session::new(&core.config, wire.transport().transfer_formats());
    let mut records = BytesMut::new();
    let shaken = stop.run_until_cancelled(time::timeout(
        core.config.handshake_timeout,
        handshake(&mut wire, &mut session, &mut records),
    ));
    let refusal = match shaken.await {
        Some(Ok(Ok(accepted))) => {
            wire.push(wire.form(session.protocol()).frame(accepted));
            let connection = Connection::new(wire, core, id, opener, session, records);
            return Box::new(connection).live().await;
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
    debug!(connection = %id, "no handshake was accepted");
    core.metrics.hub_handshakes_refused.incr();
    if let Some(refusal) = refusal {
        wire.push(wire.form(session.protocol()).frame(refusal));
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
    wire: &mut Wire,
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
