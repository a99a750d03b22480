use std::{net::SocketAddr, time::Duration};

use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;
use tracing::debug;

/// A connection on which nothing has moved for so long is asked whether it is still there,
const SILENCE: Duration = Duration::from_secs(60);
/// and asked again, until the time for what is not acknowledged is over.
const AGAIN: Duration = Duration::from_secs(10);

/// What the kernel takes of an answer beyond what is on its way. More waits with us, where it counts.
#[cfg(any(target_os = "linux", target_os = "android"))]
const UNSENT: u32 = 128 * 1024;

/// Sets what holds for every connection. Without it all works, if not as well.
pub(super) fn tune(stream: &TcpStream, peer: SocketAddr) {
    let socket = SockRef::from(stream);
    let probes = TcpKeepalive::new().with_time(SILENCE).with_interval(AGAIN);
    if let Err(error) = socket.set_tcp_keepalive(&probes) {
        debug!(%peer, %error, "SO_KEEPALIVE cannot be set");
    }
    #[cfg(any(target_os = "linux", target_os = "android"))]
    if let Err(error) = socket.set_tcp_notsent_lowat(UNSENT) {
        debug!(%peer, %error, "TCP_NOTSENT_LOWAT cannot be set");
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn a_silent_connection_is_asked_and_the_kernel_holds_little() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("it is bound");
        let stream = TcpStream::connect(address).await.expect("it listens");
        tune(&stream, address);
        let socket = SockRef::from(&stream);
        assert_eq!(socket.keepalive().ok(), Some(true));
        #[cfg(target_os = "linux")]
        assert_eq!(socket.tcp_notsent_lowat().ok(), Some(UNSENT));
    }
}
