use std::time::Duration;

use bytes::Bytes;
use sse_codec::Control;

use crate::{clock, config::StreamConfig, fanout::End};

/// What the last block of a subscription says, which tells the client when to come back. A client
/// that is not asked back is told nothing: it learns that when it does.
pub(super) fn farewell(end: End, config: &StreamConfig) -> Option<Bytes> {
    let jitter = match end {
        End::Shutdown => config.farewell_jitter,
        End::Expired | End::Overflow => config.retry_jitter,
        End::Finished | End::Silent | End::Unfinished | End::Aborted | End::Left => return None,
    };
    let control = Control::new().with_retry(retry(config, jitter));
    Some(control.to_bytes().expect("it has no id"))
}

/// The reconnection time to tell one client.
pub(super) fn retry(config: &StreamConfig, jitter: Duration) -> Duration {
    config
        .retry
        .saturating_add(clock::jitter(jitter))
        .max(StreamConfig::RETRY_FLOOR)
}
