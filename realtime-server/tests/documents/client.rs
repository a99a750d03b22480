//! One request per connection, over a real socket.

use std::net::SocketAddr;

use realtime_server::server::Server;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

pub(crate) struct Client(SocketAddr);

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Client {
    /// Serves `server` for as long as the test runs.
    pub(crate) async fn of(server: Server) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(server.serve(listener, std::future::pending()));
        Self(address)
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, "").await
    }

    /// The answer as far as it has a length: of a stream, only the head.
    pub(crate) async fn send(&self, method: &str, path: &str, headers: &str) -> Answer {
        let mut socket = TcpStream::connect(self.0).await.unwrap();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n{headers}\r\n"
        );
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut received = Vec::new();
        let end = loop {
            if let Some(end) = received.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
            assert_ne!(
                socket.read_buf(&mut received).await.unwrap(),
                0,
                "no whole head"
            );
        };
        let head = String::from_utf8(received[..end].to_vec()).unwrap();
        let mut body = received.split_off(end);
        let length = field(&head, "content-length").map(|text| text.parse().unwrap());
        let length: usize = length.unwrap_or(0);
        while body.len() < length {
            assert_ne!(
                socket.read_buf(&mut body).await.unwrap(),
                0,
                "no whole body"
            );
        }
        Answer {
            status: head[9..12].parse().unwrap(),
            head,
            body,
        }
    }
}

impl Answer {
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        field(&self.head, name)
    }
}

fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then_some(value.trim())
    })
}
