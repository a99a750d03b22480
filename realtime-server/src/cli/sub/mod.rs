//! `realtime-server sub`: a client that prints what a stream sends and comes back by the rules of the
//! standard.

mod body;
mod connect;
mod pause;
mod sink;
mod url;

use std::{
    error::Error,
    fmt,
    io::{self, Write},
    thread,
};

use bytes::BytesMut;
use clap::Args;
use sse_codec::{Decoder, Item, Limits};

use self::{
    connect::ConnectError,
    pause::Pause,
    sink::Sink,
    url::{Url, UrlError},
};

#[derive(Args, Debug)]
pub(super) struct Options {
    /// The stream, as `http://HOST[:PORT]/PATH`.
    #[arg(value_name = "URL")]
    url: String,
    /// Print each event as one line of JSON.
    #[arg(long, conflicts_with = "exec")]
    json: bool,
    /// Run a shell command for each event: its data on standard input, `SSE_EVENT` and `SSE_ID` in
    /// the environment.
    #[arg(long, value_name = "CMD")]
    exec: Option<String>,
    /// Resume after the event with this id.
    #[arg(long, value_name = "ID", default_value = "")]
    last_event_id: String,
    /// A further header line of the request, such as 'Authorization: Bearer TOKEN'.
    #[arg(long = "header", short = 'H', value_name = "LINE", value_parser = connect::header_line)]
    headers: Vec<String>,
}

/// Why it does not go on.
#[derive(Debug)]
pub(super) enum SubError {
    Url(UrlError),
    /// The server has refused, and would again.
    Refused(ConnectError),
    Output(io::Error),
}

impl SubError {
    /// Whether it was called wrongly.
    pub(super) fn is_usage(&self) -> bool {
        matches!(self, Self::Url(_))
    }
}

/// How one connection ended.
enum End {
    /// Come back later.
    Lost(String),
    /// Do not come back.
    Finished,
}

/// Prints events until the server says that there are no more.
pub(super) fn run(options: &Options) -> Result<(), SubError> {
    let mut subscription = Subscription {
        url: Url::parse(&options.url).map_err(SubError::Url)?,
        headers: &options.headers,
        decoder: Decoder::new(Limits::default()).with_last_event_id(options.last_event_id.as_str()),
        sink: match &options.exec {
            Some(command) => Sink::Command(command.clone()),
            None if options.json => Sink::Json,
            None => Sink::Text,
        },
        pause: Pause::default(),
    };
    loop {
        match subscription.follow() {
            Ok(End::Finished) => return Ok(()),
            Ok(End::Lost(reason)) => {
                let pause = subscription.pause.next(subscription.decoder.retry());
                note(format_args!(
                    "{reason}; again in {:.1} s",
                    pause.as_secs_f32()
                ));
                thread::sleep(pause);
            }
            // Whoever read has read enough.
            Err(SubError::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
                return Ok(());
            }
            Err(error) => return Err(error),
        }
    }
}

struct Subscription<'a> {
    url: Url,
    headers: &'a [String],
    decoder: Decoder,
    sink: Sink,
    pause: Pause,
}

impl Subscription<'_> {
    /// Connects once and prints what comes until the connection ends.
    fn follow(&mut self) -> Result<End, SubError> {
        let id = self.decoder.last_event_id();
        let mut stream = match connect::open(&self.url, self.headers, id) {
            Ok(Some(stream)) => stream,
            Ok(None) => return Ok(End::Finished),
            //= https://html.spec.whatwg.org/multipage/server-sent-events.html#sse-processing-model
            //# if res is an aborted network error, then fail the connection. Otherwise, if res is a
            //# network error, then reestablish the connection
            Err(ConnectError::Network(error)) => return Ok(End::Lost(error.to_string())),
            Err(refused) => return Err(SubError::Refused(refused)),
        };
        self.pause.reset();
        note(format_args!("connected to {}", self.url));
        let mut src = BytesMut::new();
        let reason = loop {
            self.print(&mut src)?;
            match stream.read(&mut src) {
                Ok(true) => {}
                Ok(false) => break "the stream has ended".to_owned(),
                Err(error) => break error.to_string(),
            }
        };
        self.decoder.finish(&mut src);
        Ok(End::Lost(reason))
    }

    fn print(&mut self, src: &mut BytesMut) -> Result<(), SubError> {
        loop {
            match self.decoder.decode(src) {
                Ok(Some(Item::Event(event))) => self.sink.put(&event).map_err(SubError::Output)?,
                Ok(Some(_)) => {}
                Ok(None) => return Ok(()),
                Err(error) => note(format_args!("an event is left out: {error}")),
            }
        }
    }
}

/// Says what happens; standard output is for events.
fn note(text: fmt::Arguments<'_>) {
    // Where standard error is closed, nobody wants to know.
    let _ = writeln!(io::stderr(), "{text}");
}

impl fmt::Display for SubError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(error) => error.fmt(f),
            Self::Refused(error) => error.fmt(f),
            Self::Output(error) => write!(f, "cannot pass an event on: {error}"),
        }
    }
}

impl Error for SubError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Url(error) => Some(error),
            Self::Refused(error) => Some(error),
            Self::Output(error) => Some(error),
        }
    }
}
