use std::io::{self, IsTerminal};

use clap::ValueEnum;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::{
    Layer, Registry, filter::filter_fn, fmt, layer::SubscriberExt, util::SubscriberInitExt,
};

use crate::hub::{LogForwarder, LogLayer};

/// How much is logged.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Level {
    /// Nothing.
    Off,
    /// What went wrong here.
    Error,
    /// What may go wrong.
    Warn,
    /// What happens.
    Info,
    /// What peers do wrong.
    Debug,
    /// Everything.
    Trace,
}

/// In which form it is logged.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Format {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}

/// What the demo sends to its hub by itself, and logs besides.
const SENT_ALREADY: &str = "realtime_server::demo::events";

/// Logs to standard error from here on; standard output is for results. Gives what takes the
/// records up to `hub_level` to a hub, too, if there is such a level.
pub(super) fn start(level: Level, format: Format, hub_level: Level) -> Option<LogForwarder> {
    let lines = fmt::layer()
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal());
    let lines = match format {
        Format::Text => lines.boxed(),
        Format::Json => lines.json().boxed(),
    };
    let hub_level = LevelFilter::from(hub_level);
    let (layer, forwarder) = LogLayer::new(hub_level);
    let wanted = hub_level != LevelFilter::OFF;
    let layer = layer.with_filter(
        filter_fn(|record| record.target() != SENT_ALREADY).with_max_level_hint(hub_level),
    );
    let registry = Registry::default()
        .with(lines.with_filter(LevelFilter::from(level)))
        .with(wanted.then_some(layer));
    // A second start in one process keeps the first; nothing is lost by that.
    let _ = registry.try_init();
    wanted.then_some(forwarder)
}

impl From<Level> for LevelFilter {
    fn from(level: Level) -> Self {
        match level {
            Level::Off => Self::OFF,
            Level::Error => Self::ERROR,
            Level::Warn => Self::WARN,
            Level::Info => Self::INFO,
            Level::Debug => Self::DEBUG,
            Level::Trace => Self::TRACE,
        }
    }
}
