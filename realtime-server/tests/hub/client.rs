//! A client that speaks SignalR over a WebSocket by hand.

use std::{collections::VecDeque, net::SocketAddr, time::Duration};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// Longer than everything that is waited for: a test that waits so long hangs.
const PATIENCE: Duration = Duration::from_secs(60);
const SEPARATOR: char = '\u{1e}';

pub(crate) struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
    text: String,
    records: VecDeque<String>,
}

/// The end of a connection: the code of its close frame, if there was one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ended(pub(crate) Option<u16>);

impl Client {
    /// Connects and shakes hands.
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        Self::connect_with(address, "", "").await
    }

    /// Connects with this query and these further header lines, each with its line end.
    pub(crate) async fn connect_with(address: SocketAddr, query: &str, lines: &str) -> Self {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let head = format!(
            "GET /hub?{query} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{lines}\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut client = Self {
            stream,
            buffer: Vec::new(),
            text: String::new(),
            records: VecDeque::new(),
        };
        loop {
            if let Some(end) = client
                .buffer
                .windows(4)
                .position(|four| four == b"\r\n\r\n")
            {
                let rest = client.buffer.split_off(end + 4);
                let head = std::mem::replace(&mut client.buffer, rest);
                assert!(head.starts_with(b"HTTP/1.1 101 "), "{head:?}");
                break;
            }
            assert!(client.more().await, "ended within the head");
        }
        client.send(r#"{"protocol":"json","version":1}"#).await;
        assert_eq!(client.record().await, "{}");
        client
    }

    /// Sends these records in one frame.
    pub(crate) async fn send_all(&mut self, records: &[&str]) {
        let mut payload = records.join("\u{1e}");
        payload.push(SEPARATOR);
        self.frame(0x81, payload.as_bytes()).await;
    }

    pub(crate) async fn send(&mut self, record: &str) {
        self.send_all(&[record]).await;
    }

    /// Sends a frame with a mask of zeros.
    pub(crate) async fn frame(&mut self, first: u8, payload: &[u8]) {
        let mut frame = vec![first];
        match u16::try_from(payload.len()).unwrap() {
            length @ 0..126 => frame.push(0x80 + u8::try_from(length).unwrap()),
            length => {
                frame.push(0xFE);
                frame.extend(length.to_be_bytes());
            }
        }
        frame.extend([0; 4]);
        frame.extend(payload);
        self.stream.write_all(&frame).await.unwrap();
    }

    /// The next record that is no ping.
    pub(crate) async fn record(&mut self) -> String {
        match self.next().await {
            Ok(record) => record,
            Err(ended) => panic!("{ended:?} instead of a record"),
        }
    }

    pub(crate) async fn json(&mut self) -> Value {
        serde_json::from_str(&self.record().await).unwrap()
    }

    /// The next record that is no ping, or how the connection ended.
    pub(crate) async fn next(&mut self) -> Result<String, Ended> {
        loop {
            while let Some(record) = self.records.pop_front() {
                if record != r#"{"type":6}"# {
                    return Ok(record);
                }
            }
            self.read_frame().await?;
        }
    }

    /// Asserts that the connection is closed in order, without a further record.
    pub(crate) async fn ends(&mut self) {
        assert_eq!(self.next().await, Err(Ended(Some(1000))));
    }

    /// Sends a call of `target` and gives its answer; other records are not expected.
    pub(crate) async fn invoke(&mut self, id: &str, target: &str, arguments: &str) -> Value {
        self.call(id, target, arguments).await;
        let answer = self.json().await;
        assert_eq!(
            (&answer["type"], &answer["invocationId"]),
            (&3.into(), &id.into()),
            "{answer}"
        );
        answer
    }

    pub(crate) async fn call(&mut self, id: &str, target: &str, arguments: &str) {
        self.send(&format!(
            r#"{{"type":1,"invocationId":"{id}","target":"{target}","arguments":{arguments}}}"#
        ))
        .await;
    }

    pub(crate) async fn stream(&mut self, id: &str, target: &str, arguments: &str) {
        self.send(&format!(
            r#"{{"type":4,"invocationId":"{id}","target":"{target}","arguments":{arguments}}}"#
        ))
        .await;
    }

    async fn read_frame(&mut self) -> Result<(), Ended> {
        let (opcode, length, start) = loop {
            if let Some(head) = self.frame_head() {
                break head;
            }
            if !self.more().await {
                return Err(Ended(None));
            }
        };
        while self.buffer.len() < start + length {
            if !self.more().await {
                return Err(Ended(None));
            }
        }
        let rest = self.buffer.split_off(start + length);
        let frame = std::mem::replace(&mut self.buffer, rest);
        let payload = &frame[start..];
        match opcode {
            0x1 => {
                self.text.push_str(std::str::from_utf8(payload).unwrap());
                while let Some((record, rest)) = self.text.split_once(SEPARATOR) {
                    self.records.push_back(record.to_owned());
                    self.text = String::from(rest);
                }
                Ok(())
            }
            0x8 => Err(Ended(Some(u16::from_be_bytes([payload[0], payload[1]])))),
            opcode => panic!("unexpected opcode {opcode}"),
        }
    }

    /// Opcode, payload length and where the payload starts.
    fn frame_head(&self) -> Option<(u8, usize, usize)> {
        let first = *self.buffer.first()?;
        let opcode = first & 0x0F;
        assert_eq!(first & 0xF0, 0x80, "the server fragments nothing");
        match *self.buffer.get(1)? {
            126 => {
                let bytes = self.buffer.get(2..4)?.try_into().unwrap();
                Some((opcode, usize::from(u16::from_be_bytes(bytes)), 4))
            }
            127 => {
                let bytes = self.buffer.get(2..10)?.try_into().unwrap();
                let length = usize::try_from(u64::from_be_bytes(bytes)).unwrap();
                Some((opcode, length, 10))
            }
            length => Some((opcode, usize::from(length), 2)),
        }
    }

    async fn more(&mut self) -> bool {
        let read = timeout(PATIENCE, self.stream.read_buf(&mut self.buffer));
        read.await.expect("the server is silent").unwrap_or(0) > 0
    }
}
