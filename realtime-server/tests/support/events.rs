//! A subscriber of an event stream.

use std::net::SocketAddr;

use bytes::BytesMut;
use sse_codec::{Decoder, Event, Item, Limits};

use super::client::{Answer, Client};

/// An open stream and what has come of it.
pub(crate) struct Events {
    pub(crate) client: Client,
    pub(crate) head: Answer,
    decoder: Decoder,
    buffer: BytesMut,
    ended: bool,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Told {
    Event(Event),
    Comment(String),
    /// The last chunk has come.
    End,
}

impl Events {
    pub(crate) async fn open(address: SocketAddr, path: &str) -> Self {
        Self::over(Client::connect(address).await, path).await
    }

    pub(crate) async fn over(mut client: Client, path: &str) -> Self {
        client.request(&format!("GET {path}"), "").await;
        let head = client.head().await;
        assert_eq!(head.status, 200);
        Self {
            client,
            head,
            decoder: Decoder::new(Limits::default()).with_comments(),
            buffer: BytesMut::new(),
            ended: false,
        }
    }

    /// Whatever comes next; what only sets the id or the reconnection time is passed over.
    pub(crate) async fn next(&mut self) -> Told {
        loop {
            match self.decoder.decode(&mut self.buffer).unwrap() {
                Some(Item::Event(event)) => return Told::Event(event.into_owned()),
                Some(Item::Comment(text)) => return Told::Comment(text.to_owned()),
                Some(_) => {}
                None if self.ended => return Told::End,
                None => match self.client.chunk().await {
                    Some(chunk) => self.buffer.extend_from_slice(&chunk),
                    None => self.ended = true,
                },
            }
        }
    }

    /// The next event, past all comments.
    pub(crate) async fn event(&mut self) -> Event {
        loop {
            match self.next().await {
                Told::Event(event) => return event,
                Told::Comment(_) => {}
                Told::End => panic!("the stream has ended"),
            }
        }
    }
}
