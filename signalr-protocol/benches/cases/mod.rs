//! The messages that are read and written, in both protocols.

use bytes::BytesMut;
use signalr_protocol::{
    Completion, Decoder, Invocation, Limits, Outcome, Protocol, StreamItem, Typed,
};

pub(crate) const ID: &str = "17";
pub(crate) const TARGET: &str = "SendMessage";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Invocation,
    Completion,
    Item,
}

/// One message, and the strings that it carries.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) kind: Kind,
    pub(crate) texts: Vec<String>,
    size: usize,
}

impl Case {
    /// `count` strings that together with their quotes and commas take about `size` bytes of JSON.
    fn new(kind: Kind, count: usize, size: usize) -> Self {
        let text = "x".repeat((size / count).saturating_sub(3));
        Self {
            kind,
            texts: vec![text; count],
            size,
        }
    }

    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let invocations = [
            (1, 32),
            (2, 32),
            (4, 128),
            (8, 256),
            (2, 1_024),
            (8, 1_024),
            (1, 16_384),
            (8, 16_384),
        ];
        let sizes = [32, 1_024, 16_384];
        let invocations = invocations.map(|(count, size)| Self::new(Kind::Invocation, count, size));
        let completions = sizes.map(|size| Self::new(Kind::Completion, 1, size));
        let items = sizes.map(|size| Self::new(Kind::Item, 1, size));
        invocations.into_iter().chain(completions).chain(items)
    }

    /// The group of its benchmarks.
    pub(crate) fn group(&self, verb: &str) -> String {
        let kind = match self.kind {
            Kind::Invocation => "invocation",
            Kind::Completion => "completion",
            Kind::Item => "item",
        };
        format!("{verb}_{kind}")
    }

    /// The number of strings and their bytes together.
    pub(crate) fn id(&self) -> String {
        format!("{}x{}", self.texts.len(), self.size)
    }

    pub(crate) fn encode(&self, protocol: Protocol, dst: &mut BytesMut) {
        let texts = &*self.texts;
        let encoded = match self.kind {
            Kind::Invocation => {
                let mut message = Invocation::new(TARGET, Typed(texts));
                message.invocation_id = Some(ID.into());
                message.encode(protocol, dst)
            }
            Kind::Completion => {
                Completion::new(ID, Outcome::Result(Typed(&texts[0]))).encode(protocol, dst)
            }
            Kind::Item => StreamItem::new(ID, Typed(&texts[0])).encode(protocol, dst),
        };
        encoded.unwrap();
    }

    /// What a decoder cuts out of the stream.
    pub(crate) fn record(&self, protocol: Protocol) -> Vec<u8> {
        let mut stream = BytesMut::new();
        self.encode(protocol, &mut stream);
        let mut decoder = Decoder::new(Limits::default());
        decoder.set_protocol(protocol);
        let record = decoder.decode(&mut stream).unwrap().unwrap();
        record.as_bytes().to_vec()
    }
}
