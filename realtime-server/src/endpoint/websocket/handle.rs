use std::{
    fmt,
    future::poll_fn,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use ws_frame::CloseCode;

use super::{Closed, Ending, Message, session::Session};
use crate::http::Request;

/// One WebSocket, for the function that a server runs for each connection of an endpoint.
///
/// What it sends is queued and leaves as soon as the function waits for anything: the answers to
/// all that one read brought go out in one write. Pings are answered and sent meanwhile, and a
/// client that is gone is noticed. When the handle is dropped, the connection is closed.
///
/// ```
/// use realtime_server::{config::WebSocketConfig, endpoint::WebSocket, server::ServerBuilder};
///
/// async fn echo(mut socket: WebSocket) {
///     while let Some(message) = socket.receive().await {
///         if socket.send(message).await.is_err() {
///             return;
///         }
///     }
/// }
///
/// let mut server = ServerBuilder::new();
/// server.websocket("/echo", WebSocketConfig::default(), echo)?;
/// # Ok::<(), realtime_server::server::SetupError>(())
/// ```
pub struct WebSocket {
    shared: Arc<Shared>,
    request: Request,
    protocol: Option<Box<str>>,
}

impl WebSocket {
    pub(super) fn new(shared: Arc<Shared>, request: Request, protocol: Option<Box<str>>) -> Self {
        Self {
            shared,
            request,
            protocol,
        }
    }

    /// The request that opened the connection: its path, query and headers.
    #[must_use]
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// The sub-protocol that was agreed on: the first of
    /// [`WebSocketConfig::protocols`](crate::config::WebSocketConfig::protocols) that the client
    /// offered.
    #[must_use]
    pub fn protocol(&self) -> Option<&str> {
        self.protocol.as_deref()
    }

    /// Waits for the next message; `None` once there will be none, for which
    /// [`ending`](Self::ending) has the reason.
    ///
    /// It may be dropped while it waits; no message is lost by that. While messages are not
    /// received, nothing more is read from the client.
    pub async fn receive(&mut self) -> Option<Message> {
        poll_fn(|cx| self.shared.session().poll_receive(cx)).await
    }

    /// Queues a message, after waiting until the client has taken enough of what was queued before
    /// ([`WebSocketConfig::max_queued_bytes`](crate::config::WebSocketConfig::max_queued_bytes)).
    ///
    /// It may be dropped while it waits; the message is then not sent.
    ///
    /// # Errors
    /// [`Closed`] once the connection is closed, or being closed by us. A client that has sent its
    /// close frame is still told what is sent within
    /// [`WebSocketConfig::close_timeout`](crate::config::WebSocketConfig::close_timeout).
    pub async fn send(&mut self, message: impl Into<Message>) -> Result<(), Closed> {
        let mut message = Some(message.into());
        poll_fn(|cx| {
            let mut session = self.shared.session();
            let room = session.poll_room(cx);
            if room.is_ready()
                && let Some(message) = message.take().filter(|_| session.may_send())
            {
                session.push(message);
                session.call_driver_from(cx);
            }
            room
        })
        .await
    }

    /// Why nothing more comes from the client; `None` while something may.
    #[must_use]
    pub fn ending(&self) -> Option<Ending> {
        self.shared.session().ending
    }

    /// Closes the connection with this code and reason, of which 123 bytes count. What is queued
    /// goes out before; the closing handshake takes place behind the scenes. A client that closed
    /// first gets its own code back instead. A handle that is dropped closes with code 1000.
    pub fn close(self, code: CloseCode, reason: impl Into<String>) {
        self.shared.session().goodbye = Some((code, reason.into()));
    }
}

impl Drop for WebSocket {
    fn drop(&mut self) {
        let mut session = self.shared.session();
        session
            .goodbye
            .get_or_insert_with(|| (CloseCode::NORMAL, String::new()));
        session.call_driver();
    }
}

impl fmt::Debug for WebSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebSocket")
            .field("request", &self.request)
            .field("protocol", &self.protocol)
            .finish_non_exhaustive()
    }
}

/// A session between its connection and its handle. Both mostly run in one task, so that the lock
/// is free; it is held for one step of either, and never across an await.
#[derive(Debug)]
pub(super) struct Shared(Mutex<Session>);

impl Shared {
    pub(super) fn new(session: Session) -> Self {
        Self(Mutex::new(session))
    }

    /// A panic while the lock was held can only come from an allocation; the session is still whole.
    pub(super) fn session(&self) -> MutexGuard<'_, Session> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
