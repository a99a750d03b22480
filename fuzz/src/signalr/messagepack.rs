//! MessagePack read by cutting it against MessagePack read into a tree, by a reader of its own.

use bytes::BytesMut;
use serde::de::IgnoredAny;
use signalr_protocol::{EncodeError, MAX_DEPTH, Message, Outcome, Payload, Protocol, Record};

use super::decode;

/// A value, read the plainest way.
#[derive(Clone, Debug, PartialEq)]
enum Tree {
    Nil,
    Bool(bool),
    Integer(i128),
    /// The bits, so that every one is equal to itself.
    Float(u64),
    Text(Vec<u8>),
    Binary(Vec<u8>),
    Extension(Vec<u8>),
    Array(Vec<Tree>),
    Map(Vec<Tree>),
}

/// What was read is written and read back the same, and is what the tree says.
pub(super) fn message(data: &[u8]) {
    payload(data);
    let record = Record::new(Protocol::MessagePack, data);
    let Ok(Some(mut message)) = Message::parse(&record) else {
        return;
    };
    assert_reads(&message, &elements(data));
    // An empty error cannot be told from none.
    if let Message::Close(close) = &mut message {
        close.error.take_if(|error| error.is_empty());
    }
    if let Message::Invocation(call) = &message
        && call.arguments.as_bytes().is_empty()
    {
        return;
    }
    if let Message::StreamInvocation(call) = &message
        && call.arguments.as_bytes().is_empty()
    {
        return;
    }
    let mut written = BytesMut::new();
    let encoded = message.encode(Protocol::MessagePack, &mut written);
    if has_malformed_payload(&message) {
        assert!(matches!(encoded, Err(EncodeError::MalformedPayload)));
        return;
    }
    encoded.expect("what was read can be written");
    assert_eq!(written.len(), message.encoded_len(Protocol::MessagePack));
    let (records, end) = decode(Protocol::MessagePack, [&*written], usize::MAX);
    let [record] = &*records else {
        panic!("a message is one record")
    };
    assert_eq!(end, Ok(()));
    let again = Message::parse(&Record::new(Protocol::MessagePack, record));
    assert_eq!(again, Ok(Some(message)));
}

/// Whether it ends where its payload should be, or with what is none.
fn has_malformed_payload(message: &Message<'_>) -> bool {
    match message {
        Message::StreamItem(message) => message.item.as_bytes().is_empty(),
        Message::Completion(message) => {
            matches!(&message.outcome, Outcome::Result(result) if result.as_bytes().is_empty())
        }
        _ => false,
    }
}

/// Bytes are a payload exactly where they are one value, no deeper than may be.
fn payload(data: &[u8]) {
    let mut rest = data;
    let tree = Tree::read(&mut rest, 2).filter(|_| rest.is_empty());
    let payload = Payload::messagepack(data);
    assert_eq!(payload.is_ok(), tree.is_some(), "{data:x?}");
    if let (Ok(payload), Some(tree)) = (payload, tree) {
        assert_eq!(payload.to::<IgnoredAny>().is_ok(), tree.is_utf8());
    }
}

/// The parts of a message are those of its array.
fn assert_reads(message: &Message<'_>, elements: &[Tree]) {
    let text = |index: usize, text: Option<&str>| match (elements.get(index), text) {
        (Some(Tree::Text(bytes)), text) => {
            assert_eq!(String::from_utf8_lossy(bytes), text.unwrap_or_default());
        }
        (Some(Tree::Nil), None) => {}
        (tree, text) => panic!("{text:?} out of {tree:?}"),
    };
    let value = |index: usize, bytes: &[u8]| {
        // Malformed, where the tree has nothing.
        let mut rest = bytes;
        assert_eq!(Tree::read(&mut rest, 1).as_ref(), elements.get(index));
        assert!(rest.is_empty());
    };
    let number = |index: usize, number: i64| {
        assert_eq!(elements.get(index), Some(&Tree::Integer(number.into())));
    };
    let call = |target: &str, arguments: signalr_protocol::Arguments<'_>| {
        text(3, Some(target));
        let Some(Tree::Array(array)) = elements.get(4) else {
            return assert!(arguments.as_bytes().is_empty());
        };
        value(4, arguments.as_bytes());
        assert_eq!(arguments.iter().count(), array.len());
        for (argument, tree) in arguments.iter().zip(array) {
            let mut rest = argument.as_bytes();
            assert_eq!(Tree::read(&mut rest, 2).as_ref(), Some(tree));
        }
    };
    match message {
        Message::Invocation(message) => {
            text(2, message.invocation_id.as_deref());
            call(&message.target, message.arguments);
        }
        Message::StreamInvocation(message) => {
            text(2, Some(&message.invocation_id));
            call(&message.target, message.arguments);
        }
        Message::StreamItem(message) => {
            text(2, Some(&message.invocation_id));
            value(3, message.item.as_bytes());
        }
        Message::Completion(message) => {
            text(2, Some(&message.invocation_id));
            match &message.outcome {
                Outcome::Result(result) => value(4, result.as_bytes()),
                Outcome::Error(error) => text(4, Some(error)),
                Outcome::Void => {}
            }
        }
        Message::CancelInvocation(message) => text(2, Some(&message.invocation_id)),
        Message::Close(close) => text(1, close.error.as_deref()),
        Message::Ack { sequence_id } | Message::Sequence { sequence_id } => number(1, *sequence_id),
        _ => {}
    }
}

/// The elements of the array that the bytes begin with, as far as there are any.
fn elements(data: &[u8]) -> Vec<Tree> {
    let mut rest = data;
    let header = match take(&mut rest, 1).and_then(|marker| marker.first()) {
        Some(0xDC) => 2,
        Some(0xDD) => 4,
        _ => 0,
    };
    if take(&mut rest, header).is_none() {
        return Vec::new();
    }
    std::iter::from_fn(|| Tree::read(&mut rest, 1)).collect()
}

impl Tree {
    fn read(rest: &mut &[u8], depth: usize) -> Option<Self> {
        let marker = *take(rest, 1)?.first()?;
        Some(match marker {
            0x00..=0x7F => Self::Integer(marker.into()),
            0x80..=0x8F => Self::Map(many(rest, usize::from(marker & 0x0F) * 2, depth)?),
            0x90..=0x9F => Self::Array(many(rest, usize::from(marker & 0x0F), depth)?),
            0xA0..=0xBF => Self::Text(take(rest, usize::from(marker & 0x1F))?.into()),
            0xC0 => Self::Nil,
            0xC1 => return None,
            0xC2 | 0xC3 => Self::Bool(marker == 0xC3),
            0xC4..=0xC6 => Self::Binary(sized(rest, 1 << (marker - 0xC4), 0)?.into()),
            0xC7..=0xC9 => Self::Extension(sized(rest, 1 << (marker - 0xC7), 1)?.into()),
            0xCA | 0xCB => Self::Float(unsigned(rest, if marker == 0xCA { 4 } else { 8 })?),
            0xCC..=0xCF => Self::Integer(unsigned(rest, 1 << (marker - 0xCC))?.into()),
            0xD0..=0xD3 => {
                let size = 1 << (marker - 0xD0);
                let bits = 8 * size;
                let number = i128::from(unsigned(rest, size)?);
                let is_negative = number >> (bits - 1) != 0;
                Self::Integer(if is_negative {
                    number - (1 << bits)
                } else {
                    number
                })
            }
            0xD4..=0xD8 => Self::Extension(take(rest, 1 + (1 << (marker - 0xD4)))?.into()),
            0xD9..=0xDB => Self::Text(sized(rest, 1 << (marker - 0xD9), 0)?.into()),
            0xDC | 0xDD => {
                let len = unsigned(rest, if marker == 0xDC { 2 } else { 4 })?;
                Self::Array(many(rest, usize::try_from(len).ok()?, depth)?)
            }
            0xDE | 0xDF => {
                let len = unsigned(rest, if marker == 0xDE { 2 } else { 4 })?;
                Self::Map(many(rest, usize::try_from(len).ok()? * 2, depth)?)
            }
            0xE0..=0xFF => Self::Integer(i128::from(marker) - 256),
        })
    }

    /// Whether every text in it is what it should be.
    fn is_utf8(&self) -> bool {
        match self {
            Self::Text(bytes) => str::from_utf8(bytes).is_ok(),
            Self::Array(values) | Self::Map(values) => values.iter().all(Self::is_utf8),
            _ => true,
        }
    }
}

/// What an array or map at that depth holds.
fn many(rest: &mut &[u8], len: usize, depth: usize) -> Option<Vec<Tree>> {
    if depth >= MAX_DEPTH {
        return None;
    }
    let mut values = Vec::new();
    for _ in 0..len {
        values.push(Tree::read(rest, depth + 1)?);
    }
    Some(values)
}

fn take<'a>(rest: &mut &'a [u8], len: usize) -> Option<&'a [u8]> {
    let (taken, behind) = rest.split_at_checked(len)?;
    *rest = behind;
    Some(taken)
}

fn unsigned(rest: &mut &[u8], size: usize) -> Option<u64> {
    let bytes = take(rest, size)?;
    Some(
        bytes
            .iter()
            .fold(0, |number, byte| number << 8 | u64::from(*byte)),
    )
}

/// A length of that size, and so many bytes and those of the type.
fn sized<'a>(rest: &mut &'a [u8], size: usize, kind: usize) -> Option<&'a [u8]> {
    let len = unsigned(rest, size)?;
    take(rest, usize::try_from(len).ok()? + kind)
}
