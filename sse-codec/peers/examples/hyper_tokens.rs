//! Prints the tokens of a language model as they arrive, with hyper as the client.
//!
//! `cargo run -p sse-codec-peers --example hyper_tokens [HOST:PORT]`, beside the example
//! `axum_tokens`

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::{
    borrow::Cow,
    error::Error,
    io::{self, Write},
};

use futures_util::StreamExt;
use http_body_util::BodyExt;
use hyper::{Request, client::conn::http1};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use sse_codec::{Decoder, EventStream, Limits};
use tokio::net::TcpStream;

#[derive(Deserialize)]
struct Delta<'a> {
    #[serde(borrow)]
    content: Cow<'a, str>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args().nth(1);
    let address = address.unwrap_or_else(|| "127.0.0.1:3000".to_owned());
    let socket = TcpStream::connect(&address).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(socket)).await?;
    let connection = tokio::spawn(connection);

    let request = Request::post("/v1/chat/completions")
        .header("host", &address)
        .header("accept", "text/event-stream")
        .body(String::from(r#"{"stream":true}"#))?;
    let body = sender.send_request(request).await?.into_body();
    let decoder = Decoder::new(Limits::default());
    let mut events = EventStream::new(body.into_data_stream(), decoder);
    while let Some(event) = events.next().await.transpose()? {
        if event.data == "[DONE]" {
            break;
        }
        print!("{}", event.data_as::<Delta>()?.content);
        io::stdout().flush()?;
    }
    println!();
    connection.abort();
    Ok(())
}
