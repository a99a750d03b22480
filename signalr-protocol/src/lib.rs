//! The ASP.NET Core SignalR protocol without I/O: records, handshake, hub messages, negotiation.
//!
//! Both sides of a connection can be written on it, since every part is read and written. It knows
//! no sockets, no transports, no clock and no hubs: those who use it bring the bytes, keep the time
//! and call the methods. The older ASP.NET SignalR is another protocol, and not this one.
//!
//! # Example
//!
//! The server's side of a connection that calls one method:
//!
//! ```
//! use bytes::BytesMut;
//! use signalr_protocol::{
//!     Completion, Decoder, HandshakeRequest, HandshakeResponse, Limits, Message, Outcome,
//!     TransferFormat, Typed,
//! };
//!
//! let mut src = BytesMut::from(concat!(
//!     "{\"protocol\":\"json\",\"version\":1}\u{1e}",
//!     "{\"type\":1,\"invocationId\":\"0\",\"target\":\"Add\",\"arguments\":[1,2]}\u{1e}",
//! ));
//! let mut dst = BytesMut::new();
//! let mut decoder = Decoder::new(Limits::default());
//!
//! let record = decoder.decode(&mut src)?.expect("the handshake is there");
//! let request = HandshakeRequest::parse(&record)?;
//! let protocol = request.accept(&[TransferFormat::Text]).expect("a known protocol");
//! decoder.set_protocol(protocol);
//! HandshakeResponse::ACCEPTED.encode(&mut dst);
//!
//! while let Some(record) = decoder.decode(&mut src)? {
//!     // `None` is a message of a type that only later versions know.
//!     let Some(Message::Invocation(call)) = Message::parse(&record)? else { continue };
//!     let mut arguments = call.arguments.bind(2)?;
//!     let sum = arguments.take::<i64>()? + arguments.take::<i64>()?;
//!     if let Some(id) = call.invocation_id {
//!         Completion::new(id, Outcome::Result(Typed(&sum))).encode(protocol, &mut dst)?;
//!     }
//! }
//! assert_eq!(dst, "{}\u{1e}{\"type\":3,\"invocationId\":\"0\",\"result\":3}\u{1e}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Contract
//!
//! - [`Decoder::decode`] is called until it gives `None`, and between calls `src` is only appended
//!   to. No byte is searched twice. What a record covered leaves `src` at the next call.
//! - Records borrow from `src`, and what is parsed from them borrows from the record: ids, names
//!   and texts are copied only if they hold escapes; arguments, items and results stay unparsed
//!   until [`Binding::take`] or [`Payload::to`] gives them a type.
//! - After an error of the decoder every call repeats it. After any error of reading, the
//!   connection is over; only a [`BindError`] or [`PayloadError`] concerns one invocation.
//! - The errors of a peer have the texts of ASP.NET Core, since official clients show them and
//!   their tests compare them. `close_message` and `response` are what the peer is told.
//! - Encoders append. On an error the buffer is as before. No text that a caller hands in can forge
//!   the end of a record.
//! - Nothing that a peer sends makes it panic, and it never reserves memory for announced sizes.
//!
//! # Limits
//!
//! | what | limit |
//! | --- | --- |
//! | [`Limits::max_record`], framing included | 32 768 bytes by default, never buffered beyond |
//! | nesting of JSON, the message included | [`MAX_DEPTH`], 64 |
//! | [`Protocol::MAX_VERSION`] | 2 |
//!
//! # Features
//!
//! - `messagepack` (off by default): the MessagePack hub protocol. Messages and calls stay the same;
//!   [`Protocol`] gains a variant, and what depends on one gains constructors and errors. Structs
//!   are maps of their names, enums their names or a map of one name, bytes binary.
//! - `values` (off by default): `Binary` and `Timestamp`, which are base64 and ISO 8601 text in
//!   JSON, binary and the timestamp extension in MessagePack, as .NET has them; and `Any`, a value
//!   that is passed on as it came, or converted for the other protocol.
//!
//! # Differences from ASP.NET Core
//!
//! - A message of an unknown type is skipped. ASP.NET Core means to, but stops reading.
//! - Text that is not UTF-8 is no JSON, also where ASP.NET Core would not look at it.
//! - MessagePack arguments that are malformed, rather than of the wrong type, end the connection and
//!   not only the invocation, since where they end is not known.
//! - Empty headers and stream ids are written like none.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod arguments;
mod binding;
mod content;
mod decoder;
mod error;
#[cfg(any(feature = "messagepack", feature = "values"))]
mod form;
mod handshake;
mod headers;
mod json;
mod limits;
mod message;
#[cfg(feature = "messagepack")]
mod messagepack;
mod negotiate;
mod payload;
mod protocol;
mod record;
#[cfg(feature = "values")]
mod values;

#[cfg(feature = "messagepack")]
pub use self::messagepack::{MessagePackError, ValueError};
#[cfg(feature = "values")]
pub use self::values::{Any, Binary, Timestamp, TimestampError};
pub use self::{
    arguments::{Arguments, ArgumentsIter},
    binding::{BindError, Binding},
    content::{ArgumentsContent, PayloadContent, Typed},
    decoder::Decoder,
    error::{DecodeError, EncodeError},
    handshake::{HandshakeError, HandshakeRequest, HandshakeResponse, Refusal},
    headers::Headers,
    json::{JsonError, JsonType, MAX_DEPTH},
    limits::Limits,
    message::{
        CancelInvocation, Close, Completion, Invocation, Message, MessageError, Outcome,
        StreamInvocation, StreamItem,
    },
    negotiate::{
        Accepted, AvailableTransport, NegotiateRequest, NegotiateResponse, Transport, VersionError,
    },
    payload::{Payload, PayloadError},
    protocol::{Protocol, TransferFormat},
    record::Record,
};
