use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::config::{SlowClient, StreamConfig};

/// How all event streams treat their subscribers.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Event streams")]
pub(super) struct StreamOptions {
    /// A further event stream, at /sse/NAME; can be given several times.
    #[arg(
        long = "stream",
        value_name = "NAME",
        value_parser = stream_name,
        value_delimiter = ',',
        env = "REALTIME_STREAMS"
    )]
    pub(super) names: Vec<String>,
    /// Seconds without an event after which a stream sends a comment.
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 15,
        value_parser = clap::value_parser!(u64).range(1..=3600),
        env = "REALTIME_SSE_KEEP_ALIVE"
    )]
    sse_keep_alive: u64,
    /// Seconds after which a stream is cut whose client takes nothing.
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 5,
        value_parser = clap::value_parser!(u64).range(1..=3600),
        env = "REALTIME_SSE_WRITE_TIMEOUT"
    )]
    sse_write_timeout: u64,
    /// Milliseconds that a client waits before it connects again.
    #[arg(
        long,
        value_name = "MILLISECONDS",
        default_value_t = 2_000,
        value_parser = clap::value_parser!(u64).range(500..=3_600_000),
        env = "REALTIME_SSE_RETRY"
    )]
    sse_retry: u64,
    /// Events of each stream that are kept for clients that come back, 1 MiB and 5 minutes at most;
    /// 0 keeps none.
    #[arg(
        long,
        value_name = "EVENTS",
        default_value_t = 1_000,
        env = "REALTIME_SSE_HISTORY"
    )]
    sse_history: usize,
    /// Events that may wait for a slow client.
    #[arg(
        long,
        value_name = "EVENTS",
        default_value_t = 256,
        value_parser = queue_length,
        env = "REALTIME_SSE_QUEUE"
    )]
    sse_queue: usize,
    /// What happens to a client for whom more would wait.
    #[arg(
        long,
        value_name = "POLICY",
        default_value = "drop-oldest",
        env = "REALTIME_SSE_SLOW_CLIENT"
    )]
    sse_slow_client: Policy,
    /// Seconds after which a stream is ended and its client asked back; it lasts up to a minute less.
    /// Without it, streams last as long as their clients.
    #[arg(
        long,
        value_name = "SECONDS",
        value_parser = clap::value_parser!(u64).range(1..),
        env = "REALTIME_SSE_MAX_AGE"
    )]
    sse_max_age: Option<u64>,
}

/// What happens to a client for whom more would wait than may.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Policy {
    /// It loses the oldest events, and is told how many.
    DropOldest,
    /// Events replace those with the same key.
    Conflate,
    /// It is disconnected, comes back and resumes.
    Disconnect,
}

impl StreamOptions {
    pub(super) fn config(&self) -> StreamConfig {
        StreamConfig {
            keep_alive: Duration::from_secs(self.sse_keep_alive),
            retry: Duration::from_millis(self.sse_retry),
            history_events: self.sse_history,
            max_queued_events: self.sse_queue,
            slow_client: match self.sse_slow_client {
                Policy::DropOldest => SlowClient::DropOldest,
                Policy::Conflate => SlowClient::Conflate,
                Policy::Disconnect => SlowClient::Disconnect,
            },
            max_age: self.sse_max_age.map(Duration::from_secs),
            ..StreamConfig::default()
        }
    }

    pub(super) fn write_timeout(&self) -> Duration {
        Duration::from_secs(self.sse_write_timeout)
    }
}

fn stream_name(name: &str) -> Result<String, &'static str> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if name.is_empty() || name.len() > 64 || !name.bytes().all(fits) {
        return Err("a name has 1 to 64 letters, digits, '-', '_' and '.'");
    }
    Ok(name.to_owned())
}

fn queue_length(text: &str) -> Result<usize, &'static str> {
    match text.parse() {
        Ok(length) if length > 0 => Ok(length),
        _ => Err("a queue has room for at least one event"),
    }
}
