//! A server that counts this machine as a client like any other.

use std::num::NonZeroU32;

use realtime_server::{
    auth::{Access, Guard},
    config::{ClientLimits, HttpConfig, Network, Origins, Rate, StreamConfig},
    endpoint::EventStream,
    http::{Response, Status},
    hub::Hub,
    identity::Identity,
    server::ServerBuilder,
};

use crate::support::client::Client;

/// Who asks: its address, the scheme, the authority.
pub(crate) fn server() -> ServerBuilder {
    let mut server = ServerBuilder::new();
    server
        .get("/who", async |request| {
            let head = &request.head;
            let authority = head.authority().unwrap_or("-");
            Response::text(
                Status::OK,
                format!("{} {} {authority}", head.peer.ip(), head.scheme),
            )
        })
        .unwrap();
    server
        .post("/change", async |_| Response::text(Status::OK, "changed"))
        .unwrap();
    let access = Access::new().with_token("the right token", Identity::user("u"));
    server
        .get("/secret", async |_| Response::text(Status::OK, "secret"))
        .unwrap()
        .guard(&Guard::new(access));
    let access = Access::new().with_token("the-right-token", Identity::user("u"));
    let access = access.with_cookie("session", Origins::Same);
    server
        .get("/baked", async |_| Response::text(Status::OK, "secret"))
        .unwrap()
        .guard(&Guard::new(access));
    server.hub("/hub", Hub::new(())).unwrap();
    let metrics = std::sync::Arc::clone(server.metrics());
    let events = EventStream::new(StreamConfig::default(), metrics);
    server.stream("/events", &events).unwrap();
    server
}

/// No limits, for nobody: a test sets its own.
pub(crate) fn limits() -> ClientLimits {
    let mut limits = ClientLimits::default();
    limits.exempt = Vec::new();
    limits.max_connections = None;
    limits.max_requests = None;
    limits.connections = None;
    limits.requests = None;
    limits.token_requests = None;
    limits.negotiations = None;
    limits.failed_authentications = None;
    limits
}

/// So many at once, and no more within the time of a test.
pub(crate) fn only(times: u32) -> Rate {
    Rate::per_minute(NonZeroU32::MIN).with_burst(NonZeroU32::new(times).unwrap())
}

/// HTTP with this machine as a trusted proxy.
pub(crate) fn behind_proxy() -> HttpConfig {
    let mut http = HttpConfig::default();
    http.trusted_proxies = Network::loopback();
    http
}

/// Asks on a connection that is there, and gives the status.
pub(crate) async fn status(client: &mut Client, method_and_path: &str, fields: &str) -> u16 {
    client.request(method_and_path, fields).await;
    client.answer().await.status
}
