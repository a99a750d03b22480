//! A server on a free port, and clients that speak to it over real sockets.

pub(crate) mod client;
pub(crate) mod events;
pub(crate) mod hub;
pub(crate) mod running;

use std::{future::Future, time::Duration};

use tokio::time::timeout;

/// How long a test waits for what must come: far longer than that takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// What `event` gives, which must not take for ever.
pub(crate) async fn soon<T>(event: impl Future<Output = T>) -> T {
    let came = timeout(PATIENCE, event).await;
    came.expect("nothing came, and nothing ended")
}

/// Waits until `condition` holds: for what the server does without telling anybody.
pub(crate) async fn until(condition: impl Fn() -> bool) {
    soon(async {
        while !condition() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}
