use std::sync::Arc;

use signalr_protocol::Transport;
use tracing::debug;
use ws_frame::handshake;

use super::{First, HubEndpoint, is_offered, not_offered, refusal};
use crate::{
    http::{
        Head, Response,
        opening::{accept, open},
    },
    hub::Principal,
    id,
    signalr::{
        line::{Line, Refused},
        opening::Opener,
        transport::{Attached, Resumable, WebSocket, Wire},
    },
};

/// Answers a request for a WebSocket at the hub's path.
pub(super) fn upgrade(endpoint: &HubEndpoint, head: &Head, token: Option<&str>) -> Response {
    let request = match open(head) {
        Ok(request) => request,
        Err(refusal) => return refusal,
    };
    let accepted = request.accept(&[]);
    match token {
        // Without a negotiation, as its version 0: the id is nobody's secret.
        None if is_offered(endpoint.config(), Transport::WebSockets) => {
            let opener = Opener {
                head: head.clone(),
                principal: Arc::new(Principal::new(head.identity.clone())),
                user: endpoint.application.user_of(head),
            };
            let mut seat = None;
            match endpoint.seat(&mut seat, &opener.user, head) {
                Ok(()) => run(endpoint, opener, &accepted, id::base64url().into(), seat),
                Err(refusal) => refusal,
            }
        }
        None => not_offered(Transport::WebSockets),
        Some(token) => match endpoint.find(Some(token), head).map_err(Into::into) {
            Ok(line) => match endpoint.arrive(&line, Transport::WebSockets, head) {
                Ok(first) if line.stateful => lend(endpoint, &accepted, &line, first),
                Ok(Some(First { opener, listed })) => {
                    run(endpoint, opener, &accepted, Arc::clone(&line.id), listed)
                }
                // Its socket cannot be replaced.
                Ok(None) => refusal(Refused::Active),
                Err(refusal) => refusal,
            },
            Err(missing) => missing,
        },
    }
}

/// Runs a connection in the task of its socket; `kept` is dropped at its end.
fn run(
    endpoint: &HubEndpoint,
    opener: Opener,
    accepted: &handshake::Response<'_>,
    id: Arc<str>,
    kept: impl Send + 'static,
) -> Response {
    let application = endpoint.application.clone();
    accept(accepted, move |upgraded| async move {
        let _kept = kept;
        let config = application.config();
        let socket = WebSocket::new(upgraded.socket, upgraded.leftover, config);
        let wire = Wire::WebSocket(Box::new(socket));
        application.run(wire, id, opener, upgraded.drain).await;
    })
}

/// Runs a connection beside its sockets, unless it runs already, and lends it this one.
fn lend(
    endpoint: &HubEndpoint,
    accepted: &handshake::Response<'_>,
    line: &Arc<Line>,
    first: Option<First>,
) -> Response {
    let application = endpoint.application.clone();
    if let Some(first) = first {
        let patience = application.config().disconnect_timeout;
        let wire = Resumable::new(Arc::clone(line), patience);
        endpoint.spawn(Wire::Resumable(wire), line, first);
    } else {
        debug!(connection = %line.id, "its client comes back");
        application.metrics().hub_connections_resumed.incr();
    }
    let line = Arc::clone(line);
    accept(accepted, move |upgraded| async move {
        let config = application.config();
        let socket = WebSocket::new(upgraded.socket, upgraded.leftover, config);
        let (attached, returned) = Attached::lend(socket);
        line.attach(attached);
        // Nothing is ever sent: it is given back by being dropped.
        let _ = returned.await;
    })
}
