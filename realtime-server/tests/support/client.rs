//! A client of HTTP that sends raw bytes.

use std::net::SocketAddr;

use bytes::BytesMut;
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};

use super::soon;

pub(crate) struct Client {
    pub(crate) stream: TcpStream,
    pub(crate) buffer: BytesMut,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().find(|(field, _)| field == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// The answer to a request without a body, on a connection of its own.
pub(crate) async fn ask(address: SocketAddr, method_and_path: &str) -> Answer {
    let mut client = Client::connect(address).await;
    client.request(method_and_path, "").await;
    client.answer().await
}

/// The answer to a POST of JSON, on a connection of its own.
pub(crate) async fn post(address: SocketAddr, path: &str, json: &str) -> Answer {
    let mut client = Client::connect(address).await;
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n",
        json.len()
    );
    client.send(head + json).await;
    client.answer().await
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        Self::over(TcpStream::connect(address).await.unwrap())
    }

    /// A client for which the kernel holds little, so that a server soon notices when it does not
    /// read.
    pub(crate) async fn narrow(address: SocketAddr) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4 * 1024).unwrap();
        Self::over(socket.connect(address).await.unwrap())
    }

    fn over(stream: TcpStream) -> Self {
        stream.set_nodelay(true).unwrap();
        Self {
            stream,
            buffer: BytesMut::new(),
        }
    }

    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        soon(self.stream.write_all(bytes.as_ref())).await.unwrap();
    }

    /// Sends a request without a body, with these lines of fields.
    pub(crate) async fn request(&mut self, method_and_path: &str, fields: &str) {
        let address = self.stream.peer_addr().unwrap();
        let head = format!("{method_and_path} HTTP/1.1\r\nHost: {address}\r\n{fields}\r\n");
        self.send(head).await;
    }

    /// Reads more; false at the end. A reset is an end, too.
    pub(crate) async fn more(&mut self) -> bool {
        let read = soon(self.stream.read_buf(&mut self.buffer)).await;
        read.is_ok_and(|read| read > 0)
    }

    async fn line(&mut self) -> String {
        loop {
            let end = self.buffer.windows(2).position(|pair| pair == b"\r\n");
            if let Some(end) = end {
                let mut line = self.buffer.split_to(end + 2);
                line.truncate(end);
                return String::from_utf8(line.to_vec()).unwrap();
            }
            let more = self.more().await;
            assert!(more, "the end within a line: {:?}", self.buffer);
        }
    }

    async fn exactly(&mut self, length: usize) -> BytesMut {
        while self.buffer.len() < length {
            assert!(self.more().await, "the end within a body");
        }
        self.buffer.split_to(length)
    }

    /// Status and fields, their names in lower case.
    pub(crate) async fn head(&mut self) -> Answer {
        let line = self.line().await;
        let status = line
            .strip_prefix("HTTP/1.1 ")
            .and_then(|rest| rest.get(..3)?.parse().ok());
        let mut answer = Answer {
            status: status.unwrap_or_else(|| panic!("no status line: {line:?}")),
            fields: Vec::new(),
            body: Vec::new(),
        };
        loop {
            let line = self.line().await;
            let Some((name, value)) = line.split_once(": ") else {
                assert_eq!(line, "");
                return answer;
            };
            let field = (name.to_ascii_lowercase(), value.to_owned());
            answer.fields.push(field);
        }
    }

    /// An answer to anything but HEAD.
    pub(crate) async fn answer(&mut self) -> Answer {
        let mut answer = self.head().await;
        if answer.field("transfer-encoding") == Some("chunked") {
            while let Some(chunk) = self.chunk().await {
                answer.body.extend_from_slice(&chunk);
            }
        } else if let Some(length) = answer.field("content-length") {
            let length = length.parse().unwrap();
            answer.body = self.exactly(length).await.to_vec();
        }
        answer
    }

    /// The next chunk of a body; `None` for the last one.
    pub(crate) async fn chunk(&mut self) -> Option<BytesMut> {
        let size = usize::from_str_radix(&self.line().await, 16).unwrap();
        let chunk = self.exactly(size).await;
        assert_eq!(self.line().await, "");
        (size > 0).then_some(chunk)
    }

    /// Asserts that the connection has ended, and that nothing came before.
    pub(crate) async fn ends(&mut self) {
        while self.more().await {}
        assert_eq!(self.buffer, "");
    }
}
