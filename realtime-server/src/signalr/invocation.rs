use std::{
    panic::AssertUnwindSafe,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::{Bytes, BytesMut};
use futures_util::{FutureExt, future::CatchUnwind};
use serde_json::value::RawValue;
use signalr_protocol::{Arguments, BindError, Completion, Outcome, Protocol, Typed};
use tracing::{debug, error};

use crate::hub::{Caller, Core, HubError, Invocation};

/// A hub method at work for a client.
pub(super) struct Running {
    /// Where the answer goes; nowhere for an invocation that wants none.
    id: Option<Box<str>>,
    /// The method's name as it was registered.
    method: Box<str>,
    work: CatchUnwind<AssertUnwindSafe<Invocation>>,
}

/// How a hub method ended.
pub(super) struct Done {
    id: Option<Box<str>>,
    method: Box<str>,
    /// Nothing after a panic.
    outcome: Option<Result<Box<RawValue>, HubError>>,
}

/// Why an invocation was not started.
pub(super) enum NotStarted<'a> {
    UnknownMethod { target: &'a str },
    Binding { method: &'a str, error: BindError },
}

/// Looks up the method of an invocation, binds its arguments and starts it.
pub(super) fn start<'a>(
    core: &'a Core,
    caller: &Caller,
    id: Option<&str>,
    target: &'a str,
    arguments: &Arguments<'_>,
) -> Result<Running, NotStarted<'a>> {
    let Some(method) = core.method(target) else {
        return Err(NotStarted::UnknownMethod { target });
    };
    let invocation =
        method
            .call(caller.clone(), arguments)
            .map_err(|error| NotStarted::Binding {
                method: &method.name,
                error,
            })?;
    Ok(Running {
        id: id.map(Into::into),
        method: method.name.clone(),
        work: AssertUnwindSafe(invocation).catch_unwind(),
    })
}

impl Running {
    pub(super) fn method(&self) -> &str {
        &self.method
    }
}

impl Future for Running {
    type Output = Done;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Done> {
        let this = self.get_mut();
        let outcome = ready!(this.work.poll_unpin(cx)).ok();
        let (id, method) = (this.id.take(), std::mem::take(&mut this.method));
        Poll::Ready(Done {
            id,
            method,
            outcome,
        })
    }
}

impl Done {
    /// The completion to send, if the client wants one.
    pub(super) fn completion(self, core: &Core) -> Option<Bytes> {
        let method = self.method;
        let error = match self.outcome {
            Some(Ok(result)) => {
                return Some(completion(&self.id?, Outcome::Result(Typed(&result))));
            }
            Some(Err(error)) => {
                debug!(%method, %error, "a hub method failed");
                error.told(core.config.detailed_errors)
            }
            None => {
                error!(%method, "a hub method panicked");
                core.metrics.handler_panics.incr();
                None
            }
        };
        let text = format!("An unexpected error occurred invoking '{method}' on the server.");
        Some(failure(&self.id?, with_detail(text, error)))
    }
}

impl NotStarted<'_> {
    /// The completion to send, if the client wants one.
    pub(super) fn completion(&self, id: Option<&str>, core: &Core) -> Option<Bytes> {
        let detailed = core.config.detailed_errors;
        let (name, detail) = match self {
            Self::UnknownMethod { target } => (
                target,
                Some("HubException: Method does not exist.".to_owned()),
            ),
            Self::Binding { method, error } => (
                method,
                detailed.then(|| format!("InvalidDataException: {error}")),
            ),
        };
        debug!(method = name, ?detail, "an invocation was not started");
        let text = format!("Failed to invoke '{name}' due to an error on the server.");
        Some(failure(id?, with_detail(text, detail)))
    }
}

/// A completion that says why there is no result.
pub(super) fn failure(id: &str, text: String) -> Bytes {
    completion(id, Outcome::<Typed<'_, ()>>::Error(text.into()))
}

fn completion<T: serde::Serialize + ?Sized>(id: &str, outcome: Outcome<'_, Typed<'_, T>>) -> Bytes {
    let mut bytes = BytesMut::new();
    let completion = Completion::new(id, outcome);
    completion
        .encode(Protocol::Json, &mut bytes)
        .expect("a raw value and a text are JSON");
    bytes.freeze()
}

fn with_detail(text: String, detail: Option<String>) -> String {
    match detail {
        Some(detail) => format!("{text} {detail}"),
        None => text,
    }
}
