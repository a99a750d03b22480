//! What a decoder said, in a form that can be kept and compared.

use std::time::Duration;

use bytes::BytesMut;
use sse_codec::{DecodeError, Decoder, Event, Item};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Seen {
    Event(Event),
    Control {
        retry: Option<Duration>,
        id: Option<String>,
        event: Option<String>,
    },
    Comment(String),
    Error(DecodeError),
}

/// Feeds the chunks one after the other and takes out all that is complete after each.
pub(crate) fn decode(decoder: &mut Decoder, src: &mut BytesMut, chunks: &[&[u8]]) -> Vec<Seen> {
    let mut seen = Vec::new();
    for chunk in chunks {
        src.extend_from_slice(chunk);
        loop {
            seen.push(match decoder.decode(src) {
                Ok(None) => break,
                Ok(Some(Item::Event(event))) => Seen::Event(event.into_owned()),
                Ok(Some(Item::Control(control))) => Seen::Control {
                    retry: control.retry(),
                    id: control.id().map(str::to_owned),
                    event: control.event().map(str::to_owned),
                },
                Ok(Some(Item::Comment(text))) => Seen::Comment(text.to_owned()),
                Ok(Some(other)) => panic!("an item that this test does not know: {other:?}"),
                Err(error) => Seen::Error(error),
            });
        }
    }
    seen
}
