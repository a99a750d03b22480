//! TLS and HTTP/2, seen from the other end of real sockets.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "in a test a panic is the failure it should be"
)]

mod authority;
mod bodies;
mod certificates;
mod cli;
mod closing;
mod floods;
mod flow;
mod frames;
mod handshakes;
mod http2;
mod life;
mod requests;
mod rig;
mod streams;
mod websockets;

use std::{future::Future, time::Duration};

use tokio::time::timeout;

/// How long a test waits for what must come: far longer than that takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// What `event` gives, which must not take for ever.
async fn soon<T>(event: impl Future<Output = T>) -> T {
    let came = timeout(PATIENCE, event).await;
    came.expect("nothing came, and nothing ended")
}

/// Waits until `condition` holds: for what the server does without telling anybody.
async fn until(condition: impl Fn() -> bool) {
    soon(async {
        while !condition() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}
