use std::{fmt, sync::Arc};

use bytes::Bytes;
use futures_util::future::BoxFuture;

use super::{Caller, HubError};

/// A method at work, behind its filters.
pub(crate) type Work = BoxFuture<'static, Result<Answer, HubError>>;

pub(super) type FilterFn = dyn Fn(Call, Next) -> Work + Send + Sync;

/// What a method answers, as it goes to the client: nothing, if the client wants no answer.
#[derive(Debug)]
pub struct Answer(pub(super) Option<Bytes>);

/// An invocation as a filter sees it: its arguments fit, and its method has not begun.
#[derive(Clone, Debug)]
pub struct Call {
    caller: Caller,
    method: Arc<str>,
}

/// What a filter stands before: the next filter, or the method itself.
#[must_use = "a filter that does not run it stops the invocation"]
pub struct Next {
    filters: Arc<[Box<FilterFn>]>,
    passed: usize,
    call: Call,
    work: Work,
}

impl Answer {
    pub(crate) fn into_record(self) -> Option<Bytes> {
        self.0
    }
}

impl Call {
    /// Who invokes it.
    #[must_use]
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// The name of the method, as it was registered.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.method
    }
}

impl Next {
    /// Runs what comes after the filter to its end. Of a method that answers with a stream that is
    /// the end of the stream.
    ///
    /// # Errors
    /// As the method fails, or a filter before it refuses.
    pub async fn run(self) -> Result<Answer, HubError> {
        self.work().await
    }

    fn work(mut self) -> Work {
        let filters = Arc::clone(&self.filters);
        match filters.get(self.passed) {
            Some(filter) => {
                self.passed += 1;
                filter(self.call.clone(), self)
            }
            None => self.work,
        }
    }
}

/// Puts `filters` before a method that has not begun; the first is the outermost.
pub(super) fn filtered(
    filters: &Arc<[Box<FilterFn>]>,
    caller: Caller,
    method: &Arc<str>,
    work: Work,
) -> Work {
    if filters.is_empty() {
        return work;
    }
    let next = Next {
        filters: Arc::clone(filters),
        passed: 0,
        call: Call {
            caller,
            method: Arc::clone(method),
        },
        work,
    };
    // A filter may panic before it gives its future, too.
    Box::pin(next.run())
}

impl fmt::Debug for Next {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Next")
            .field("call", &self.call)
            .finish_non_exhaustive()
    }
}
