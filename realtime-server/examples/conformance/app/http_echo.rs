use std::future::ready;

use realtime_server::{
    http::{Method, Request, Response, Status},
    server::{ServerBuilder, SetupError},
};

/// The methods of `/httpecho`. HEAD comes with GET; OPTIONS is answered for all paths alike.
pub(super) const METHODS: [Method; 5] = [
    Method::Get,
    Method::Post,
    Method::Put,
    Method::Patch,
    Method::Delete,
];

pub(super) fn install(server: &mut ServerBuilder) -> Result<(), SetupError> {
    for method in METHODS {
        server.route(method, "/httpecho", |request| ready(echo(&request)))?;
    }
    Ok(())
}

/// The request as text: its first line without the version, its header lines, its body.
fn echo(request: &Request) -> Response {
    let mut text = format!("{} {}\n", request.method(), request.head.target.raw()).into_bytes();
    for (name, value) in request.head.headers.iter() {
        text.extend_from_slice(name);
        text.extend_from_slice(b": ");
        text.extend_from_slice(value);
        text.push(b'\n');
    }
    text.push(b'\n');
    text.extend_from_slice(&request.body);
    Response::text(Status::OK, text)
}
