//! The opening handshake of WebSockets, as an answer to a request (RFC 6455 section 4.2).

use std::future::Future;

use tracing::debug;
use ws_frame::handshake;

use super::{Head, HeaderValue, Problem, Response, Status, Upgraded};

const WEBSOCKET: HeaderValue = HeaderValue::from_static("websocket");

/// Reads the opening handshake; else what to refuse it with. Which pages may connect was decided
/// before, as for every other request.
pub(crate) fn open(head: &Head) -> Result<handshake::Request<'_>, Response> {
    handshake::Request::parse(head.headers.iter()).map_err(|error| {
        debug!(peer = %head.peer, %error, "upgrade refused");
        let status = match error.status() {
            426 => Status::UPGRADE_REQUIRED,
            _ => Status::BAD_REQUEST,
        };
        let refusal = Response::from(Problem::new(status).with_detail(error.to_string()));
        let fields = error.fields().iter();
        fields.fold(refusal, |refusal, (name, value)| {
            refusal.header(name, HeaderValue::from_static(value))
        })
    })
}

/// The answer that accepts; `hook` runs the WebSocket to its end.
pub(crate) fn accept<F>(
    accepted: &handshake::Response<'_>,
    hook: impl FnOnce(Upgraded) -> F + Send + 'static,
) -> Response
where
    F: Future<Output = ()> + Send + 'static,
{
    accepted
        .fields()
        // These two are the connection's.
        .filter(|(name, _)| !["Upgrade", "Connection"].contains(name))
        .fold(Response::upgrade(WEBSOCKET, hook), |response, field| {
            match HeaderValue::try_from(field.1) {
                Ok(value) => response.header(field.0, value),
                // What it holds is base64, or a token that the client sent.
                Err(_) => response,
            }
        })
}
