//! Servers with one endpoint, and a client of it.

use std::net::SocketAddr;

use bytes::BytesMut;
use realtime_server::{config::WebSocketConfig, endpoint::WebSocket, server::ServerBuilder};
use ws_frame::{Assembler, Close, CloseCode, Frame, Limits, Message, Opcode, Role};

use crate::support::{
    client::{Answer, Client},
    running::Running,
};

/// A key changes what is on the wire and nothing else.
pub(crate) const KEY: [u8; 4] = [0x11, 0x22, 0x33, 0x44];

/// The fields of an opening handshake.
pub(crate) const OPENING: &str = "Upgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";

/// What a client hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    Text(String),
    Binary(Vec<u8>),
    Ping,
    Pong(Vec<u8>),
    /// A close frame with its code and reason.
    Closed(Option<(u16, String)>),
    /// The socket ended or was reset.
    Lost,
}

pub(crate) fn closed(code: u16) -> Heard {
    Heard::Closed(Some((code, String::new())))
}

/// Sends every message back.
pub(crate) async fn echo(mut socket: WebSocket) {
    while let Some(message) = socket.receive().await {
        if socket.send(message).await.is_err() {
            return;
        }
    }
}

/// A server that echoes at `/ws`.
pub(crate) async fn echoing(config: WebSocketConfig) -> Running {
    serving(config, echo).await
}

/// A server that runs `handler` for the connections of `/ws`.
pub(crate) async fn serving<F, Fut>(config: WebSocketConfig, handler: F) -> Running
where
    F: Fn(WebSocket) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let mut server = ServerBuilder::new();
    server.websocket("/ws", config, handler).unwrap();
    Running::start(server).await
}

/// One end of a WebSocket.
pub(crate) struct Peer {
    pub(crate) client: Client,
    assembler: Assembler,
}

impl Peer {
    pub(crate) async fn open(address: SocketAddr) -> Self {
        Self::over(Client::connect(address).await, OPENING).await.1
    }

    /// The answer to a handshake with these fields, and the WebSocket, if it is one.
    pub(crate) async fn over(mut client: Client, fields: &str) -> (Answer, Self) {
        client.request("GET /ws", fields).await;
        let answer = client.head().await;
        let assembler = Assembler::new(Role::Client, Limits::default());
        (answer, Self { client, assembler })
    }

    pub(crate) async fn frame(&mut self, frame: Frame<'_>) {
        let mut bytes = BytesMut::new();
        frame.encode_masked(KEY, &mut bytes).unwrap();
        self.client.send(bytes).await;
    }

    pub(crate) async fn text(&mut self, text: &str) {
        self.frame(Frame::new(Opcode::Text, text.as_bytes())).await;
    }

    pub(crate) async fn close(&mut self, code: CloseCode) {
        let mut bytes = BytesMut::new();
        let close = Message::Close(Some(Close::new(code, "bye")));
        close.encode_masked(KEY, &mut bytes).unwrap();
        self.client.send(bytes).await;
    }

    /// Whatever comes next.
    pub(crate) async fn next(&mut self) -> Heard {
        loop {
            let message = self.assembler.decode(&mut self.client.buffer).unwrap();
            if let Some(message) = message {
                return match message {
                    Message::Text(text) => Heard::Text(text.as_str().to_owned()),
                    Message::Binary(bytes) => Heard::Binary(bytes.to_vec()),
                    Message::Ping(_) => Heard::Ping,
                    Message::Pong(payload) => Heard::Pong(payload.to_vec()),
                    Message::Close(close) => Heard::Closed(
                        close.map(|close| (close.code().as_u16(), close.reason().to_owned())),
                    ),
                };
            }
            if !self.client.more().await {
                return Heard::Lost;
            }
        }
    }

    /// All that comes up to the end of the socket.
    pub(crate) async fn rest(&mut self) -> Vec<Heard> {
        let mut rest = Vec::new();
        loop {
            match self.next().await {
                Heard::Lost => return rest,
                heard => rest.push(heard),
            }
        }
    }
}

/// The frame with this first byte, second byte without the mask bit, and masked rest.
pub(crate) fn raw(first: u8, len: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first, len[0] | 0x80];
    bytes.extend_from_slice(&len[1..]);
    bytes.extend_from_slice(&KEY);
    let masked = payload.iter().zip(KEY.iter().cycle());
    bytes.extend(masked.map(|(byte, key)| byte ^ key));
    bytes
}
