use std::{fmt, net::SocketAddr};

use bytes::BytesMut;
use serde::Deserialize;
use tokio::io::AsyncWriteExt;
use ws_frame::{Assembler, Frame, Message, Opcode, Role, handshake::Offer};

use super::{Failure, http::Connection};

/// The hub of the demo.
pub(crate) const HUB: &str = "/hubs/kestrun";
const HANDSHAKE: &str = "{\"protocol\":\"json\",\"version\":1}\u{1e}";
/// A key changes what is on the wire and nothing else.
const KEY: [u8; 4] = [0x11, 0x22, 0x33, 0x44];

#[derive(Clone, Copy)]
pub(crate) enum Kind {
    WebSockets,
    ServerSentEvents,
    LongPolling,
}

/// A client's end of a connection after its handshake was sent: it gives bytes of the hub protocol.
pub(crate) struct Transport {
    connection: Connection,
    framing: Framing,
}

enum Framing {
    Frames(Box<Assembler>),
    Events(Box<Events>),
    /// Polls at this target.
    Polls(String),
}

struct Events {
    /// Of the stream, without the framing of HTTP.
    body: BytesMut,
    decoder: sse_codec::Decoder,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Negotiated {
    connection_token: String,
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::WebSockets, Self::ServerSentEvents, Self::LongPolling];
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WebSockets => "WebSockets",
            Self::ServerSentEvents => "Server-Sent Events",
            Self::LongPolling => "Long Polling",
        })
    }
}

impl Transport {
    /// Connects as the official clients do.
    pub(crate) async fn open(address: SocketAddr, kind: Kind) -> Result<Self, Failure> {
        let mut connection = Connection::open(address).await?;
        let negotiate = format!("{HUB}/negotiate?negotiateVersion=1");
        let answer = connection.ask("POST", &negotiate, "").await?;
        let negotiated: Negotiated = serde_json::from_str(&answer)?;
        let target = format!("{HUB}?id={}", negotiated.connection_token);
        let framing = match kind {
            Kind::WebSockets => frames(&mut connection, &target).await?,
            Kind::ServerSentEvents => events(&mut connection, &target, address).await?,
            Kind::LongPolling => {
                connection.ask("GET", &target, "").await?;
                connection.ask("POST", &target, HANDSHAKE).await?;
                Framing::Polls(target)
            }
        };
        Ok(Self {
            connection,
            framing,
        })
    }

    /// Appends what comes next to `records`, after waiting for it. It may be nothing.
    pub(crate) async fn receive(&mut self, records: &mut BytesMut) -> Result<(), Failure> {
        let connection = &mut self.connection;
        match &mut self.framing {
            Framing::Frames(assembler) => {
                connection.more().await?;
                while let Some(message) = assembler.decode(&mut connection.buffer)? {
                    match message {
                        Message::Text(text) => records.extend_from_slice(text.as_bytes()),
                        other => return Err(format!("not text: {other:?}").into()),
                    }
                }
            }
            Framing::Events(events) => {
                events.body.extend_from_slice(&connection.chunk().await?);
                while let Some(item) = events.decoder.decode(&mut events.body)? {
                    if let sse_codec::Item::Event(event) = item {
                        records.extend_from_slice(event.data().as_bytes());
                    }
                }
            }
            Framing::Polls(target) => {
                let answer = connection.ask("GET", target, "").await?;
                records.extend_from_slice(answer.as_bytes());
            }
        }
        Ok(())
    }
}

async fn frames(connection: &mut Connection, target: &str) -> Result<Framing, Failure> {
    let mut fields = String::new();
    for (name, value) in Offer::new([7; 16], &[])?.fields() {
        fields.extend([name, ": ", value, "\r\n"]);
    }
    connection.send("GET", target, &fields, "").await?;
    connection.head(" 101 ").await?;
    let mut handshake = BytesMut::new();
    Frame::new(Opcode::Text, HANDSHAKE.as_bytes()).encode_masked(KEY, &mut handshake)?;
    connection.socket.write_all(&handshake).await?;
    Ok(Framing::Frames(Box::new(Assembler::new(
        Role::Client,
        ws_frame::Limits::default(),
    ))))
}

async fn events(
    connection: &mut Connection,
    target: &str,
    address: SocketAddr,
) -> Result<Framing, Failure> {
    let fields = "Accept: text/event-stream\r\n";
    connection.send("GET", target, fields, "").await?;
    connection.head(" 200 ").await?;
    // The stream keeps the first connection busy.
    let mut other = Connection::open(address).await?;
    other.ask("POST", target, HANDSHAKE).await?;
    Ok(Framing::Events(Box::new(Events {
        body: BytesMut::new(),
        decoder: sse_codec::Decoder::new(sse_codec::Limits::default()),
    })))
}
