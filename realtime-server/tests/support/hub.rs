//! A client of a hub: a WebSocket that carries records.

use std::{collections::VecDeque, net::SocketAddr};

use bytes::BytesMut;
use tokio::io::AsyncWriteExt;
use ws_frame::{Assembler, Close, CloseCode, Frame, Limits, Message, Opcode, Role, handshake};

use super::{
    client::{Answer, Client},
    soon,
};

pub(crate) const HANDSHAKE: &str = "{\"protocol\":\"json\",\"version\":1}\u{1e}";
pub(crate) const PING: &str = "{\"type\":6}";
/// A key changes what is on the wire and nothing else.
const KEY: [u8; 4] = [0x11, 0x22, 0x33, 0x44];

pub(crate) struct HubClient {
    pub(crate) client: Client,
    assembler: Assembler,
    heard: VecDeque<Heard>,
    /// The beginning of a record.
    partial: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// A record without its separator.
    Record(String),
    Pong(Vec<u8>),
    /// A close frame with its code.
    Closed(Option<u16>),
    /// The socket ended or was reset.
    Lost,
}

impl HubClient {
    /// A connection that has passed its handshake.
    pub(crate) async fn open(address: SocketAddr, path: &str) -> Self {
        Self::shake(Self::connect(Client::connect(address).await, path).await).await
    }

    pub(crate) async fn shake(mut self) -> Self {
        self.text(HANDSHAKE).await;
        assert_eq!(self.next().await, Heard::Record("{}".to_owned()));
        self
    }

    /// A WebSocket before the handshake of the hub protocol.
    pub(crate) async fn connect(client: Client, path: &str) -> Self {
        match Self::upgrade(client, path, "").await {
            Ok(hub) => hub,
            Err(refusal) => panic!("{refusal:?}"),
        }
    }

    /// A WebSocket, asked for with `fields` besides the usual ones, or the refusal.
    pub(crate) async fn upgrade(
        mut client: Client,
        path: &str,
        fields: &str,
    ) -> Result<Self, Answer> {
        let offer = handshake::Offer::new(*b"sixteen bytes ok", &[]).unwrap();
        let mut all = fields.to_owned();
        for (name, value) in offer.fields() {
            all.extend([name, ": ", value, "\r\n"]);
        }
        client.request(&format!("GET {path}"), &all).await;
        let head = client.head().await;
        if head.status != 101 {
            return Err(head);
        }
        let lines = head.fields.iter();
        let lines = lines.map(|(name, value)| (name.as_bytes(), value.as_bytes()));
        let opened = offer.verify(head.status, lines).unwrap();
        assert_eq!(opened.protocol, None);
        Ok(Self {
            client,
            assembler: Assembler::new(Role::Client, Limits::default()),
            heard: VecDeque::new(),
            partial: String::new(),
        })
    }

    /// Sends text in one frame.
    pub(crate) async fn text(&mut self, text: &str) {
        self.frames(&[Frame::new(Opcode::Text, text.as_bytes())])
            .await;
    }

    /// Sends frames in one segment.
    pub(crate) async fn frames(&mut self, frames: &[Frame<'_>]) {
        let bytes = masked(frames);
        self.client.send(bytes).await;
    }

    /// Sends one record.
    pub(crate) async fn say(&mut self, record: &str) {
        self.text(&format!("{record}\u{1e}")).await;
    }

    /// Sends a close frame with this code.
    pub(crate) async fn close(&mut self, code: CloseCode) {
        let mut bytes = BytesMut::new();
        let close = Message::Close(Some(Close::new(code, "")));
        close.encode_masked(KEY, &mut bytes).unwrap();
        self.client.send(bytes).await;
    }

    /// Ends the socket without a word.
    pub(crate) async fn vanish(mut self) {
        soon(self.client.stream.shutdown()).await.unwrap();
    }

    /// Whatever comes next.
    pub(crate) async fn next(&mut self) -> Heard {
        loop {
            if let Some(heard) = self.heard.pop_front() {
                return heard;
            }
            self.take();
            if self.heard.is_empty() && !self.client.more().await {
                return Heard::Lost;
            }
        }
    }

    /// The next record that is no ping.
    pub(crate) async fn record(&mut self) -> String {
        loop {
            match self.next().await {
                Heard::Record(record) if record == PING => {}
                Heard::Record(record) => return record,
                other => panic!("{other:?}"),
            }
        }
    }

    /// What comes up to the end of the socket, pings left out.
    pub(crate) async fn rest(&mut self) -> Vec<Heard> {
        let mut rest = Vec::new();
        loop {
            match self.next().await {
                Heard::Lost => return rest,
                Heard::Record(record) if record == PING => {}
                heard => rest.push(heard),
            }
        }
    }

    /// Calls `target` with JSON `arguments` and waits for the completion.
    pub(crate) async fn call(&mut self, target: &str, arguments: &str) -> String {
        self.say(&invocation(Some("0"), target, arguments)).await;
        self.record().await
    }

    /// Sorts what has arrived.
    fn take(&mut self) {
        while let Some(message) = self.assembler.decode(&mut self.client.buffer).unwrap() {
            match message {
                Message::Text(text) => {
                    self.partial.push_str(text.as_str());
                    while let Some((record, rest)) = self.partial.split_once('\u{1e}') {
                        self.heard.push_back(Heard::Record(record.to_owned()));
                        self.partial = rest.to_owned();
                    }
                }
                Message::Pong(payload) => self.heard.push_back(Heard::Pong(payload.to_vec())),
                Message::Close(close) => {
                    let code = close.map(|close| close.code().as_u16());
                    self.heard.push_back(Heard::Closed(code));
                }
                other => panic!("{other:?}"),
            }
        }
    }
}

/// Frames as a client sends them.
pub(crate) fn masked(frames: &[Frame<'_>]) -> BytesMut {
    let mut bytes = BytesMut::new();
    for frame in frames {
        frame.encode_masked(KEY, &mut bytes).unwrap();
    }
    bytes
}

/// An invocation as a record, without its separator.
pub(crate) fn invocation(id: Option<&str>, target: &str, arguments: &str) -> String {
    let id = id.map_or(String::new(), |id| format!("\"invocationId\":\"{id}\","));
    format!("{{\"type\":1,{id}\"target\":\"{target}\",\"arguments\":{arguments}}}")
}

/// The completion of [`HubClient::call`] with a JSON result.
pub(crate) fn result(json: &str) -> String {
    format!("{{\"type\":3,\"invocationId\":\"0\",\"result\":{json}}}")
}
