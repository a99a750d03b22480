use std::{
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
};

use futures_util::FutureExt;
use tracing::error;

use super::Core;

/// Code of the application panicked. It is logged and counted, and ends no more than what it was
/// run for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Panicked;

/// What the application wrote may panic: none of it takes a connection or its task along.
impl Core {
    /// Runs `code`; what it left half done belongs to what ends with it.
    pub(crate) fn guard<T>(&self, what: &str, code: impl FnOnce() -> T) -> Result<T, Panicked> {
        catch_unwind(AssertUnwindSafe(code)).map_err(|_panic| self.panicked(what))
    }

    /// Runs `work`, of which nothing is used any more after a panic.
    pub(super) async fn guard_async<T>(
        &self,
        what: &str,
        work: impl Future<Output = T>,
    ) -> Result<T, Panicked> {
        let done = AssertUnwindSafe(work).catch_unwind().await;
        done.map_err(|_panic| self.panicked(what))
    }

    /// Notes a panic that was caught elsewhere.
    pub(crate) fn panicked(&self, what: &str) -> Panicked {
        error!(what, "the code of a hub panicked");
        self.metrics.handler_panics.incr();
        Panicked
    }
}
