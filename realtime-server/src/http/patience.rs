//! How long is waited for a client that is slow to take what is sent.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep};

use crate::config::HttpConfig;

/// What a client has to do while something waits for it: to take so many bytes, or all that there
/// are, within each such time. So one that pauses is waited for, and one that takes a byte now and
/// then is not.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    time: Duration,
    bytes: u64,
}

impl Patience {
    /// For a client that may be as slow as it likes, as long as it goes on.
    pub(super) fn for_progress(time: Duration) -> Self {
        Self { time, bytes: 1 }
    }

    /// For an answer that is there, or can be had as fast as it is taken.
    pub(super) fn for_answers(config: &HttpConfig) -> Self {
        let time = config.write_timeout;
        let bytes = time.as_millis() * u128::from(config.min_write_rate) / 1000;
        Self {
            time,
            bytes: u64::try_from(bytes).unwrap_or(u64::MAX).max(1),
        }
    }
}

/// A span of time in which a client does not take all that there is.
#[derive(Debug)]
pub(super) struct Stall {
    /// What it still has to take until the timer is ready.
    left: u64,
    timer: Pin<Box<Sleep>>,
}

impl Stall {
    pub(super) fn begin(patience: &Patience) -> Self {
        Self {
            left: patience.bytes,
            timer: Box::pin(sleep(patience.time)),
        }
    }

    /// The client has taken so many bytes.
    pub(super) fn moved(&mut self, bytes: u64, patience: &Patience) {
        self.left = self.left.saturating_sub(bytes);
        if self.left == 0 {
            self.left = patience.bytes;
            self.timer.as_mut().reset(Instant::now() + patience.time);
        }
    }

    /// Ready when the client is too slow.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.timer.as_mut().poll(cx)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use std::future::poll_fn;
    use tokio::time::advance;

    use super::*;

    /// Whether a client is waited for that takes this much each second.
    async fn is_waited_for(patience: Patience, bytes: u64) -> bool {
        let mut stall = Stall::begin(&patience);
        for _ in 0..100 {
            if poll_fn(|cx| stall.poll(cx)).now_or_never().is_some() {
                return false;
            }
            advance(Duration::from_secs(1)).await;
            stall.moved(bytes, &patience);
        }
        true
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_is_waited_for_that_is_fast_enough() {
        let mut config = HttpConfig {
            write_timeout: Duration::from_secs(30),
            min_write_rate: 240,
            ..HttpConfig::default()
        };
        let patience = Patience::for_answers(&config);
        assert!(!is_waited_for(patience, 239).await);
        assert!(is_waited_for(patience, 240).await);
        assert!(is_waited_for(patience, 241).await);
        config.min_write_rate = 0;
        for patience in [
            Patience::for_answers(&config),
            Patience::for_progress(Duration::from_secs(30)),
        ] {
            assert!(is_waited_for(patience, 1).await);
            assert!(!is_waited_for(patience, 0).await);
        }
    }
}
