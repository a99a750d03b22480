//! An echo server inside hyper: `cargo run --example hyper_upgrade --features tokio-util`, port 9001.

use std::{convert::Infallible, error::Error};

use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use http_body_util::Empty;
use hyper::{
    Request, Response, StatusCode, body::Incoming, header::HeaderValue, server::conn::http1,
    service::service_fn, upgrade::Upgraded,
};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio_util::codec::Framed;
use ws_frame::{
    Close, CloseState, CodecError, Limits, Message, MessageCodec, OwnedMessage, handshake,
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:9001").await?;
    loop {
        let (stream, _) = listener.accept().await?;
        let connection = http1::Builder::new()
            .serve_connection(TokioIo::new(stream), service_fn(answer))
            .with_upgrades();
        // A connection that fails ends alone.
        tokio::spawn(async move { connection.await.is_ok() });
    }
}

/// Answers the opening handshake, and echoes once hyper has let go of the connection.
async fn answer(mut request: Request<Incoming>) -> Result<Response<Empty<Bytes>>, Infallible> {
    let upgrade = hyper::upgrade::on(&mut request);
    let fields = request
        .headers()
        .iter()
        .map(|(name, value)| (name.as_str().as_bytes(), value.as_bytes()));
    let mut response = Response::new(Empty::new());
    match handshake::Request::parse(fields) {
        Ok(opening) => {
            *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
            add(&mut response, opening.accept(&[]).fields());
            tokio::spawn(async move {
                match upgrade.await {
                    Ok(upgraded) => echo(upgraded).await.is_ok(),
                    Err(_) => false,
                }
            });
        }
        Err(error) => {
            let status = StatusCode::from_u16(error.status());
            *response.status_mut() = status.unwrap_or(StatusCode::BAD_REQUEST);
            add(&mut response, error.fields().iter().copied());
        }
    }
    Ok(response)
}

fn add<'f>(
    response: &mut Response<Empty<Bytes>>,
    fields: impl Iterator<Item = (&'static str, &'f str)>,
) {
    for (name, value) in fields {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    }
}

async fn echo(upgraded: Upgraded) -> Result<(), CodecError> {
    let mut socket = Framed::new(
        TokioIo::new(upgraded),
        MessageCodec::server(Limits::default()),
    );
    let mut state = CloseState::default();
    while let Some(message) = socket.next().await {
        let reply = match message {
            Ok(OwnedMessage::Ping(payload)) => OwnedMessage::Pong(payload),
            Ok(OwnedMessage::Pong(_)) => continue,
            Ok(message @ OwnedMessage::Close(_)) => {
                if let Message::Close(close) = message.as_message() {
                    if let Some(reply) = state.receive(close).filter(|_| state.close()) {
                        socket.send(reply).await?;
                    }
                }
                break;
            }
            Ok(message) => message,
            Err(CodecError::Decode(error)) => {
                let close = Close::new(error.close_code(), "");
                socket.send(Message::Close(Some(close))).await?;
                break;
            }
            Err(error) => return Err(error),
        };
        socket.send(reply).await?;
    }
    Ok(())
}
