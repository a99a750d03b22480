//! The command line: flags, logs, exit codes.

mod auth_options;
mod client_options;
mod describe;
mod files;
mod http_options;
mod logs;
mod page_options;
mod serve;
mod stream_options;
mod sub;
mod tls_options;
mod token;
mod tokens;

use std::{
    error::Error,
    io::{self, Write},
    process::ExitCode,
};

use clap::{Parser, Subcommand};

/// What a wrong call ends with, as with most commands of a Unix.
const USAGE: u8 = 2;
/// What a client ends with whose server refuses it.
const FAILED: u8 = 1;

/// Serves Server-Sent Events and SignalR hubs over HTTP and WebSockets.
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
    realtime-server --stream prices --sse-slow-client conflate\n  \
    realtime-server --static /app=./public --cors-origin https://app.example.com\n  \
    realtime-server --trusted-proxy 10.0.0.0/8 --allowed-host push.example.com\n  \
    realtime-server --jwt-key-file HS256=secret.txt --rules rules.json\n  \
    realtime-server token --key-file HS256=secret.txt ann --claim scope=publish\n  \
    realtime-server sub http://127.0.0.1:5000/sse/broadcast\n  \
    curl -N 'http://127.0.0.1:5000/sse?count=3&intervalMs=100'\n  \
    curl -d hello http://127.0.0.1:5000/api/publish/broadcast\n\n\
    Tokens stand in the environment:\n  \
    REALTIME_PUBLISH_TOKEN  who publishes shows it; without it, only this machine may,\n                          \
    and only while the server listens on loopback\n  \
    REALTIME_USER_TOKENS    NAME[@TENANT]=TOKEN,… for POST /api/v1/sse/token, by the same rule")]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: serve::Options,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the demo: its page, event streams and hub. The default.
    Serve(Box<serve::Options>),
    /// Print what the server offers as OpenAPI: its routes, event streams and hubs.
    #[command(name = "openapi")]
    OpenApi(describe::OpenApiOptions),
    /// Print what the server offers as AsyncAPI: the messages of its event streams and hubs.
    #[command(name = "asyncapi")]
    AsyncApi(describe::AsyncApiOptions),
    /// Sign a token and print it, for tests and scripts.
    Token(token::Options),
    /// Subscribe to an event stream and print its events as they come.
    Sub(sub::Options),
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
    match arguments.command {
        Some(Command::Sub(options)) => match sub::run(&options) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) if error.is_usage() => fail(&error, USAGE),
            Err(error) => fail(&error, FAILED),
        },
        Some(Command::Serve(options)) => serve(&options),
        None => serve(&arguments.serve),
        Some(Command::Token(options)) => match token::run(&options) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(&error, FAILED),
        },
        Some(Command::OpenApi(options)) => print(describe::openapi(&options)),
        Some(Command::AsyncApi(options)) => print(describe::asyncapi(&options)),
    }
}

fn serve(options: &serve::Options) -> ExitCode {
    match serve::run(options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error, USAGE),
    }
}

fn print(done: Result<(), describe::DescribeError>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error, FAILED),
    }
}

fn fail(error: &dyn Error, code: u8) -> ExitCode {
    // Where standard error is closed, there is nobody left to tell.
    let _ = writeln!(io::stderr(), "error: {error}");
    code.into()
}
