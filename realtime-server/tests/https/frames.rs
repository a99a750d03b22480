//! A client of HTTP/2 that sends frames as it likes.

use h2::Reason;
use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf, split};

use crate::{
    authority::NAME,
    rig::{Rig, Secure},
    soon,
};

pub(crate) const DATA: u8 = 0;
pub(crate) const HEADERS: u8 = 1;
pub(crate) const PRIORITY: u8 = 2;
pub(crate) const RST_STREAM: u8 = 3;
pub(crate) const SETTINGS: u8 = 4;
pub(crate) const PING: u8 = 6;
pub(crate) const GOAWAY: u8 = 7;
pub(crate) const WINDOW_UPDATE: u8 = 8;
pub(crate) const CONTINUATION: u8 = 9;

pub(crate) const END_STREAM: u8 = 1;
pub(crate) const END_HEADERS: u8 = 4;
pub(crate) const ACK: u8 = 1;

/// One connection.
pub(crate) struct Peer {
    reading: ReadHalf<Secure>,
    writing: WriteHalf<Secure>,
}

/// A frame that the server has sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) kind: u8,
    pub(crate) flags: u8,
    pub(crate) stream: u32,
    pub(crate) payload: Vec<u8>,
}

pub(crate) fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut frame = length[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

/// The fields of a request, without compression (RFC 7541): a name of the static table, or a literal
/// one, and a literal value.
pub(crate) fn fields(method: &str, path: &str) -> Vec<u8> {
    let mut block = vec![0x87];
    for (index, value) in [(0x01, NAME), (0x02, method), (0x04, path)] {
        block.push(index);
        block.push(u8::try_from(value.len()).unwrap());
        block.extend(value.as_bytes());
    }
    block
}

/// A request that ends with its head.
pub(crate) fn get(stream: u32, path: &str) -> Vec<u8> {
    frame(
        HEADERS,
        END_HEADERS | END_STREAM,
        stream,
        &fields("GET", path),
    )
}

impl Peer {
    /// A connection with its preface and its settings.
    pub(crate) async fn new(rig: &Rig) -> Self {
        let greeting = rig.authority.client(&["h2"]);
        let stream = soon(greeting.open(rig.tcp().await)).await.unwrap();
        let (reading, writing) = split(stream);
        let mut peer = Self { reading, writing };
        peer.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;
        peer.send(&frame(SETTINGS, 0, 0, &[])).await;
        peer
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        soon(self.writing.write_all(bytes)).await.unwrap();
        soon(self.writing.flush()).await.unwrap();
    }

    pub(crate) async fn get(&mut self, stream: u32, path: &str) {
        self.send(&get(stream, path)).await;
    }

    /// The next frame; `None` at the end, however it comes.
    pub(crate) async fn next(&mut self) -> Option<Frame> {
        next(&mut self.reading).await
    }

    /// The next frame of this kind.
    pub(crate) async fn find(&mut self, kind: u8) -> Option<Frame> {
        find(&mut self.reading, kind).await
    }

    /// The next stream that the server resets, and why.
    pub(crate) async fn reset(&mut self) -> (u32, Reason) {
        let frame = self.find(RST_STREAM).await.unwrap();
        let reason = frame.payload.try_into().unwrap();
        (frame.stream, u32::from_be_bytes(reason).into())
    }

    /// Why the server ends the connection; `None` if it does not say.
    pub(crate) async fn farewell(&mut self) -> Option<Reason> {
        farewell(&mut self.reading).await
    }

    /// Sends `bytes` again and again, until the server ends the connection; gives its reason.
    pub(crate) async fn flood(mut self, mut bytes: impl FnMut() -> Vec<u8>) -> Option<Reason> {
        let flooding = async {
            while self.writing.write_all(&bytes()).await.is_ok() {}
            std::future::pending::<()>().await;
        };
        tokio::select! {
            () = flooding => None,
            reason = farewell(&mut self.reading) => reason,
        }
    }
}

async fn next(reading: &mut ReadHalf<Secure>) -> Option<Frame> {
    let mut head = [0; 9];
    soon(reading.read_exact(&mut head)).await.ok()?;
    let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
    let mut payload = vec![0; usize::try_from(length).unwrap()];
    soon(reading.read_exact(&mut payload)).await.ok()?;
    Some(Frame {
        kind: head[3],
        flags: head[4],
        stream: u32::from_be_bytes([head[5], head[6], head[7], head[8]]),
        payload,
    })
}

async fn find(reading: &mut ReadHalf<Secure>, kind: u8) -> Option<Frame> {
    loop {
        let frame = next(reading).await?;
        if frame.kind == kind {
            return Some(frame);
        }
    }
}

async fn farewell(reading: &mut ReadHalf<Secure>) -> Option<Reason> {
    let frame = find(reading, GOAWAY).await?;
    let reason = frame.payload.get(4..8)?.try_into().ok()?;
    Some(u32::from_be_bytes(reason).into())
}
