use std::future::ready;

use realtime_server::{
    config::{Origins, WebSocketConfig},
    endpoint::WebSocket,
    http::{Body, HeaderValue, Method, Request, Response, Status},
    server::{ServerBuilder, SetupError},
};

/// The largest body that comes back.
const MIRROR_LIMIT: usize = 1024 * 1024;
/// The largest WebSocket message that comes back.
const ECHO_LIMIT: usize = 64 * 1024 * 1024;

pub(super) fn install(server: &mut ServerBuilder) -> Result<(), SetupError> {
    server.get("/healthz", |_| ready(text("ok")))?;
    server.get("/nocontent", |_| ready(Response::empty(Status::NO_CONTENT)))?;
    for method in [Method::Post, Method::Put] {
        server.route_with_limit(method, "/mirror", MIRROR_LIMIT, |request| {
            ready(mirror(request))
        })?;
    }
    let mut config = WebSocketConfig::default();
    config.max_message = ECHO_LIMIT;
    config.origins = Some(Origins::Any);
    config.deflate = true;
    config.deflate_threshold = 0;
    server.websocket("/ws-echo", config, echo)?;
    Ok(())
}

fn text(content: &'static str) -> Response {
    Response::text(Status::OK, content)
}

fn mirror(request: Request) -> Response {
    let content_type = request
        .header("content-type")
        .and_then(|value| HeaderValue::try_from(value).ok())
        .unwrap_or(const { HeaderValue::from_static("application/octet-stream") });
    let mut response = Response::empty(Status::OK).header("content-type", content_type);
    response.body = Body::Full(request.body);
    response
}

/// Sends every message back as what it came.
async fn echo(mut socket: WebSocket) {
    while let Some(message) = socket.receive().await {
        if socket.send(message).await.is_err() {
            return;
        }
    }
}
