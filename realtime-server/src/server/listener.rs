use std::{
    future::poll_fn,
    io,
    net::SocketAddr,
    sync::Arc,
    task::{Context, Poll},
};

use tokio::net::{TcpListener, TcpStream};

use crate::http::Tls;

/// Where a server accepts connections, and what is spoken there.
#[derive(Debug)]
pub struct Listener {
    tcp: TcpListener,
    tls: Option<Arc<Tls>>,
}

impl Listener {
    /// HTTP/1.1 in clear text.
    #[must_use]
    pub fn plain(tcp: TcpListener) -> Self {
        Self { tcp, tls: None }
    }

    /// HTTP/2 or HTTP/1.1 over TLS, as it is agreed on in the handshake.
    #[must_use]
    pub fn tls(tcp: TcpListener, tls: Arc<Tls>) -> Self {
        Self {
            tcp,
            tls: Some(tls),
        }
    }
}

/// A connection that nothing has been read of.
pub(super) struct Accepted {
    pub(super) stream: TcpStream,
    pub(super) peer: SocketAddr,
    /// What is spoken on it, if it is not clear text.
    pub(super) tls: Option<Arc<Tls>>,
}

/// All listeners of a server. They take turns, so that a flood on one does not close another.
pub(super) struct Listeners {
    all: Vec<Listener>,
    /// Who is asked first.
    turn: usize,
}

impl Listeners {
    pub(super) fn new(all: Vec<Listener>) -> Self {
        Self { all, turn: 0 }
    }

    /// What has to run while there is TLS, each once.
    pub(super) fn watches(&self) -> impl Iterator<Item = Arc<Tls>> {
        let mut watched: Vec<Arc<Tls>> = Vec::new();
        for tls in self.all.iter().filter_map(|listener| listener.tls.as_ref()) {
            if !watched.iter().any(|known| Arc::ptr_eq(known, tls)) {
                watched.push(Arc::clone(tls));
            }
        }
        watched.into_iter()
    }

    /// Whether all of them are reached from this machine only.
    pub(super) fn are_local(&self) -> bool {
        self.all.iter().all(|listener| {
            let address = listener.tcp.local_addr();
            address.is_ok_and(|address| address.ip().to_canonical().is_loopback())
        })
    }

    /// The next connection of any of them.
    pub(super) async fn accept(&mut self) -> io::Result<Accepted> {
        poll_fn(|cx| self.poll_accept(cx)).await
    }

    fn poll_accept(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Accepted>> {
        let (before, after) = self.all.split_at(self.turn.min(self.all.len()));
        let order = (self.turn..).zip(after).chain((0..).zip(before));
        for (at, listener) in order {
            if let Poll::Ready(accepted) = listener.tcp.poll_accept(cx) {
                self.turn = at + 1;
                let tls = listener.tls.clone();
                return Poll::Ready(accepted.map(|(stream, peer)| Accepted { stream, peer, tls }));
            }
        }
        Poll::Pending
    }
}
