//! permessage-deflate (RFC 7692): messages that are compressed on the wire.
//!
//! What both sides agree on are [`Params`]: a server gets them from
//! [`Request::accept_with_deflate`](crate::handshake::Request::accept_with_deflate), a client offers
//! with [`Offer::with_deflate`](crate::handshake::Offer::with_deflate). Then
//! [`Assembler::with_deflate`](crate::Assembler::with_deflate) inflates what is received, and a
//! [`Deflater`] compresses what is sent.
//!
//! ```
//! use bytes::BytesMut;
//! use ws_frame::{Assembler, Limits, Message, Role, deflate::{Deflater, Params}};
//!
//! let agreed = Params::default();
//! let mut deflater = Deflater::new(agreed.server, 256);
//! let mut wire = BytesMut::new();
//! let text = "the same again and again. ".repeat(100);
//! deflater.encode(Message::text(&text), &mut wire)?;
//! assert!(wire.len() < 100);
//!
//! let mut client = Assembler::new(Role::Client, Limits::default()).with_deflate(agreed);
//! assert_eq!(client.decode(&mut wire)?, Some(Message::text(&text)));
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```
//!
//! # Memory
//! A [`Deflater`] of 15 window bits holds about 370 KiB, one of 9 about 245 KiB. Without context
//! takeover it has no memory of a connection: one per thread and size of the window serves them all,
//! 1.9 MiB if all seven sizes are in use. What a message is compressed into is kept for the next one
//! up to 64 KiB. Inflating takes about 47 KiB whatever the window; without context takeover an
//! assembler gives that back as soon as it waits for input between two messages.
//!
//! # What is refused
//! What is no DEFLATE stream ends the connection with code 1007. So does, without context takeover, a
//! message that was cut off within a block; with it the next message goes on in the same stream, and
//! such a cut cannot be told from an end. A reference further back than the window that was agreed on
//! is followed all the same, up to 32 KiB.
//!
//! # Secrets
//! Compressing a secret next to text that an attacker chooses tells him about the secret by the
//! length of the result. Send such messages by [`Message::encode`](crate::Message::encode), which
//! does not compress.

mod deflater;
mod inflater;
mod negotiation;
mod params;

pub use deflater::Deflater;
pub(crate) use inflater::Inflater;
pub(crate) use negotiation::{accept, offer, verify};
pub use params::{Direction, Params, WindowBits};
