//! Messages out of MessagePack.

use alloc::{borrow::Cow, vec::Vec};

use super::{Head, Malformed, MessagePackError, Reader};
use crate::{
    Arguments, CancelInvocation, Close, Completion, Headers, Invocation, Message, Outcome, Payload,
    StreamInvocation, StreamItem, message::Kind,
};

/// Reads the message of a MessagePack record; `None` if it is of a type that is not known.
///
/// Items behind those that a message has are ignored.
pub(crate) fn parse_message(bytes: &[u8]) -> Result<Option<Message<'_>>, MessagePackError> {
    let mut reader = Reader::new(bytes);
    let Head::Array(items) = reader.head()? else {
        return Err(MessagePackError::Malformed);
    };
    let Some(kind) = Kind::from_number(read_i32(&mut reader, "messageType")?) else {
        return Ok(None);
    };
    let reader = &mut reader;
    Ok(Some(match kind {
        Kind::Invocation => {
            let headers = read_headers(reader)?;
            let invocation_id = read_text(reader, "invocationId")?.filter(|id| !id.is_empty());
            let target = read_full(reader, "target", "target for Invocation message")?;
            let (arguments, stream_ids) = read_call(reader, items)?;
            Message::Invocation(Invocation {
                headers,
                invocation_id,
                target,
                arguments,
                stream_ids,
            })
        }
        Kind::StreamItem => Message::StreamItem(StreamItem {
            headers: read_headers(reader)?,
            invocation_id: read_id(reader, "invocation ID for StreamItem message")?,
            item: read_payload(reader),
        }),
        Kind::Completion => Message::Completion(Completion {
            headers: read_headers(reader)?,
            invocation_id: read_id(reader, "invocation ID for Completion message")?,
            outcome: read_outcome(reader)?,
        }),
        Kind::StreamInvocation => {
            let headers = read_headers(reader)?;
            let invocation_id = read_id(reader, "invocation ID for StreamInvocation message")?;
            let target = read_full(reader, "target", "target for StreamInvocation message")?;
            let (arguments, stream_ids) = read_call(reader, items)?;
            Message::StreamInvocation(StreamInvocation {
                headers,
                invocation_id,
                target,
                arguments,
                stream_ids,
            })
        }
        Kind::CancelInvocation => Message::CancelInvocation(CancelInvocation {
            headers: read_headers(reader)?,
            invocation_id: read_id(reader, "invocation ID for CancelInvocation message")?,
        }),
        Kind::Ping => Message::Ping,
        Kind::Close => Message::Close(Close {
            error: read_text(reader, "error")?,
            allow_reconnect: items > 2 && read_bool(reader, "allowReconnect")?,
        }),
        Kind::Ack => Message::Ack {
            sequence_id: read_i64(reader, "sequenceId")?,
        },
        Kind::Sequence => Message::Sequence {
            sequence_id: read_i64(reader, "sequenceId")?,
        },
    }))
}

fn read_i64(reader: &mut Reader<'_>, field: &'static str) -> Result<i64, MessagePackError> {
    integer(reader).ok_or(MessagePackError::WrongType {
        field,
        expected: "Int64",
    })
}

fn read_i32(reader: &mut Reader<'_>, field: &'static str) -> Result<i32, MessagePackError> {
    let number = integer(reader).and_then(|number| number.try_into().ok());
    number.ok_or(MessagePackError::WrongType {
        field,
        expected: "Int32",
    })
}

fn integer(reader: &mut Reader<'_>) -> Option<i64> {
    match reader.head() {
        Ok(Head::Unsigned(number)) => number.try_into().ok(),
        Ok(Head::Negative(number)) => Some(number),
        _ => None,
    }
}

fn read_bool(reader: &mut Reader<'_>, field: &'static str) -> Result<bool, MessagePackError> {
    match reader.head() {
        Ok(Head::Bool(value)) => Ok(value),
        _ => Err(MessagePackError::WrongType {
            field,
            expected: "Boolean",
        }),
    }
}

fn read_text<'a>(
    reader: &mut Reader<'a>,
    field: &'static str,
) -> Result<Option<Cow<'a, str>>, MessagePackError> {
    text(reader).map_err(|Malformed| MessagePackError::WrongType {
        field,
        expected: "String",
    })
}

fn text<'a>(reader: &mut Reader<'a>) -> Result<Option<Cow<'a, str>>, Malformed> {
    match reader.head()? {
        Head::Nil => Ok(None),
        Head::Text(bytes) => match core::str::from_utf8(bytes) {
            Ok(text) => Ok(Some(Cow::Borrowed(text))),
            Err(_) => Err(Malformed),
        },
        _ => Err(Malformed),
    }
}

/// Reads a text that must not be empty.
fn read_full<'a>(
    reader: &mut Reader<'a>,
    field: &'static str,
    what: &'static str,
) -> Result<Cow<'a, str>, MessagePackError> {
    not_empty(read_text(reader, field)?, what)
}

fn read_id<'a>(
    reader: &mut Reader<'a>,
    what: &'static str,
) -> Result<Cow<'a, str>, MessagePackError> {
    read_full(reader, "invocationId", what)
}

fn not_empty<'a>(
    text: Option<Cow<'a, str>>,
    what: &'static str,
) -> Result<Cow<'a, str>, MessagePackError> {
    text.filter(|text| !text.is_empty())
        .ok_or(MessagePackError::Empty { what })
}

fn read_headers<'a>(reader: &mut Reader<'a>) -> Result<Headers<'a>, MessagePackError> {
    let Ok(Head::Map(len)) = reader.head() else {
        return Err(MessagePackError::NotAMap { field: "headers" });
    };
    let mut headers = Headers::new();
    for index in 0..len {
        let wrong = |part| move |Malformed| MessagePackError::HeaderType { index, part };
        let name = not_empty(text(reader).map_err(wrong("Key"))?, "key in header")?;
        let value = not_empty(text(reader).map_err(wrong("Value"))?, "value in header")?;
        headers.push(name, value);
    }
    Ok(headers)
}

/// Reads what an invocation ends with. Clients of old send no stream ids.
fn read_call<'a>(
    reader: &mut Reader<'a>,
    items: u32,
) -> Result<(Arguments<'a>, Vec<Cow<'a, str>>), MessagePackError> {
    let arguments = Arguments::read_messagepack(reader)?;
    if arguments == Arguments::NOT_AN_ARRAY {
        // Only this invocation fails, and what else it says does not matter any more.
        return Ok((arguments, Vec::new()));
    }
    let stream_ids = if items > 5 {
        read_stream_ids(reader)?
    } else {
        Vec::new()
    };
    Ok((arguments, stream_ids))
}

fn read_stream_ids<'a>(reader: &mut Reader<'a>) -> Result<Vec<Cow<'a, str>>, MessagePackError> {
    let Ok(Head::Array(len)) = reader.head() else {
        return Err(MessagePackError::NotAnArray { field: "streamIds" });
    };
    let mut stream_ids = Vec::new();
    for _ in 0..len {
        stream_ids.push(read_full(
            reader,
            "streamIds",
            "value in streamIds received",
        )?);
    }
    Ok(stream_ids)
}

/// Reads the payload that a message ends with. Where there is none, or nothing well-formed, only what
/// the message belongs to fails.
fn read_payload<'a>(reader: &mut Reader<'a>) -> Payload<'a> {
    reader
        .value(1)
        .map_or(Payload::MALFORMED, Payload::scanned_messagepack)
}

fn read_outcome<'a>(reader: &mut Reader<'a>) -> Result<Outcome<'a>, MessagePackError> {
    match read_i32(reader, "resultKind")? {
        1 => Ok(read_text(reader, "error")?.map_or(Outcome::Void, Outcome::Error)),
        2 => Ok(Outcome::Void),
        3 => Ok(Outcome::Result(read_payload(reader))),
        _ => Err(MessagePackError::ResultKind),
    }
}

impl From<Malformed> for MessagePackError {
    fn from(Malformed: Malformed) -> Self {
        Self::Malformed
    }
}
