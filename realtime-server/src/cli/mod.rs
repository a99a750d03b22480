//! The command line: flags, logs, exit codes.

mod describe;
mod logs;
mod serve;

use std::{
    error::Error,
    io::{self, Write},
    process::ExitCode,
};

use clap::{Parser, Subcommand};

/// What a wrong call ends with, as with most commands of a Unix.
const USAGE: u8 = 2;

/// Serves Server-Sent Events and SignalR hubs over HTTP/1.1 and WebSockets.
#[derive(Debug, Parser)]
#[command(
    name = "realtime-server",
    version,
    args_conflicts_with_subcommands = true
)]
#[command(after_help = "Examples:\n  \
    realtime-server\n  \
    realtime-server --listen 0.0.0.0:8080 --log-format json\n  \
    realtime-server openapi --version 3.2 --format yaml\n  \
    curl -N 'http://127.0.0.1:5000/sse?count=3&intervalMs=100'")]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: serve::Options,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the demo: its page, event streams and hub. The default.
    Serve(serve::Options),
    /// Print what the server offers as OpenAPI: its routes, event streams and hubs.
    #[command(name = "openapi")]
    OpenApi(describe::OpenApiOptions),
    /// Print what the server offers as AsyncAPI: the messages of its event streams and hubs.
    #[command(name = "asyncapi")]
    AsyncApi(describe::AsyncApiOptions),
}

/// Runs the command line of this process.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version go to standard output, errors to standard error; clap knows which.
            let printed = error.print().is_ok();
            return if error.use_stderr() || !printed {
                USAGE.into()
            } else {
                ExitCode::SUCCESS
            };
        }
    };
    let done: Result<(), Box<dyn Error>> = match arguments.command {
        Some(Command::Serve(options)) => serve::run(&options).map_err(Into::into),
        Some(Command::OpenApi(options)) => describe::openapi(&options).map_err(Into::into),
        Some(Command::AsyncApi(options)) => describe::asyncapi(&options).map_err(Into::into),
        None => serve::run(&arguments.serve).map_err(Into::into),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Where standard error is closed, there is nobody left to tell.
            let _ = writeln!(io::stderr(), "error: {error}");
            USAGE.into()
        }
    }
}
