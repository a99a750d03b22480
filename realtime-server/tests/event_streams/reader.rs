//! A client that takes an event stream out of its chunks and reads it with our own decoder.

use std::{net::SocketAddr, time::Duration};

use bytes::{Buf, BytesMut};
use sse_codec::{Decoder, Event, Item, Limits};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// Longer than anything takes: a test that waits so long hangs.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Reader {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) stream: TcpStream,
    wire: BytesMut,
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
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = format!("GET {target} HTTP/1.1\r\nHost: a\r\n{lines}\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        Self::on(stream).await
    }

    /// Posts `body` to `target` with these further header lines, and reads the head of the answer.
    pub(crate) async fn post(
        address: SocketAddr,
        target: &str,
        lines: &str,
        body: impl AsRef<[u8]>,
    ) -> Self {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let body = body.as_ref();
        let length = body.len();
        let request = format!(
            "POST {target} HTTP/1.1\r\nHost: {address}\r\nContent-Length: {length}\r\n{lines}\r\n"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        stream.write_all(body).await.unwrap();
        Self::on(stream).await
    }

    /// Reads the head of the answer to what was sent on `stream`.
    pub(crate) async fn on(stream: TcpStream) -> Self {
        let mut reader = Self {
            status: 0,
            head: String::new(),
            stream,
            wire: BytesMut::new(),
            body: BytesMut::new(),
            decoder: Decoder::new(Limits::default()).with_comments(),
            ended: false,
        };
        let end = loop {
            if let Some(at) = find(&reader.wire, b"\r\n\r\n") {
                break at;
            }
            assert!(reader.more().await, "the connection ended in the head");
        };
        let head = reader.wire.split_to(end + 4);
        reader.head = String::from_utf8(head.to_vec()).unwrap();
        reader.status = reader.head[9..12].parse().unwrap();
        reader
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    /// A body of a known length, as text.
    pub(crate) async fn text(&mut self) -> String {
        let length = self.header("content-length").unwrap().parse().unwrap();
        while self.wire.len() < length {
            assert!(self.more().await, "the connection ended in the body");
        }
        String::from_utf8(self.wire.split_to(length).to_vec()).unwrap()
    }

    /// A JSON body.
    pub(crate) async fn json(&mut self) -> serde_json::Value {
        serde_json::from_str(&self.text().await).unwrap()
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
            if !self.unchunk() && !self.more().await {
                return Seen::Cut;
            }
        }
    }

    /// Moves one whole chunk to the body; false if there is none.
    fn unchunk(&mut self) -> bool {
        let Some(line) = find(&self.wire, b"\r\n") else {
            return false;
        };
        let size = std::str::from_utf8(&self.wire[..line]).unwrap();
        let size = usize::from_str_radix(size, 16).unwrap();
        if self.wire.len() < line + 2 + size + 2 {
            return false;
        }
        self.wire.advance(line + 2);
        self.body.extend_from_slice(&self.wire.split_to(size));
        assert_eq!(&self.wire[..2], b"\r\n");
        self.wire.advance(2);
        self.ended = size == 0;
        true
    }

    /// Reads more; false at the end.
    async fn more(&mut self) -> bool {
        let read = timeout(PATIENCE, self.stream.read_buf(&mut self.wire));
        match read.await.expect("the server says something") {
            Ok(read) => read > 0,
            // A reset.
            Err(_) => false,
        }
    }
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}
