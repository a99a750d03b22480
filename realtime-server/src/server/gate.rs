use std::sync::Arc;

use tracing::debug;

use super::router::Endpoint;
use crate::{
    auth::{Denied, Entry, Guard, QueryToken},
    http::{Handler, Head, Response},
    identity::Identity,
    metrics::Metrics,
};

/// What kind of thing a guard stands before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) enum Entrance {
    #[default]
    Route,
    /// A stream or a WebSocket: a browser cannot set a header on its requests.
    Stream,
    /// A hub, whose clients show the body of a refusal.
    Hub,
}

impl Entrance {
    fn query(self) -> QueryToken {
        match self {
            Self::Route => QueryToken::Ignored,
            Self::Stream | Self::Hub => QueryToken::Taken,
        }
    }

    fn refusal(self, denied: Denied) -> Response {
        match self {
            Self::Route | Self::Stream => denied.into(),
            Self::Hub => denied.bare(),
        }
    }
}

/// The handler of `endpoint` for whoever its guard lets in by `head`, or the refusal. Routing has
/// understood the path as `path`.
pub(super) fn pass(
    endpoint: &Endpoint,
    head: &Head,
    path: impl FnOnce() -> String,
    metrics: &Arc<Metrics>,
) -> Result<Handler, Response> {
    let Some(guard) = &endpoint.guard else {
        return Ok(Arc::clone(&endpoint.handler));
    };
    let entrance = endpoint.entrance;
    let path = if guard.minds_path() {
        path()
    } else {
        String::new()
    };
    match guard.look(head, entrance.query(), &path) {
        Entry::Open(who) => Ok(known(Arc::clone(&endpoint.handler), who)),
        Entry::Shut(denied) => Err(refuse(entrance, head, denied, metrics)),
        Entry::Later => {
            let (guard, handler) = (guard.clone(), Arc::clone(&endpoint.handler));
            let metrics = Arc::clone(metrics);
            Ok(later(guard, handler, entrance, path.into(), metrics))
        }
    }
}

/// Tells the handler who asks.
fn known(handler: Handler, who: Option<Arc<Identity>>) -> Handler {
    if who.is_none() {
        return handler;
    }
    Arc::new(move |mut request| {
        request.head.identity.clone_from(&who);
        handler(request)
    })
}

/// Looks again after keys have been fetched; only then does the handler run.
fn later(
    guard: Guard,
    handler: Handler,
    entrance: Entrance,
    path: Arc<str>,
    metrics: Arc<Metrics>,
) -> Handler {
    Arc::new(move |mut request| {
        let (guard, handler) = (guard.clone(), Arc::clone(&handler));
        let (path, metrics) = (Arc::clone(&path), Arc::clone(&metrics));
        Box::pin(async move {
            let looking = guard.look_later(&request.head, entrance.query(), &path);
            match looking.await {
                Ok(who) => {
                    request.head.identity = who;
                    handler(request).await
                }
                Err(denied) => refuse(entrance, &request.head, denied, &metrics),
            }
        })
    })
}

fn refuse(entrance: Entrance, head: &Head, denied: Denied, metrics: &Metrics) -> Response {
    denied.count(metrics);
    debug!(peer = %head.peer, method = %head.method, target = %head.target.for_log(), ?denied, "request refused");
    entrance.refusal(denied)
}
