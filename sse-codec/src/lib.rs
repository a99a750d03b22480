//! Server-Sent Events: an incremental decoder and an encoder of the format
//! `text/event-stream`, for any I/O.
//!
//! The crate turns bytes into events and events into bytes. It is not a client and not a server: it
//! opens no connection, sets no header, waits for nothing and reconnects nothing. It needs `alloc`
//! but not `std`.
//!
//! ```
//! use bytes::BytesMut;
//! use sse_codec::{Decoder, EventRef, Item, Limits};
//!
//! let mut wire = BytesMut::new();
//! EventRef::new("21.5 °C\n48 %")
//!     .with_event("weather")
//!     .with_id("7")
//!     .encode(&mut wire)?;
//! assert_eq!(wire, "id: 7\nevent: weather\ndata: 21.5 °C\ndata: 48 %\n\n");
//!
//! let mut decoder = Decoder::new(Limits::default());
//! let Some(Item::Event(event)) = decoder.decode(&mut wire)? else {
//!     panic!("the event is complete")
//! };
//! assert_eq!(event.event_type(), "weather");
//! assert_eq!(event.data(), "21.5 °C\n48 %");
//! assert_eq!(event.last_event_id(), "7");
//! assert_eq!(decoder.decode(&mut wire)?, None);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Contract
//!
//! - Call [`Decoder::decode`] until it returns `None`, append what arrives to the buffer, and call
//!   it again. Between two calls bytes may only be appended.
//! - Items borrow from the buffer, or from the decoder where a value has several lines or came in
//!   several pieces. An event costs no allocation; [`EventRef::into_owned`] copies it.
//! - How the bytes are cut changes nothing, and an item is there with the byte that completes it:
//!   a CR ends its line without waiting for an LF.
//! - No byte sequence is an error and none panics. Malformed UTF-8 becomes U+FFFD.
//! - Every byte is searched for a line end once, whatever the cuts, so the time is linear.
//! - A reconnecting client goes on with the same decoder: [`Decoder::finish`] drops what was cut
//!   off and keeps [`Decoder::last_event_id`] and [`Decoder::retry`].
//! - Nothing is interpreted away, so a proxy needs no other mode: items tell a field that is absent
//!   from one that is empty ([`EventRef::event`], [`EventRef::id`]), blocks without data are items
//!   too, and what [`Item::encode`] writes is read as the same items. Only unknown fields, comments
//!   that were not asked for and the kinds of line ends are lost.
//! - The encoder fails rather than write a line that the caller did not mean; it never panics. On
//!   failure the output is as it was. Fields that the standard does not know go out through [`Raw`],
//!   which checks only that the next block can follow.
//! - Line breaks in data come out as LF: the format cannot carry CR or CR LF.
//!
//! # Limits
//!
//! [`Limits`] bounds a line and an event, both at 1 MiB unless told otherwise. Going over one is the
//! only [`DecodeError`]; it is reported once and decoding goes on after the next blank line.
//!
//! # Features
//!
//! All are off by default; without them the crate needs only `bytes` and `memchr`.
//!
//! - `futures-core`: `EventStream`, the events in a `Stream` of chunks, for any runtime.
//! - `tokio-util`: `EventCodec`, for `FramedRead` and `FramedWrite`. Needs `std`.
//! - `serde`: JSON data: `EventRef::encode_json`, `EventWriter::push_json`, `data_as`. Needs `std`.
//! - `simdutf8`: long text is validated with SIMD instructions. Needs `std`, and has unsafe code.
//!
//! The rules are those of the [HTML Standard, section 9.2][html], and its sentences stand above the
//! code that obeys them.
//!
//! [html]: https://html.spec.whatwg.org/multipage/server-sent-events.html
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(feature = "tokio-util")]
extern crate std;

#[cfg(feature = "tokio-util")]
mod codec;
mod control;
mod decoder;
mod encode;
mod error;
mod event;
mod event_writer;
mod item;
#[cfg(feature = "serde")]
mod json;
mod limits;
mod raw;
#[cfg(feature = "futures-core")]
mod stream;

/// Keeps the example of the README compiling.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

pub use self::{
    control::Control,
    decoder::Decoder,
    error::{DecodeError, EncodeError},
    event::{Event, EventRef},
    event_writer::EventWriter,
    item::Item,
    limits::Limits,
    raw::Raw,
};

#[cfg(feature = "tokio-util")]
pub use self::codec::{CodecError, EventCodec};
#[cfg(feature = "serde")]
pub use self::json::JsonError;
#[cfg(feature = "futures-core")]
pub use self::stream::{EventStream, StreamError};
