//! HTTP/1.1 and HTTP/2 on bare sockets and over TLS: heads, bodies, keep-alive, streams and upgrades.
//!
//! [`serve`] runs one connection. It reads a head, asks the [`Service`] what to do with it, reads
//! the whole body, calls the handler and writes its [`Response`]. How long a message is gets
//! decided once, as [`Framing`], before any handler runs; any doubt about it ends the connection
//! (RFC 9112 section 6.3).
//!
//! ```
//! use std::sync::Arc;
//!
//! use realtime_server::http::{Decision, Head, Response, Service, Socket, Status, serve};
//! use tokio::io::{AsyncReadExt, AsyncWriteExt};
//! use tokio::net::{TcpListener, TcpStream};
//! use tokio_util::sync::CancellationToken;
//!
//! struct Hello;
//!
//! impl Service for Hello {
//!     fn route(&self, head: &Head) -> Decision {
//!         Decision::Answer(match head.target.path() {
//!             "/hello" => Response::text(Status::OK, "hello"),
//!             _ => Response::empty(Status::NOT_FOUND),
//!         })
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> std::io::Result<()> {
//! let listener = TcpListener::bind("127.0.0.1:0").await?;
//! let mut client = TcpStream::connect(listener.local_addr()?).await?;
//! let (stream, peer) = listener.accept().await?;
//! let (config, metrics) = Default::default();
//! let drain = CancellationToken::new();
//! let served = serve(Socket::new(stream, peer), Arc::new(Hello), config, metrics, drain);
//! let asked = async {
//!     client.write_all(b"GET /hello HTTP/1.0\r\n\r\n").await?;
//!     let mut answer = String::new();
//!     client.read_to_string(&mut answer).await?;
//!     client.shutdown().await?;
//!     std::io::Result::Ok(answer)
//! };
//! let ((), answer) = tokio::join!(served, asked);
//! assert_eq!(answer?.split("\r\n").last(), Some("hello"));
//! # Ok(())
//! # }
//! ```
//!
//! HTTP/2 is spoken where it was agreed on in a TLS handshake ([`Tls`]), and asks the same service.
//!
//! What is not here: routing, authentication, compression, and accepting connections.

mod body;
mod body_room;
mod chunked;
mod connection;
pub(crate) mod date;
mod encode;
mod feed;
mod forwarded;
mod framing;
mod head;
mod header_value;
mod headers;
mod host;
mod http2;
mod log_target;
mod method;
pub(crate) mod opening;
mod origin;
mod patience;
mod problem;
mod reader;
mod refusal;
mod request;
mod request_line;
mod response;
mod scan;
mod scheme;
mod send_queue;
mod service;
mod serving;
mod socket;
mod status;
mod target;
mod tls;
mod weight;

pub use self::body::{Body, Hook, Source, Upgraded};
pub(crate) use self::body_room::BodyRoom;
pub(crate) use self::chunked::ChunkedDecoder;
pub(crate) use self::connection::run;
pub use self::connection::serve;
pub use self::framing::Framing;
pub use self::header_value::{HeaderValue, InvalidHeaderValue};
pub use self::headers::Headers;
pub use self::method::Method;
pub use self::problem::Problem;
pub use self::reader::{BodyReader, HeadReader};
pub use self::refusal::Refusal;
pub use self::request::{Head, Params, Request, Version};
pub use self::response::Response;
pub use self::scheme::Scheme;
pub use self::send_queue::SendQueue;
pub use self::service::{Decision, Handler, Pace, Service};
pub(crate) use self::serving::Serving;
pub use self::socket::Socket;
pub use self::status::Status;
pub use self::target::Target;
pub use self::tls::{Tls, TlsError};
pub(crate) use self::weight::weighed;
