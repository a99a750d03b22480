use std::io::{self, IsTerminal};

use clap::ValueEnum;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt;

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

/// Logs to standard error from here on; standard output is for results.
pub(super) fn start(level: Level, format: Format) {
    let builder = fmt()
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .with_max_level(LevelFilter::from(level));
    // A second start in one process keeps the first; nothing is lost by that.
    let _ = match format {
        Format::Text => builder.try_init(),
        Format::Json => builder.json().try_init(),
    };
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
