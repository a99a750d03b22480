use bytes::BytesMut;
use futures_util::FutureExt;
use tokio::time;
use tracing::warn;

use super::{
    Ending,
    connection::{Connection, Farewell},
    handle::Shared,
};
use crate::websocket::{self, Outgoing, Parting};

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
            Farewell::Close(..) => {
                websocket::part(socket, config.close_timeout, &*shared).await;
                shared.session().input = BytesMut::new();
            }
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

impl Parting for &Shared {
    fn turn<R>(&mut self, work: impl FnOnce(&mut Outgoing, &mut BytesMut) -> R) -> R {
        let mut session = self.session();
        let session = &mut *session;
        work(&mut session.outgoing, &mut session.input)
    }

    fn heard_last(&mut self) -> bool {
        self.session().discard()
    }
}
