//! A subscriber that sees everything that a stream holds, and how it ends.

use std::net::SocketAddr;

use bytes::{Buf, BytesMut};
use serde_json::Value;
use sse_codec::{Decoder, Event, Item, Limits};

use crate::support::client::{Answer, Client};

pub(crate) struct Reader {
    pub(crate) status: u16,
    pub(crate) head: Answer,
    pub(crate) client: Client,
    body: BytesMut,
    decoder: Decoder,
    ended: bool,
}

/// What a stream can hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    Event(Event),
    Control {
        id: Option<String>,
        retry: Option<u64>,
    },
    Comment(String),
    /// The last chunk.
    End,
    /// The connection ended in the middle.
    Cut,
}

impl Reader {
    /// Asks for `target` with these further header lines, and reads the head of the answer.
    pub(crate) async fn open(address: SocketAddr, target: &str, lines: &str) -> Self {
        let mut client = Client::connect(address).await;
        client.request(&format!("GET {target}"), lines).await;
        Self::on(client).await
    }

    /// Posts `body` to `target` with these further header lines, and reads the head of the answer.
    pub(crate) async fn post(
        address: SocketAddr,
        target: &str,
        lines: &str,
        body: impl AsRef<[u8]>,
    ) -> Self {
        let mut client = Client::connect(address).await;
        let length = body.as_ref().len();
        let lines = format!("Content-Length: {length}\r\n{lines}");
        client.request(&format!("POST {target}"), &lines).await;
        client.send(body).await;
        Self::on(client).await
    }

    /// Reads the head of the answer to what `client` has sent.
    pub(crate) async fn on(mut client: Client) -> Self {
        let head = client.head().await;
        Self {
            status: head.status,
            head,
            client,
            body: BytesMut::new(),
            decoder: Decoder::new(Limits::default()).with_comments(),
            ended: false,
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.field(name)
    }

    /// A body of a known length, as JSON.
    pub(crate) async fn json(&mut self) -> Value {
        let length = self.header("content-length").unwrap().parse().unwrap();
        while self.client.buffer.len() < length {
            assert!(self.client.more().await, "the end within the body");
        }
        serde_json::from_slice(&self.client.buffer.split_to(length)).unwrap()
    }

    /// The next event; comments and what only sets something are skipped.
    pub(crate) async fn event(&mut self) -> Event {
        loop {
            match self.next().await {
                Seen::Event(event) => return event,
                Seen::Control { .. } | Seen::Comment(_) => {}
                end => panic!("no event but {end:?}"),
            }
        }
    }

    /// The data of the next event.
    pub(crate) async fn data(&mut self) -> String {
        self.event().await.data
    }

    /// The next comment, before any event.
    pub(crate) async fn comment(&mut self) -> String {
        loop {
            match self.next().await {
                Seen::Comment(text) => return text,
                Seen::Control { .. } => {}
                other => panic!("no comment but {other:?}"),
            }
        }
    }

    /// The id and the reconnection time of the next block that only sets something.
    pub(crate) async fn control(&mut self) -> (Option<String>, Option<u64>) {
        loop {
            match self.next().await {
                Seen::Control { id, retry } => return (id, retry),
                Seen::Comment(_) => {}
                other => panic!("no control block but {other:?}"),
            }
        }
    }

    /// What comes until the body ends.
    pub(crate) async fn rest(&mut self) -> Vec<Seen> {
        let mut all = Vec::new();
        loop {
            all.push(self.next().await);
            if let Some(Seen::End | Seen::Cut) = all.last() {
                return all;
            }
        }
    }

    pub(crate) async fn next(&mut self) -> Seen {
        loop {
            match self.decoder.decode(&mut self.body).unwrap() {
                Some(Item::Event(event)) => return Seen::Event(event.into_owned()),
                Some(Item::Comment(text)) => return Seen::Comment(text.trim_start().to_owned()),
                Some(Item::Control(control)) => {
                    let retry = control.retry().map(|retry| retry.as_millis());
                    return Seen::Control {
                        id: control.id().map(str::to_owned),
                        retry: retry.map(|retry| u64::try_from(retry).unwrap()),
                    };
                }
                _ if self.ended => return Seen::End,
                _ => {}
            }
            if !self.unchunk() && !self.client.more().await {
                return Seen::Cut;
            }
        }
    }

    /// Moves one whole chunk to the body; false if there is none.
    fn unchunk(&mut self) -> bool {
        let wire = &mut self.client.buffer;
        let Some(line) = wire.windows(2).position(|two| two == b"\r\n") else {
            return false;
        };
        let size = std::str::from_utf8(&wire[..line]).unwrap();
        let size = usize::from_str_radix(size, 16).unwrap();
        if wire.len() < line + 2 + size + 2 {
            return false;
        }
        wire.advance(line + 2);
        self.body.extend_from_slice(&wire.split_to(size));
        assert_eq!(&wire[..2], b"\r\n");
        wire.advance(2);
        self.ended = size == 0;
        true
    }
}
