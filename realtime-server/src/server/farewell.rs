use std::{future::Future, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{net::TcpStream, sync::Semaphore};
use tracing::debug;

use crate::http::{Response, Socket};

/// Who is turned away is read from for so long,
const TIME: Duration = Duration::from_secs(1);
/// and for so many bytes: more than a request has that was sent without waiting.
const BYTES: usize = 64 * 1024;
/// So many are at the same time. The answers of others can be lost to a reset.
const AT_ONCE: usize = 128;

/// Connections that are turned away with an answer, without a look at what they ask for.
pub(super) struct Farewells {
    room: Arc<Semaphore>,
}

impl Farewells {
    pub(super) fn new() -> Self {
        Self {
            room: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// Writes `answer`, and gives what has to run until the client has read it: what has come of
    /// its request would else make the kernel reset the connection.
    //= https://www.rfc-editor.org/rfc/rfc9112#section-9.6
    //# If the server receives additional data from the client on a fully closed connection, such as
    //# another request sent by the client before receiving the server's response, the server's TCP
    //# stack will send a reset packet to the client; unfortunately, the reset packet might erase the
    //# client's unacknowledged input buffers before they can be read and interpreted by the client's
    //# HTTP parser.
    pub(super) fn say(
        &self,
        answer: &Response,
        stream: TcpStream,
        peer: SocketAddr,
    ) -> Option<impl Future<Output = ()> + Send + use<>> {
        // One attempt: a fresh socket takes these few bytes, and nobody waits for one that does not.
        let told = stream.try_write(&answer.last_words()).is_ok();
        let place = Arc::clone(&self.room).try_acquire_owned();
        debug!(%peer, told, waits = place.is_ok(), "a connection was turned away");
        let place = place.ok().filter(|_| told)?;
        Some(async move {
            Socket::new(stream, peer).linger(TIME, BYTES).await;
            drop(place);
        })
    }
}
