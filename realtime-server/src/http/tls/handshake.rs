//! From a fresh socket to the protocol that was agreed on.

use std::future::{Future, poll_fn};
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Poll, ready};

use tokio::net::TcpStream;
use tokio::select;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::{CancellationToken, PollSemaphore};
use tracing::debug;

use super::{HTTP2, Tls};
use crate::http::refusal::Refusal;
use crate::http::socket::{Metered, TlsStream};
use crate::http::{SendQueue, Serving, Socket, connection, encode, http2};

/// What came of a fresh socket.
enum Met {
    Tls(Box<TlsStream>),
    /// A client that speaks HTTP without TLS, and waits for an answer in it.
    ClearText(TcpStream),
}

impl Tls {
    /// Serves a connection from its handshake to its end.
    ///
    /// Each stream of HTTP/2 takes one of `permits`, so that streams are as limited as connections.
    pub(crate) async fn serve(
        self: Arc<Self>,
        stream: TcpStream,
        peer: SocketAddr,
        serving: Serving,
        permits: Arc<Semaphore>,
    ) {
        if let Err(error) = stream.set_nodelay(true) {
            debug!(%peer, %error, "TCP_NODELAY cannot be set");
        }
        let met = self.meet_in_time(stream, &serving.drain).await;
        if !matches!(met, Ok(Met::Tls(_))) {
            self.metrics.tls_handshakes_failed.incr();
        }
        match met {
            Ok(Met::Tls(stream)) => {
                self.metrics.tls_handshakes.incr();
                if stream.get_ref().1.alpn_protocol() == Some(HTTP2) {
                    // For its own sake apart: it would make each connection of HTTP/1.1 as large.
                    Box::pin(http2::serve(stream, peer, serving, permits)).await;
                } else {
                    connection::run(Socket::encrypted(stream, peer), serving).await;
                }
            }
            Ok(Met::ClearText(stream)) => refuse(Socket::new(stream, peer), &serving).await,
            Err(error) => debug!(%peer, %error, "no TLS handshake"),
        }
    }

    async fn meet_in_time(&self, stream: TcpStream, drain: &CancellationToken) -> io::Result<Met> {
        // It is large, and soon over.
        let met = Box::pin(timeout(self.config.handshake_timeout, self.meet(stream)));
        select! {
            biased;
            () = drain.cancelled() => Err(ErrorKind::Interrupted.into()),
            met = met => met.unwrap_or_else(|_elapsed| Err(ErrorKind::TimedOut.into())),
        }
    }

    async fn meet(&self, stream: TcpStream) -> io::Result<Met> {
        let mut first = [0];
        // Whoever sends nothing gets no buffers.
        if stream.peek(&mut first).await? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        // A method, where a TLS record begins with 0x16.
        if first.iter().all(u8::is_ascii_uppercase) {
            return Ok(Met::ClearText(stream));
        }
        let acceptor = TlsAcceptor::from(self.current.load_full());
        let accepting = acceptor.accept(Metered::new(stream));
        let accepted = in_turns(Arc::clone(&self.turns), accepting).await?;
        Ok(Met::Tls(Box::new(accepted)))
    }
}

/// Runs a handshake, taking a turn for each of its steps. None is held while it waits for the
/// network: a client could wait there for as long as it likes.
async fn in_turns<T>(
    turns: Arc<Semaphore>,
    handshake: impl Future<Output = io::Result<T>>,
) -> io::Result<T> {
    let mut turns = PollSemaphore::new(turns);
    let mut handshake = pin!(handshake);
    poll_fn(|cx| match ready!(turns.poll_acquire(cx)) {
        Some(_turn) => handshake.as_mut().poll(cx),
        None => Poll::Ready(Err(ErrorKind::Interrupted.into())),
    })
    .await
}

/// Tells a client without TLS what is wrong, in the only way that it understands.
async fn refuse(mut socket: Socket, serving: &Serving) {
    debug!(peer = %socket.peer(), "HTTP where TLS is spoken");
    let config = &serving.config;
    let mut queue = SendQueue::for_answers(config);
    encode::refusal(Refusal::ClearText, false, &mut queue);
    match socket.send(&mut queue).await {
        Ok(()) => {
            let (time, bytes) = (config.linger_timeout, config.linger_bytes);
            socket.linger(time, bytes).await;
        }
        Err(error) => debug!(peer = %socket.peer(), %error, "lost before it was told"),
    }
}
