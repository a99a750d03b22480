//! A client that sends raw bytes and reads answers by the rules of RFC 9112.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Longer than every time-out of the server: a test that waits so long hangs.
const PATIENCE: Duration = Duration::from_secs(200);

pub(crate) struct Client {
    pub(crate) stream: TcpStream,
    buffer: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
    /// The sizes of the chunks, if it came in chunks.
    pub(crate) chunks: Vec<usize>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream,
            buffer: Vec::new(),
        }
    }

    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).await.unwrap();
    }

    /// Ends our side.
    pub(crate) async fn finish(&mut self) {
        self.stream.shutdown().await.unwrap();
    }

    /// Reads more; false at the end.
    async fn more(&mut self) -> bool {
        let read = timeout(PATIENCE, self.stream.read_buf(&mut self.buffer));
        read.await.expect("the server is silent").unwrap() > 0
    }

    pub(crate) async fn line(&mut self) -> String {
        loop {
            if let Some(end) = self.buffer.windows(2).position(|pair| pair == b"\r\n") {
                let rest = self.buffer.split_off(end + 2);
                let line = std::mem::replace(&mut self.buffer, rest);
                return String::from_utf8(line[..end].to_vec()).unwrap();
            }
            assert!(self.more().await, "the connection ended within a line");
        }
    }

    pub(crate) async fn exactly(&mut self, length: usize) -> Vec<u8> {
        while self.buffer.len() < length {
            assert!(self.more().await, "the connection ended within a body");
        }
        let rest = self.buffer.split_off(length);
        std::mem::replace(&mut self.buffer, rest)
    }

    /// The lines of a head, with the status line.
    pub(crate) async fn head(&mut self) -> Answer {
        let mut head = self.line().await;
        let status = head.strip_prefix("HTTP/1.1 ").unwrap()[..3]
            .parse()
            .unwrap();
        loop {
            let line = self.line().await;
            if line.is_empty() {
                return Answer {
                    status,
                    head,
                    body: Vec::new(),
                    chunks: Vec::new(),
                };
            }
            head.push('\n');
            head.push_str(&line);
        }
    }

    /// An answer to anything but `HEAD`.
    pub(crate) async fn answer(&mut self) -> Answer {
        let mut answer = self.head().await;
        let length = answer
            .header("content-length")
            .map(|text| text.parse().unwrap());
        if answer.header("transfer-encoding") == Some("chunked") {
            assert_eq!(length, None, "two lengths");
            loop {
                let size = usize::from_str_radix(&self.line().await, 16).unwrap();
                let chunk = self.exactly(size).await;
                assert_eq!(self.line().await, "");
                if size == 0 {
                    break;
                }
                answer.body.extend(chunk);
                answer.chunks.push(size);
            }
        } else if let Some(length) = length {
            answer.body = self.exactly(length).await;
        }
        answer
    }

    /// Everything up to the end of the connection.
    pub(crate) async fn rest(&mut self) -> Vec<u8> {
        while self.more().await {}
        std::mem::take(&mut self.buffer)
    }

    /// Asserts that the server ends its side, without a further byte.
    pub(crate) async fn ends(&mut self) {
        let rest = self.rest().await;
        assert_eq!(String::from_utf8_lossy(&rest), "");
    }

    /// Asserts that the connection was reset.
    pub(crate) async fn is_reset(&mut self) {
        loop {
            match timeout(PATIENCE, self.stream.read_buf(&mut self.buffer))
                .await
                .unwrap()
            {
                Ok(0) => panic!("the connection ended in order"),
                Ok(_) => {}
                Err(error) => {
                    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
                    return;
                }
            }
        }
    }
}
