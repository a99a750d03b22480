use std::{future::poll_fn, io, sync::Arc};

use bytes::BytesMut;
use futures_util::FutureExt;
use tokio::time;
use tracing::{debug, warn};

use super::{
    Ending,
    connection::{Connection, Farewell},
    handle::Shared,
};
use crate::http::Socket;

/// How much a client may send after we said goodbye.
const LAST_BYTES: usize = 1024 * 1024;

/// Parts with the client, and gives the handler time to return.
pub(super) async fn finish(connection: Connection, farewell: Farewell) {
    let Connection {
        socket,
        shared,
        seat,
        config,
        handler,
        ..
    } = connection;
    // It is no longer addressed.
    drop(seat);
    let peer = socket.peer();
    settle(&shared, &farewell);
    let parting = async {
        match farewell {
            Farewell::Gone { reset: true } => socket.abort(),
            Farewell::Gone { reset: false } => drop(socket),
            Farewell::Close(..) => part(socket, &shared, config.close_timeout).await,
        }
    };
    let returning = async {
        let Some(handler) = handler else { return };
        match time::timeout(
            config.handler_grace,
            std::panic::AssertUnwindSafe(handler).catch_unwind(),
        )
        .await
        {
            Ok(Ok(())) => {}
            Ok(Err(_panic)) => warn!(%peer, "the handler of a WebSocket panicked after its end"),
            Err(_) => warn!(%peer, "the handler of a WebSocket outlived it for too long"),
        }
    };
    tokio::join!(parting, returning);
}

/// Has the session say what there is to say, and whoever waits for it learn that it is over.
fn settle(shared: &Shared, farewell: &Farewell) {
    let mut session = shared.session();
    if let Farewell::Close(code, reason) = farewell {
        session.push_close(*code, reason);
    }
    session.end(Ending::Lost);
    session.wake_all();
}

/// Sends what is queued, waits for the client's close frame, and ends the socket.
async fn part(mut socket: Socket, shared: &Arc<Shared>, timeout: time::Duration) {
    let peer = socket.peer();
    let closing = time::timeout(timeout, async {
        poll_fn(|cx| socket.poll_send(cx, &mut shared.session().output)).await?;
        let mut left = LAST_BYTES;
        while !shared.session().discard() && left > 0 {
            let read =
                poll_fn(|cx| socket.poll_read(cx, &mut shared.session().input, left)).await?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            left = left.saturating_sub(read);
        }
        io::Result::Ok(socket)
    });
    match closing.await {
        //= https://www.rfc-editor.org/rfc/rfc6455#section-7.1.1
        //# in most normal cases, the server SHOULD close the TCP connection first
        Ok(Ok(socket)) => socket.linger(timeout, LAST_BYTES).await,
        Ok(Err(error)) => debug!(%peer, %error, "lost while closing"),
        Err(_) => debug!(%peer, "did not answer the close frame in time"),
    }
    shared.session().input = BytesMut::new();
}
