//! Messages as MessagePack, without the prefix of their length.

use alloc::borrow::Cow;

use super::value::{write_array_len, write_map_len, write_signed, write_text};
use crate::{
    ArgumentsContent, CancelInvocation, Close, Completion, EncodeError, Headers, Invocation,
    Message, Outcome, PayloadContent, Protocol, StreamInvocation, StreamItem, json::Sink,
    message::Kind,
};

/// A message that can be written as MessagePack.
pub(crate) trait WriteMessagePack {
    fn write_messagepack<S: Sink>(&self, sink: &mut S) -> Result<(), EncodeError>;
}

impl WriteMessagePack for Message<'_> {
    fn write_messagepack<S: Sink>(&self, sink: &mut S) -> Result<(), EncodeError> {
        match self {
            Self::Invocation(message) => return message.write_messagepack(sink),
            Self::StreamItem(message) => return message.write_messagepack(sink),
            Self::Completion(message) => return message.write_messagepack(sink),
            Self::StreamInvocation(message) => return message.write_messagepack(sink),
            Self::CancelInvocation(message) => return message.write_messagepack(sink),
            Self::Ping => begin(sink, 1, Kind::Ping),
            Self::Close(Close {
                error,
                allow_reconnect,
            }) => {
                begin(sink, 3, Kind::Close);
                write_optional(sink, error.as_deref());
                sink.put(&[if *allow_reconnect { 0xC3 } else { 0xC2 }]);
            }
            Self::Ack { sequence_id } => {
                begin(sink, 2, Kind::Ack);
                write_signed(sink, *sequence_id);
            }
            Self::Sequence { sequence_id } => {
                begin(sink, 2, Kind::Sequence);
                write_signed(sink, *sequence_id);
            }
        }
        Ok(())
    }
}

impl<A: ArgumentsContent> WriteMessagePack for Invocation<'_, A> {
    fn write_messagepack<S: Sink>(&self, sink: &mut S) -> Result<(), EncodeError> {
        begin(sink, 6, Kind::Invocation);
        write_headers(sink, &self.headers)?;
        write_optional(sink, self.invocation_id.as_deref());
        write_call(sink, &self.target, &self.arguments, &self.stream_ids)
    }
}

impl<A: ArgumentsContent> WriteMessagePack for StreamInvocation<'_, A> {
    fn write_messagepack<S: Sink>(&self, sink: &mut S) -> Result<(), EncodeError> {
        begin(sink, 6, Kind::StreamInvocation);
        write_headers(sink, &self.headers)?;
        write_id(sink, &self.invocation_id)?;
        write_call(sink, &self.target, &self.arguments, &self.stream_ids)
    }
}

impl<P: PayloadContent> WriteMessagePack for StreamItem<'_, P> {
    fn write_messagepack<S: Sink>(&self, sink: &mut S) -> Result<(), EncodeError> {
        begin(sink, 4, Kind::StreamItem);
        write_headers(sink, &self.headers)?;
        write_id(sink, &self.invocation_id)?;
        self.item.write(Protocol::MessagePack, sink)
    }
}

impl<P: PayloadContent> WriteMessagePack for Completion<'_, P> {
    fn write_messagepack<S: Sink>(&self, sink: &mut S) -> Result<(), EncodeError> {
        let items = if matches!(self.outcome, Outcome::Void) {
            4
        } else {
            5
        };
        begin(sink, items, Kind::Completion);
        write_headers(sink, &self.headers)?;
        write_id(sink, &self.invocation_id)?;
        match &self.outcome {
            Outcome::Error(error) => {
                sink.put(&[1]);
                write_text(sink, error);
            }
            Outcome::Void => sink.put(&[2]),
            Outcome::Result(result) => {
                sink.put(&[3]);
                result.write(Protocol::MessagePack, sink)?;
            }
        }
        Ok(())
    }
}

impl WriteMessagePack for CancelInvocation<'_> {
    fn write_messagepack<S: Sink>(&self, sink: &mut S) -> Result<(), EncodeError> {
        begin(sink, 3, Kind::CancelInvocation);
        write_headers(sink, &self.headers)?;
        write_id(sink, &self.invocation_id)
    }
}

/// Begins a message of so many items, its type included.
fn begin<S: Sink>(sink: &mut S, items: u8, kind: Kind) {
    sink.put(&[0x90 | items, kind.number()]);
}

fn write_headers<S: Sink>(sink: &mut S, headers: &Headers<'_>) -> Result<(), EncodeError> {
    write_map_len(sink, headers.len());
    for (name, value) in headers.iter() {
        if name.is_empty() || value.is_empty() {
            return Err(EncodeError::EmptyHeader);
        }
        write_text(sink, name);
        write_text(sink, value);
    }
    Ok(())
}

fn write_id<S: Sink>(sink: &mut S, id: &str) -> Result<(), EncodeError> {
    if id.is_empty() {
        return Err(EncodeError::EmptyInvocationId);
    }
    write_text(sink, id);
    Ok(())
}

fn write_optional<S: Sink>(sink: &mut S, text: Option<&str>) {
    match text {
        Some(text) if !text.is_empty() => write_text(sink, text),
        _ => sink.put(&[0xC0]),
    }
}

fn write_call<S: Sink, A: ArgumentsContent>(
    sink: &mut S,
    target: &str,
    arguments: &A,
    stream_ids: &[Cow<'_, str>],
) -> Result<(), EncodeError> {
    if target.is_empty() {
        return Err(EncodeError::EmptyTarget);
    }
    write_text(sink, target);
    arguments.write(Protocol::MessagePack, sink)?;
    write_array_len(sink, stream_ids.len());
    for id in stream_ids {
        if id.is_empty() {
            return Err(EncodeError::EmptyStreamId);
        }
        write_text(sink, id);
    }
    Ok(())
}
