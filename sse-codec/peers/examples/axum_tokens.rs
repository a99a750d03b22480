//! Streams tokens as an axum response body, the way language models answer.
//!
//! `cargo run -p sse-codec-peers --example axum_tokens`, then the example `hyper_tokens`, or
//! `curl -N -X POST http://127.0.0.1:3000/v1/chat/completions`

use std::{error::Error, time::Duration};

use axum::{
    Router,
    body::Body,
    http::header::{CACHE_CONTROL, CONTENT_TYPE},
    response::IntoResponse,
    routing::post,
};
use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt, stream};
use serde::Serialize;
use sse_codec::{EventRef, JsonError};

#[derive(Serialize)]
struct Delta<'a> {
    content: &'a str,
}

async fn token(content: &'static str) -> Result<Bytes, JsonError> {
    tokio::time::sleep(Duration::from_millis(100)).await;
    let mut wire = BytesMut::new();
    EventRef::new("").encode_json(&Delta { content }, &mut wire)?;
    Ok(wire.freeze())
}

async fn complete() -> impl IntoResponse {
    let tokens = stream::iter(["A line", " ends", " with\n", "a line", " end."]).then(token);
    let done = EventRef::new("[DONE]")
        .to_bytes()
        .map_err(JsonError::Encode);
    let headers = [
        (CONTENT_TYPE, "text/event-stream"),
        (CACHE_CONTROL, "no-store"),
    ];
    let body = Body::from_stream(tokens.chain(stream::iter([done])));
    (headers, body)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    let router = Router::new().route("/v1/chat/completions", post(complete));
    axum::serve(listener, router).await?;
    Ok(())
}
