//! The opening handshake (RFC 6455 section 4), over the fields of HTTP heads that someone else read.
//!
//! Fields are `(name, value)` pairs of bytes in the order they came. A server turns those of a
//! request into a [`Request`] and answers with a [`Response`]; a client sends an [`Offer`] and holds
//! the answer against it. The caller reads and bounds the heads, and judges what is his to judge:
//! the method (405), the version of HTTP (505), the path (404), the origin (403), the user (401). Whatever follows the head is
//! the decoder's.
//!
//! ```
//! use ws_frame::handshake::{Offer, Request};
//!
//! // The nonce has to be random and fresh for each connection.
//! let offer = Offer::new([7; 16], &["chat"])?;
//! let mut fields = vec![("Host", "example.com")];
//! fields.extend(offer.fields());
//! let request = Request::parse(fields.iter().map(|(n, v)| (n.as_bytes(), v.as_bytes())))?;
//!
//! let response = request.accept(&["superchat", "chat"]);
//! let fields = response.fields();
//! let opened = offer.verify(101, fields.map(|(n, v)| (n.as_bytes(), v.as_bytes())))?;
//! assert_eq!(opened.protocol, Some("chat"));
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

mod error;
mod extension;
mod field;
mod key;
mod offer;
mod opened;
mod request;
mod response;

#[cfg(feature = "deflate")]
pub(crate) use extension::PERMESSAGE_DEFLATE;

pub use error::{OfferError, RequestError, ResponseError};
pub use extension::{Extension, Param};
pub use offer::Offer;
pub use opened::Opened;
pub use request::Request;
pub use response::Response;
