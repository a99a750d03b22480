use std::{io, net::SocketAddr};

use bytes::BytesMut;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::Failure;

/// A connection to the server, and what was read from it and not used.
pub(crate) struct Connection {
    pub(crate) socket: TcpStream,
    pub(crate) buffer: BytesMut,
    address: SocketAddr,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Result<Self, Failure> {
        let socket = TcpStream::connect(address).await?;
        socket.set_nodelay(true)?;
        Ok(Self {
            socket,
            buffer: BytesMut::new(),
            address,
        })
    }

    /// The whole body of the answer to a request.
    pub(crate) async fn ask(
        &mut self,
        method: &str,
        target: &str,
        body: &str,
    ) -> Result<String, Failure> {
        let fields = "Content-Type: application/json\r\n";
        self.send(method, target, fields, body).await?;
        let head = self.head(" 200 ").await?;
        let body = self.exactly(length(&head)?).await?;
        Ok(String::from_utf8(body.to_vec())?)
    }

    /// The next chunk of a body.
    pub(crate) async fn chunk(&mut self) -> Result<BytesMut, Failure> {
        let size = self.until(b"\r\n").await?;
        let size = usize::from_str_radix(size.trim_end(), 16)?;
        let mut chunk = self.exactly(size + 2).await?;
        chunk.truncate(size);
        Ok(chunk)
    }

    /// Sends a request with these lines of fields.
    pub(crate) async fn send(
        &mut self,
        method: &str,
        target: &str,
        fields: &str,
        body: &str,
    ) -> io::Result<()> {
        let (address, length) = (self.address, body.len());
        let request = format!(
            "{method} {target} HTTP/1.1\r\nHost: {address}\r\nContent-Length: {length}\r\n\
             {fields}\r\n{body}"
        );
        self.socket.write_all(request.as_bytes()).await
    }

    /// The head of an answer with this status.
    pub(crate) async fn head(&mut self, status: &str) -> Result<String, Failure> {
        let head = self.until(b"\r\n\r\n").await?;
        let line = head.lines().next().unwrap_or_default();
        if line.contains(status) {
            Ok(head)
        } else {
            Err(line.into())
        }
    }

    /// What comes up to `end`, with it.
    async fn until(&mut self, end: &[u8]) -> Result<String, Failure> {
        loop {
            let mut windows = self.buffer.windows(end.len());
            if let Some(start) = windows.position(|window| window == end) {
                let text = self.buffer.split_to(start + end.len());
                return Ok(String::from_utf8(text.to_vec())?);
            }
            self.more().await?;
        }
    }

    async fn exactly(&mut self, length: usize) -> io::Result<BytesMut> {
        while self.buffer.len() < length {
            self.more().await?;
        }
        Ok(self.buffer.split_to(length))
    }

    /// Reads more, and waits for it.
    pub(crate) async fn more(&mut self) -> io::Result<()> {
        match self.socket.read_buf(&mut self.buffer).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

/// How long the body is that follows `head`.
fn length(head: &str) -> Result<usize, Failure> {
    let mut fields = head.lines().filter_map(|line| line.split_once(": "));
    let field = fields.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let (_, length) = field.ok_or("an answer without a length")?;
    Ok(length.parse()?)
}
