use std::{
    fmt::{self, Write},
    sync::Arc,
};

use tokio::sync::mpsc::{self, error::TrySendError};
use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
    level_filters::LevelFilter,
    warn,
};
use tracing_subscriber::{Layer, layer::Context};

use super::Broadcaster;
use crate::metrics::Counter;

/// The modules that deliver messages, and the crates that they do it with: a record about a
/// delivery would cause the next delivery.
const DELIVERING: [&str; 9] = [
    "h2",
    "mio",
    "realtime_server::fanout",
    "realtime_server::http",
    "realtime_server::hub",
    "realtime_server::signalr",
    "rustls",
    "tokio",
    "tokio_rustls",
];

/// A layer of a `tracing` subscriber that sends log records to the clients of a hub, as
/// [`Broadcaster::log`] does: `ReceiveLog` with `{level, message, timestamp}`.
///
/// Records about the delivery of messages itself are left out, so that none causes another.
///
/// ```
/// use realtime_server::hub::{Broadcaster, Hub, LogLayer};
/// use realtime_server::server::ServerBuilder;
/// use tracing::level_filters::LevelFilter;
/// use tracing_subscriber::layer::SubscriberExt;
///
/// let (layer, forwarder) = LogLayer::new(LevelFilter::INFO);
/// let subscriber = tracing_subscriber::registry().with(layer);
///
/// let mut server = ServerBuilder::new();
/// let clients = server.hub("/logs", Hub::new(()))?;
/// server.task(forwarder.run(Broadcaster::new(clients)));
/// # drop(subscriber);
/// # Ok::<(), realtime_server::server::SetupError>(())
/// ```
#[derive(Debug)]
pub struct LogLayer {
    most: LevelFilter,
    records: mpsc::Sender<Record>,
    dropped: Arc<Counter>,
}

/// Takes the records of a [`LogLayer`] to a hub.
#[derive(Debug)]
#[must_use = "records go nowhere until it runs"]
pub struct LogForwarder {
    records: mpsc::Receiver<Record>,
    dropped: Arc<Counter>,
}

#[derive(Debug)]
struct Record {
    level: Level,
    text: Text,
}

impl LogLayer {
    /// Records that may wait to be sent. Further ones are dropped and counted.
    pub const MOST_WAITING: usize = 256;
    /// The longest text of a record, in bytes. The rest is cut off.
    pub const MOST_TEXT: usize = 4_096;

    /// A layer for records up to this level, and what sends them.
    pub fn new(most: LevelFilter) -> (Self, LogForwarder) {
        let (sender, records) = mpsc::channel(Self::MOST_WAITING);
        let dropped = Arc::new(Counter::default());
        let layer = Self {
            most,
            records: sender,
            dropped: Arc::clone(&dropped),
        };
        (layer, LogForwarder { records, dropped })
    }

    /// Records that were dropped because too many were waiting.
    #[must_use]
    pub fn dropped(&self) -> &Arc<Counter> {
        &self.dropped
    }
}

impl<S: Subscriber> Layer<S> for LogLayer {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let metadata = event.metadata();
        let module = metadata.target();
        let delivers = DELIVERING
            .iter()
            .filter_map(|delivering| module.strip_prefix(delivering))
            .any(|rest| rest.is_empty() || rest.starts_with("::"));
        if *metadata.level() > self.most || delivers {
            return;
        }
        let mut text = Text::default();
        event.record(&mut text);
        let record = Record {
            level: *metadata.level(),
            text,
        };
        // Nobody forwards any more where it is closed: the server has stopped.
        if let Err(TrySendError::Full(_)) = self.records.try_send(record) {
            self.dropped.incr();
        }
    }
}

impl LogForwarder {
    /// Sends what is logged, until the layer is gone; a task of a server. How many records were
    /// dropped in between is sent too, as a warning, and counted in the metrics of the server.
    pub async fn run(mut self, broadcaster: Broadcaster) {
        let metrics = &broadcaster.clients().core().metrics;
        let mut told = 0;
        while let Some(record) = self.records.recv().await {
            let dropped = self.dropped.value();
            let mut sent = broadcaster.log(name(record.level), &record.text.0).await;
            metrics.hub_log_records.incr();
            if dropped > told {
                metrics.hub_log_records_dropped.add(dropped - told);
                let lost = format!("{} log records were dropped", dropped - told);
                sent = sent.and(broadcaster.log(name(Level::WARN), &lost).await);
                told = dropped;
            }
            if let Err(error) = sent {
                warn!(%error, "a log record cannot be sent");
            }
        }
    }
}

/// The names that clients of [`Broadcaster::log`] know.
fn name(level: Level) -> &'static str {
    match level {
        Level::ERROR => "Error",
        Level::WARN => "Warning",
        Level::INFO => "Information",
        Level::DEBUG => "Debug",
        Level::TRACE => "Verbose",
    }
}

/// A record as one line: its message, then its fields.
#[derive(Debug, Default)]
struct Text(String);

impl Text {
    fn add(&mut self, field: &Field, value: fmt::Arguments<'_>) {
        let is_message = field.name() == "message";
        let separator = if self.0.is_empty() { "" } else { " " };
        // Writing to a string cannot fail.
        let _ = if is_message {
            let fields = std::mem::take(&mut self.0);
            write!(self.0, "{value}{separator}{fields}")
        } else {
            write!(self.0, "{separator}{}={value}", field.name())
        };
        let mut end = LogLayer::MOST_TEXT.min(self.0.len());
        while !self.0.is_char_boundary(end) {
            end -= 1;
        }
        self.0.truncate(end);
    }
}

impl Visit for Text {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, format_args!("{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field, format_args!("{value:?}"));
    }
}
