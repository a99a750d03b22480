use std::{
    io::{self, ErrorKind},
    time::Duration,
};

use rustix::io::Errno;
use tokio::time::sleep;
use tracing::{debug, warn};

/// Rests after a failed accept where trying again at once would spin.
pub(super) async fn rest(error: &io::Error, pause: Duration) {
    if concerns_one_peer(error) {
        debug!(%error, "a connection was lost before it was accepted");
    } else {
        warn!(%error, "cannot accept; out of files or memory?");
        sleep(pause).await;
    }
}

/// Whether the next connection can be accepted at once: the kernel hands on what has become of this
/// one (`accept(2)`).
fn concerns_one_peer(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionAborted
            | ErrorKind::ConnectionReset
            | ErrorKind::HostUnreachable
            | ErrorKind::Interrupted
            | ErrorKind::NetworkDown
            | ErrorKind::NetworkUnreachable
            | ErrorKind::PermissionDenied
            | ErrorKind::TimedOut
            | ErrorKind::Unsupported
    ) || error.raw_os_error() == Some(Errno::PROTO.raw_os_error())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_lack_of_files_or_memory_makes_it_rest() {
        for (code, one_peer) in [
            (Errno::CONNABORTED, true),
            (Errno::PROTO, true),
            (Errno::INTR, true),
            (Errno::PERM, true),
            (Errno::NETDOWN, true),
            (Errno::HOSTUNREACH, true),
            (Errno::OPNOTSUPP, true),
            (Errno::NETUNREACH, true),
            (Errno::TIMEDOUT, true),
            (Errno::MFILE, false),
            (Errno::NFILE, false),
            (Errno::NOBUFS, false),
            (Errno::NOMEM, false),
            (Errno::INVAL, false),
        ] {
            let error = io::Error::from(code);
            assert_eq!(concerns_one_peer(&error), one_peer, "{error}");
        }
    }
}
