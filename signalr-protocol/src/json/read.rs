//! Messages out of JSON.

use alloc::{borrow::Cow, boxed::Box, vec::Vec};

use super::{JsonError, JsonType, Name, Raw, Scanner};
use crate::{
    Arguments, CancelInvocation, Close, Completion, Headers, Invocation, Message, MessageError,
    Outcome, Payload, StreamInvocation, StreamItem, message::Kind,
};

/// Reads the message of a JSON record; `None` if it is of a type that is not known.
pub(crate) fn parse_message(bytes: &[u8]) -> Result<Option<Message<'_>>, MessageError> {
    let mut scanner = Scanner::from_bytes(bytes);
    scanner.expect_object()?;
    let mut members = Members::default();
    scanner.members(|scanner| {
        let name = Name::read(scanner)?;
        members.read(name, scanner)
    })?;
    members.into_message()
}

/// The properties of a message in the order in which they came, which is any.
#[derive(Default)]
struct Members<'a> {
    kind: Option<i32>,
    headers: Headers<'a>,
    invocation_id: Option<Raw<'a>>,
    target: Option<Raw<'a>>,
    arguments: Option<Arguments<'a>>,
    stream_ids: Vec<Cow<'a, str>>,
    item: Option<Payload<'a>>,
    result: Option<Payload<'a>>,
    error: Option<Raw<'a>>,
    allow_reconnect: bool,
    sequence_id: Option<i64>,
}

impl<'a> Members<'a> {
    /// Takes one property in. It is checked even if the message has no use for it.
    #[inline]
    fn read(&mut self, name: Option<Name>, value: &mut Scanner<'a>) -> Result<(), MessageError> {
        match name {
            Some(Name::Type) => {
                self.kind = Some(match value.digit() {
                    Some(digit) => digit.into(),
                    None => value.i32_of("type")?,
                });
            }
            Some(Name::Headers) => self.headers = read_headers(value)?,
            Some(Name::InvocationId) => self.invocation_id = Some(value.text_of("invocationId")?),
            Some(Name::Target) => self.target = Some(value.text_of("target")?),
            Some(Name::Arguments) => {
                if !value.is_at(b'[') {
                    value.expect_type(JsonType::Array, "arguments")?;
                }
                let (text, len) = value.elements()?;
                self.arguments = Some(Arguments::scanned_json(text, len));
            }
            Some(Name::StreamIds) => self.stream_ids = read_stream_ids(value)?,
            Some(Name::Item) => self.item = Some(Payload::scanned_json(value.value()?)),
            Some(Name::Result) => self.result = Some(Payload::scanned_json(value.value()?)),
            Some(Name::Error) => self.error = Some(value.text_of("error")?),
            Some(Name::AllowReconnect) => self.allow_reconnect = value.bool_of("allowReconnect")?,
            Some(Name::SequenceId) => self.sequence_id = Some(value.i64_of("sequenceId")?),
            None => drop(value.value()?),
        }
        Ok(())
    }

    fn into_message(self) -> Result<Option<Message<'a>>, MessageError> {
        let number = self.kind.ok_or(missing("type"))?;
        let Some(kind) = Kind::from_number(number) else {
            return Ok(None);
        };
        Ok(Some(match kind {
            Kind::Invocation => {
                // Before the message, which is then built where it stays.
                let target = not_empty(self.target, "target")?;
                let arguments = self.arguments.ok_or(missing("arguments"))?;
                let id = self.invocation_id.filter(|id| !id.as_str().is_empty());
                let invocation_id = optional(id)?;
                Message::Invocation(Invocation {
                    headers: self.headers,
                    invocation_id,
                    target,
                    arguments,
                    stream_ids: self.stream_ids,
                })
            }
            Kind::StreamItem => {
                let invocation_id = not_empty(self.invocation_id, "invocationId")?;
                let item = self.item.ok_or(missing("item"))?;
                Message::StreamItem(StreamItem {
                    headers: self.headers,
                    invocation_id,
                    item,
                })
            }
            Kind::Completion => {
                let invocation_id = not_empty(self.invocation_id, "invocationId")?;
                let outcome = outcome(self.error, self.result)?;
                Message::Completion(Completion {
                    headers: self.headers,
                    invocation_id,
                    outcome,
                })
            }
            Kind::StreamInvocation => Message::StreamInvocation(StreamInvocation {
                target: not_empty(self.target, "target")?,
                invocation_id: not_empty(self.invocation_id, "invocationId")?,
                arguments: self.arguments.ok_or(missing("arguments"))?,
                headers: self.headers,
                stream_ids: self.stream_ids,
            }),
            Kind::CancelInvocation => Message::CancelInvocation(CancelInvocation {
                invocation_id: not_empty(self.invocation_id, "invocationId")?,
                headers: self.headers,
            }),
            Kind::Ping => Message::Ping,
            Kind::Close => Message::Close(Close {
                error: optional(self.error)?,
                allow_reconnect: self.allow_reconnect,
            }),
            Kind::Ack => Message::Ack {
                sequence_id: self.sequence_id.ok_or(missing("sequenceId"))?,
            },
            Kind::Sequence => Message::Sequence {
                sequence_id: self.sequence_id.ok_or(missing("sequenceId"))?,
            },
        }))
    }
}

const fn missing(property: &'static str) -> MessageError {
    MessageError::Json(JsonError::Missing { property })
}

#[inline]
fn not_empty<'a>(
    text: Option<Raw<'a>>,
    property: &'static str,
) -> Result<Cow<'a, str>, MessageError> {
    let text = text
        .filter(|text| !text.as_str().is_empty())
        .ok_or(missing(property))?;
    Ok(text.unescape()?)
}

#[inline]
fn optional(text: Option<Raw<'_>>) -> Result<Option<Cow<'_, str>>, MessageError> {
    Ok(text.map(Raw::unescape).transpose()?)
}

#[inline]
fn outcome<'a>(
    error: Option<Raw<'a>>,
    result: Option<Payload<'a>>,
) -> Result<Outcome<'a>, MessageError> {
    match (error, result) {
        (Some(_), Some(_)) => Err(MessageError::ErrorAndResult),
        (None, Some(result)) => Ok(Outcome::Result(result)),
        (Some(error), None) if !error.as_str().is_empty() => Ok(Outcome::Error(error.unescape()?)),
        _ => Ok(Outcome::Void),
    }
}

fn read_headers<'a>(value: &mut Scanner<'a>) -> Result<Headers<'a>, MessageError> {
    value.expect_type(JsonType::Object, "headers")?;
    let mut headers = Headers::new();
    value.object(|value, name| {
        let name = name.unescape()?;
        if value.unexpected(JsonType::String)?.is_some() {
            return Err(MessageError::HeaderType {
                name: Box::from(&*name),
            });
        }
        headers.push(name, value.string()?.unescape()?);
        Ok(())
    })?;
    Ok(headers)
}

fn read_stream_ids<'a>(value: &mut Scanner<'a>) -> Result<Vec<Cow<'a, str>>, MessageError> {
    value.expect_type(JsonType::Array, "streamIds")?;
    let mut stream_ids = Vec::new();
    value.array(|value| {
        match value.unexpected(JsonType::String)? {
            None => stream_ids.push(value.string()?.unescape()?),
            Some(JsonType::Null) => return Err(MessageError::NullStreamId),
            Some(found) => return Err(MessageError::StreamIdType { found }),
        }
        Ok(())
    })?;
    Ok(stream_ids)
}
