//! WebSocket framing (RFC 6455) without I/O: bytes in, messages out, and back, for both roles.
//!
//! It is no client and no server: whoever owns the socket appends what was read to a buffer, takes
//! messages out of it, and appends messages to another. There is no clock, no randomness and no
//! logging here, and no unsafe code; masking keys and nonces are arguments.
//!
//! ```
//! use bytes::BytesMut;
//! use ws_frame::{Assembler, Limits, Message, Role};
//!
//! let mut assembler = Assembler::new(Role::Server, Limits::default());
//! let mut input = BytesMut::new();
//! let mut output = BytesMut::new();
//!
//! // A client sends "Hello", masked, then a ping.
//! input.extend_from_slice(b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
//! Message::Ping(b"?").encode_masked([1, 2, 3, 4], &mut input)?;
//!
//! while let Some(message) = assembler.decode(&mut input)? {
//!     match message {
//!         Message::Ping(payload) => Message::Pong(payload).encode(&mut output)?,
//!         message => message.encode(&mut output)?,
//!     }
//! }
//! assert_eq!(&output[..], b"\x81\x05Hello\x8a\x01?");
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! # Layers
//! - [`Decoder`] takes whole frames, [`PartDecoder`] takes pieces of frames, [`Assembler`] takes
//!   messages. Pick one per connection.
//! - [`Message`] and [`Frame`] encode themselves; [`Head`] encodes what stands before a payload that
//!   goes to the socket by itself; [`Message::to_bytes`] is a broadcast, encoded once.
//! - [`OwnedMessage`] is a message to keep.
//! - [`CloseState`] says who may still send, [`DecodeError::close_code`] what to tell a peer that
//!   broke a rule.
//! - The module `handshake` opens the connection; `deflate` compresses messages.
//!
//! # Contract
//! Call `decode` until it returns `None`, and between two calls only append to the buffer. What is
//! returned borrows from the buffer (or, a message in several frames, from the assembler) and leaves
//! it at the next call. Payloads are unmasked in place and validated as they arrive, each byte once
//! however they are chunked; only a head in pieces, 14 bytes at most, is read again. Every rule is
//! applied at the byte that decides it: text is refused at the first byte that no continuation could
//! mend, a length before its payload. After an error every call repeats it. After a close frame
//! whatever follows is dropped. Nothing a peer sends makes this crate panic.
//!
//! # Limits
//! [`Limits`] bounds frames, messages and fragments per message. They are held against the length a
//! head declares, before the payload arrives; memory grows with what did arrive, never with what was
//! declared. A compressed message is held against the limit while it is inflated, into memory that
//! doubles with it and ends a byte above the limit. How much is read into the buffer at a time is the caller's choice.
//!
//! # Features
//! - `handshake` (default): the module of that name; it alone needs `sha1` and `base64`.
//! - `deflate`: permessage-deflate (RFC 7692), on `flate2` with the pure-Rust `zlib-rs`. It needs `std`,
//!   to ask for the processor's instructions, and brings unsafe code, that of `zlib-rs`.
//! - `simd`: unmasks long payloads, and validates long text that is not ASCII, with the widest
//!   instructions that the processor has. It needs `std` and Rust 1.89, and brings unsafe code, that
//!   of `fearless_simd` and `simdutf8`; there is still none here.
//! - `tokio-util`: `MessageCodec`, which puts an assembler into a `tokio_util::codec::Framed`. It needs
//!   `std`.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(feature = "tokio-util")]
extern crate std;

mod assembler;
mod close;
mod close_code;
mod close_state;
#[cfg(feature = "tokio-util")]
mod codec;
mod decoder;
#[cfg(feature = "deflate")]
pub mod deflate;
mod error;
mod frame;
#[cfg(feature = "handshake")]
pub mod handshake;
mod head;
mod length;
mod limits;
mod mask;
mod message;
mod opcode;
mod owned;
mod part;
mod payload;
mod reader;
mod role;
mod rules;
mod text;
mod utf8;

pub use assembler::Assembler;
pub use close::Close;
pub use close_code::CloseCode;
pub use close_state::CloseState;
#[cfg(feature = "tokio-util")]
pub use codec::{CodecError, MessageCodec};
pub use decoder::Decoder;
pub use error::{DecodeError, EncodeError};
pub use frame::Frame;
pub use head::Head;
pub use limits::Limits;
pub use message::Message;
pub use opcode::Opcode;
pub use owned::OwnedMessage;
pub use part::{Part, PartDecoder};
pub use role::Role;
pub use text::Text;

/// Keeps the examples of the README compiling.
#[cfg(all(doctest, feature = "deflate"))]
#[doc = include_str!("../README.md")]
mod readme {}
