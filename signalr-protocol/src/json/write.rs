//! Messages as JSON, their properties in the order of ASP.NET Core.

use alloc::{borrow::Cow, string::ToString};

use super::{Sink, write_string};
use crate::{
    ArgumentsContent, CancelInvocation, Close, Completion, EncodeError, Headers, Invocation,
    Message, Outcome, PayloadContent, Protocol, StreamInvocation, StreamItem, message::Kind,
    record::SEPARATOR,
};

/// A message that can be written as JSON, separator included.
pub(crate) trait WriteJson {
    fn write_json<S: Sink>(&self, sink: &mut S) -> Result<(), EncodeError>;
}

impl WriteJson for Message<'_> {
    fn write_json<S: Sink>(&self, sink: &mut S) -> Result<(), EncodeError> {
        match self {
            Self::Invocation(message) => return message.write_json(sink),
            Self::StreamItem(message) => return message.write_json(sink),
            Self::Completion(message) => return message.write_json(sink),
            Self::StreamInvocation(message) => return message.write_json(sink),
            Self::CancelInvocation(message) => return message.write_json(sink),
            Self::Ping => {
                begin(sink, Kind::Ping);
                end(sink);
            }
            Self::Close(Close {
                error,
                allow_reconnect,
            }) => {
                begin(sink, Kind::Close);
                if let Some(error) = error {
                    string_member(sink, b",\"error\":", error);
                }
                if *allow_reconnect {
                    sink.put(b",\"allowReconnect\":true");
                }
                end(sink);
            }
            Self::Ack { sequence_id } => write_sequence(sink, Kind::Ack, *sequence_id),
            Self::Sequence { sequence_id } => write_sequence(sink, Kind::Sequence, *sequence_id),
        }
        Ok(())
    }
}

impl<A: ArgumentsContent> WriteJson for Invocation<'_, A> {
    fn write_json<S: Sink>(&self, sink: &mut S) -> Result<(), EncodeError> {
        begin(sink, Kind::Invocation);
        write_headers(sink, &self.headers);
        if let Some(id) = self.invocation_id.as_deref().filter(|id| !id.is_empty()) {
            string_member(sink, b",\"invocationId\":", id);
        }
        write_call(sink, &self.target, &self.arguments, &self.stream_ids)
    }
}

impl<A: ArgumentsContent> WriteJson for StreamInvocation<'_, A> {
    fn write_json<S: Sink>(&self, sink: &mut S) -> Result<(), EncodeError> {
        begin(sink, Kind::StreamInvocation);
        write_headers(sink, &self.headers);
        write_id(sink, &self.invocation_id)?;
        write_call(sink, &self.target, &self.arguments, &self.stream_ids)
    }
}

impl<P: PayloadContent> WriteJson for StreamItem<'_, P> {
    fn write_json<S: Sink>(&self, sink: &mut S) -> Result<(), EncodeError> {
        begin(sink, Kind::StreamItem);
        write_headers(sink, &self.headers);
        write_id(sink, &self.invocation_id)?;
        sink.put(b",\"item\":");
        self.item.write(Protocol::Json, sink)?;
        end(sink);
        Ok(())
    }
}

impl<P: PayloadContent> WriteJson for Completion<'_, P> {
    fn write_json<S: Sink>(&self, sink: &mut S) -> Result<(), EncodeError> {
        begin(sink, Kind::Completion);
        write_headers(sink, &self.headers);
        write_id(sink, &self.invocation_id)?;
        match &self.outcome {
            Outcome::Void => {}
            Outcome::Error(error) if error.is_empty() => {}
            Outcome::Error(error) => string_member(sink, b",\"error\":", error),
            Outcome::Result(result) => {
                sink.put(b",\"result\":");
                result.write(Protocol::Json, sink)?;
            }
        }
        end(sink);
        Ok(())
    }
}

impl WriteJson for CancelInvocation<'_> {
    fn write_json<S: Sink>(&self, sink: &mut S) -> Result<(), EncodeError> {
        begin(sink, Kind::CancelInvocation);
        write_headers(sink, &self.headers);
        write_id(sink, &self.invocation_id)?;
        end(sink);
        Ok(())
    }
}

fn begin<S: Sink>(sink: &mut S, kind: Kind) {
    sink.put(b"{\"type\":");
    sink.put(&[b'0' + kind.number()]);
}

fn end<S: Sink>(sink: &mut S) {
    sink.put(&[b'}', SEPARATOR]);
}

/// Writes a member whose name comes with its comma, quotes and colon.
fn string_member<S: Sink>(sink: &mut S, name: &[u8], value: &str) {
    sink.put(name);
    write_string(sink, value);
}

fn write_id<S: Sink>(sink: &mut S, id: &str) -> Result<(), EncodeError> {
    if id.is_empty() {
        return Err(EncodeError::EmptyInvocationId);
    }
    string_member(sink, b",\"invocationId\":", id);
    Ok(())
}

fn write_headers<S: Sink>(sink: &mut S, headers: &Headers<'_>) {
    if headers.is_empty() {
        return;
    }
    sink.put(b",\"headers\":");
    let mut separator = b"{";
    for (name, value) in headers.iter() {
        sink.put(separator);
        write_string(sink, name);
        sink.put(b":");
        write_string(sink, value);
        separator = b",";
    }
    sink.put(b"}");
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
    string_member(sink, b",\"target\":", target);
    sink.put(b",\"arguments\":");
    arguments.write(Protocol::Json, sink)?;
    if !stream_ids.is_empty() {
        sink.put(b",\"streamIds\":");
        let mut separator = b"[";
        for id in stream_ids {
            sink.put(separator);
            write_string(sink, id);
            separator = b",";
        }
        sink.put(b"]");
    }
    end(sink);
    Ok(())
}

fn write_sequence<S: Sink>(sink: &mut S, kind: Kind, sequence_id: i64) {
    begin(sink, kind);
    sink.put(b",\"sequenceId\":");
    sink.put(sequence_id.to_string().as_bytes());
    end(sink);
}
