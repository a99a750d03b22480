//! The plain WebSocket that gives every message back.

use std::net::SocketAddr;

use bytes::BytesMut;
use tokio::io::AsyncWriteExt;
use ws_frame::{
    Assembler, DecodeError, Limits, Message, OwnedMessage, Role,
    deflate::{Deflater, Params},
    handshake::Offer,
};

use crate::{
    start,
    support::{client::Client, soon},
};

const KEY: [u8; 4] = [0x11, 0x22, 0x33, 0x44];
const LIMIT: usize = 64 * 1024 * 1024;

/// One end of `/ws-echo`.
struct Echo {
    client: Client,
    assembler: Assembler,
    /// What was agreed on, if compression was asked for.
    deflate: Option<Params>,
}

impl Echo {
    async fn open(address: SocketAddr, compressed: bool) -> Self {
        let mut offer = Offer::new(*b"sixteen bytes ok", &[]).unwrap();
        if compressed {
            offer = offer.with_deflate(Params::default());
        }
        let mut fields = String::new();
        for (name, value) in offer.fields() {
            fields.extend([name, ": ", value, "\r\n"]);
        }
        let mut client = Client::connect(address).await;
        client.request("GET /ws-echo", &fields).await;
        let head = client.head().await;
        let fields = head.fields.iter();
        let fields = fields.map(|(name, value)| (name.as_bytes(), value.as_bytes()));
        let deflate = offer.verify(head.status, fields).unwrap().deflate;
        let mut limits = Limits::default();
        limits.max_frame = LIMIT;
        limits.max_message = LIMIT;
        let assembler = Assembler::new(Role::Client, limits);
        Self {
            client,
            assembler: match deflate {
                Some(agreed) => assembler.with_deflate(agreed),
                None => assembler,
            },
            deflate,
        }
    }

    /// Sends a message, compressed if that was agreed on; gives what comes back.
    async fn echo(&mut self, message: Message<'_>) -> OwnedMessage {
        let mut bytes = BytesMut::new();
        match self.deflate {
            Some(agreed) => Deflater::new(agreed.client, 1)
                .encode_masked(message, KEY, &mut bytes)
                .unwrap(),
            None => message.encode_masked(KEY, &mut bytes).unwrap(),
        }
        // What it does not want, it need not take.
        let ((), heard) = soon(async {
            let (mut read, mut write) = self.client.stream.split();
            let sending = async { drop(write.write_all(&bytes).await) };
            let hearing = hear(&mut read, &mut self.client.buffer, &mut self.assembler);
            tokio::join!(sending, hearing)
        })
        .await;
        heard.unwrap()
    }
}

async fn hear(
    read: &mut (impl tokio::io::AsyncReadExt + Unpin),
    buffer: &mut BytesMut,
    assembler: &mut Assembler,
) -> Result<OwnedMessage, DecodeError> {
    loop {
        if let Some(message) = assembler.decode(buffer)? {
            return Ok(message.into());
        }
        let read = read.read_buf(buffer).await.unwrap();
        assert!(read > 0, "the end within a message");
    }
}

#[tokio::test]
async fn text_and_bytes_come_back() {
    let server = start().await;
    let mut echo = Echo::open(server.address, false).await;
    assert_eq!(echo.deflate, None);
    for message in [
        Message::text("grüße"),
        Message::Binary(&[0, 0xFF]),
        Message::text(""),
        Message::Binary(&[]),
    ] {
        assert_eq!(echo.echo(message).await, message.into());
    }
}

#[tokio::test]
async fn compressed_messages_come_back_compressed() {
    let server = start().await;
    let mut echo = Echo::open(server.address, true).await;
    assert!(echo.deflate.is_some());
    let text = "the same again and again. ".repeat(1000);
    for message in [Message::text(&text), Message::Binary(text.as_bytes())] {
        assert_eq!(echo.echo(message).await, message.into());
    }
    // What was handed out leaves the buffer.
    let nothing = echo.assembler.decode(&mut echo.client.buffer);
    assert_eq!(nothing, Ok(None));
    let mut client = Deflater::new(Params::default().client, 0);
    let mut bytes = BytesMut::new();
    client
        .encode_masked(Message::text(&text), KEY, &mut bytes)
        .unwrap();
    echo.client.send(bytes).await;
    while echo.client.buffer.len() < 4 {
        assert!(echo.client.more().await);
    }
    assert_eq!(echo.client.buffer[0], 0xC1, "RSV1 says so");
}

#[tokio::test]
async fn a_message_of_64_mebibytes_comes_back_and_no_larger_one() {
    let server = start().await;
    let mut bytes = vec![0x5A; LIMIT];
    let mut echo = Echo::open(server.address, false).await;
    match echo.echo(Message::Binary(&bytes)).await {
        OwnedMessage::Binary(back) => assert!(back == bytes),
        other => panic!("{:.40}", format!("{other:?}")),
    }
    bytes.push(0);
    match echo.echo(Message::Binary(&bytes)).await {
        OwnedMessage::Close(Some(close)) => assert_eq!(close.0.as_u16(), 1009),
        other => panic!("{:.40}", format!("{other:?}")),
    }
}
