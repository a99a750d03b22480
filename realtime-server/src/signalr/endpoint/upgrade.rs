use std::sync::Arc;

use signalr_protocol::Transport;
use tracing::debug;
use ws_frame::handshake;

use super::{HubEndpoint, is_offered, not_offered};
use crate::{
    http::{
        Head, Response,
        opening::{accept, open},
    },
    hub::Principal,
    id,
    signalr::{
        line::Line,
        opening::Opener,
        table::Listed,
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
            let principal = Arc::new(Principal::new(head.identity.clone()));
            let opener = Opener::new(head.clone(), principal);
            run(endpoint, opener, &accepted, id::base64url().into(), None)
        }
        None => not_offered(Transport::WebSockets),
        Some(token) => match endpoint.find(Some(token), head).map_err(Into::into) {
            Ok(line) => match endpoint.arrive(&line, Transport::WebSockets) {
                Ok((_, listed)) if line.stateful => lend(endpoint, head, &accepted, &line, listed),
                Ok((_, listed)) => {
                    let opener = Opener::new(head.clone(), Arc::clone(&line.principal));
                    run(endpoint, opener, &accepted, Arc::clone(&line.id), listed)
                }
                Err(refusal) => refusal,
            },
            Err(missing) => missing,
        },
    }
}

/// Runs a connection in the task of its socket.
fn run(
    endpoint: &HubEndpoint,
    opener: Opener,
    accepted: &handshake::Response<'_>,
    id: Arc<str>,
    listed: Option<Listed>,
) -> Response {
    let application = endpoint.application.clone();
    accept(accepted, move |upgraded| async move {
        let _listed = listed;
        let config = application.config();
        let socket = WebSocket::new(upgraded.socket, upgraded.leftover, config);
        let wire = Wire::WebSocket(Box::new(socket));
        application.run(wire, id, opener, upgraded.drain).await;
    })
}

/// Runs a connection beside its sockets, unless it runs already, and lends it this one.
fn lend(
    endpoint: &HubEndpoint,
    head: &Head,
    accepted: &handshake::Response<'_>,
    line: &Arc<Line>,
    listed: Option<Listed>,
) -> Response {
    let application = endpoint.application.clone();
    if listed.is_some() {
        let patience = application.config().disconnect_timeout;
        let wire = Resumable::new(Arc::clone(line), patience);
        endpoint.spawn(Wire::Resumable(wire), line, head, listed);
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
