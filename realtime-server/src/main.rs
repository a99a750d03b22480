//! `realtime-server`: serves the demo, and hubs and streams for a backend beside it.

use std::process::ExitCode;

fn main() -> ExitCode {
    realtime_server::cli::main()
}
