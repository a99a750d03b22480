//! HTTP/1.1 on bare sockets: heads, bodies, keep-alive, streams and upgrades.
//!
//! [`serve`] runs one connection. It reads a head, asks the [`Service`] what to do with it, reads
//! the whole body, calls the handler and writes its [`Response`]. How long a message is gets
//! decided once, in [`framing`], before any handler runs; any doubt about it ends the connection
//! (RFC 9112 section 6.3).
//!
//! What is not here: routing, authentication, TLS, compression, and accepting connections.

pub mod body;
mod chunked;
mod connection;
mod date;
mod encode;
pub mod framing;
mod head;
pub mod header_value;
pub mod headers;
mod host;
pub mod method;
pub mod problem;
mod refusal;
pub mod request;
mod request_line;
pub mod response;
mod scan;
pub mod send_queue;
pub mod service;
pub mod socket;
pub mod status;
pub mod target;

pub use self::body::{Body, Source, Upgraded};
pub use self::connection::serve;
pub use self::framing::Framing;
pub use self::header_value::HeaderValue;
pub use self::headers::Headers;
pub use self::method::Method;
pub use self::problem::Problem;
pub use self::request::{Head, Params, Request, Version};
pub use self::response::Response;
pub use self::send_queue::SendQueue;
pub use self::service::{Decision, Handler, Pace, Service};
pub use self::socket::Socket;
pub use self::status::Status;
pub use self::target::Target;
