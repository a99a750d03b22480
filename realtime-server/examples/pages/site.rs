//! What the examples with a page share: where they listen, what the page loads, how they stop.

use std::{error::Error, future::ready, io::Write, net::SocketAddr, path::PathBuf};

use bytes::Bytes;
use clap::Parser;
use realtime_server::{
    endpoint::Directory,
    http::{Response, Status},
    server::ServerBuilder,
};
use tokio::net::TcpListener;

/// The official client of SignalR, as its package has it for browsers.
const CLIENT: &str = "signalr.min.js";

#[derive(Parser)]
pub(crate) struct Options {
    /// Where to listen; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:5000")]
    listen: SocketAddr,
    /// The directory with signalr.min.js, of the npm package @microsoft/signalr
    #[arg(long, default_value = "node_modules/@microsoft/signalr/dist/browser")]
    signalr: PathBuf,
}

/// Serves `page` and what it loads beside what `server` has already, until a signal.
pub(crate) async fn serve(
    mut server: ServerBuilder,
    page: &'static str,
) -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let files = [
        ("/", "text/html; charset=utf-8", page),
        (
            "/page.css",
            "text/css; charset=utf-8",
            include_str!("page.css"),
        ),
        (
            "/connection.js",
            "text/javascript; charset=utf-8",
            include_str!("connection.js"),
        ),
    ];
    for (path, media_type, text) in files {
        server.get(path, move |_| {
            let content = Bytes::from_static(text.as_bytes());
            ready(Response::bytes(Status::OK, media_type, content))
        })?;
    }
    // Who started it may read neither.
    if options.signalr.join(CLIENT).is_file() {
        server.directory("/signalr", Directory::open(&options.signalr)?)?;
    } else {
        let _ = writeln!(
            std::io::stderr(),
            "{} is not there: run `npm install @microsoft/signalr` here, or name its directory \
             with --signalr",
            options.signalr.join(CLIENT).display()
        );
    }
    let listener = TcpListener::bind(options.listen).await?;
    let address = listener.local_addr()?;
    let _ = writeln!(std::io::stdout(), "listening on http://{address}");
    let interrupted = async {
        // Without a handler there is no orderly stop, but a server all the same.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    server.build()?.serve(listener, interrupted).await;
    Ok(())
}
