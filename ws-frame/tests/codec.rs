//! Messages through `tokio_util::codec::Framed`, over a pipe in memory.

#![cfg(feature = "tokio-util")]

use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};
use tokio_util::codec::Framed;
use ws_frame::{
    Close, CloseCode, CodecError, DecodeError, EncodeError, Limits, Message, MessageCodec,
    OwnedMessage,
};

const KEY: [u8; 4] = [0x37, 0xFA, 0x21, 0x3D];

fn messages() -> Vec<OwnedMessage> {
    vec![
        OwnedMessage::Text("Grüße".to_owned()),
        OwnedMessage::Binary(Bytes::from(vec![0xA5; 70_000])),
        OwnedMessage::Ping(Bytes::from_static(b"?")),
        OwnedMessage::Pong(Bytes::new()),
        OwnedMessage::Close(Some((CloseCode::NORMAL, "bye".to_owned()))),
    ]
}

/// Sends `messages()` both ways between two codecs, through a pipe that holds little.
async fn talk(server: MessageCodec, client: MessageCodec) {
    let (a, b) = duplex(100);
    let mut server = Framed::new(a, server);
    let mut client = Framed::new(b, client);
    for message in messages() {
        let (sent, received) = tokio::join!(client.send(message.clone()), server.next());
        sent.expect("the pipe is open");
        assert_eq!(received.expect("a message").expect("valid"), message);
        // A close message ends what is received, not what is sent.
        let (sent, received) = tokio::join!(server.send(message.as_message()), client.next());
        sent.expect("the pipe is open");
        assert_eq!(received.expect("a message").expect("valid"), message);
    }
}

#[tokio::test]
async fn messages_arrive_as_they_were_sent() {
    let limits = Limits::default();
    talk(
        MessageCodec::server(limits),
        MessageCodec::client(limits, || KEY),
    )
    .await;
}

#[cfg(feature = "deflate")]
#[tokio::test]
async fn compressed_messages_arrive_as_they_were_sent() {
    let limits = Limits::default();
    let agreed = ws_frame::deflate::Params::default();
    talk(
        MessageCodec::server(limits).with_deflate(agreed, 100),
        MessageCodec::client(limits, || KEY).with_deflate(agreed, 100),
    )
    .await;
}

#[tokio::test]
async fn a_client_masks_with_its_keys() {
    let (a, mut b) = duplex(100);
    let mut client = Framed::new(a, MessageCodec::client(Limits::default(), || KEY));
    client.send(Message::text("Hello")).await.expect("open");
    let mut wire = [0; 11];
    b.read_exact(&mut wire).await.expect("open");
    assert_eq!(&wire, b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
}

#[tokio::test]
async fn errors_come_out_behind_what_was_before_them() {
    let (mut a, b) = duplex(100);
    let mut server = Framed::new(b, MessageCodec::server(Limits::default()));
    a.write_all(b"\x89\x80\x37\xfa\x21\x3d\x81\x05Hello")
        .await
        .expect("open");
    let first = server.next().await.expect("a message").expect("valid");
    assert_eq!(first, OwnedMessage::Ping(Bytes::new()));
    match server.next().await {
        Some(Err(CodecError::Decode(error))) => assert_eq!(error, DecodeError::UnmaskedFrame),
        other => panic!("{other:?} is no failure"),
    }
}

#[tokio::test]
async fn a_stream_that_ends_within_a_frame_is_an_error() {
    for (wire, whole) in [(&b"\x81\x05Hel"[..], false), (b"\x81\x05Hello", true)] {
        let (mut a, b) = duplex(100);
        let mut client = Framed::new(b, MessageCodec::client(Limits::default(), || KEY));
        a.write_all(wire).await.expect("open");
        drop(a);
        match client.next().await {
            Some(Ok(message)) if whole => {
                assert_eq!(message, OwnedMessage::Text("Hello".to_owned()));
                assert!(client.next().await.is_none(), "the end");
            }
            Some(Err(CodecError::Decode(error))) if !whole => {
                assert_eq!(error, DecodeError::UnexpectedEnd);
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn what_has_no_form_is_not_sent() {
    let (a, _b) = duplex(100);
    let mut server = Framed::new(a, MessageCodec::server(Limits::default()));
    match server.send(Message::Ping(&[0; 126])).await {
        Err(CodecError::Encode(error)) => {
            assert_eq!(error, EncodeError::ControlTooLong { len: 126 });
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_owned_close_message_is_cut_when_it_is_sent() {
    let reason = "x".repeat(200);
    let owned = OwnedMessage::Close(Some((CloseCode::NORMAL, reason.clone())));
    let close = Close::new(CloseCode::NORMAL, &reason);
    assert_eq!(owned.as_message(), Message::Close(Some(close)));
    assert_eq!(close.reason().len(), 123);
}
