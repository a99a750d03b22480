use std::{
    io::{self, Write},
    process::{Command, Stdio},
};

use serde::Serialize;
use sse_codec::EventRef;

use super::note;

/// What becomes of events.
#[derive(Debug)]
pub(super) enum Sink {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
    /// A shell command for each.
    Command(String),
}

#[derive(Serialize)]
struct Line<'a> {
    event: &'a str,
    id: &'a str,
    data: &'a str,
}

impl Sink {
    pub(super) fn put(&self, event: &EventRef<'_>) -> io::Result<()> {
        match self {
            Self::Text => {
                let mut out = io::stdout().lock();
                write_text(&mut out, event)?;
                out.flush()
            }
            Self::Json => {
                let mut out = io::stdout().lock();
                let line = Line {
                    event: event.event_type(),
                    id: event.last_event_id(),
                    data: event.data(),
                };
                serde_json::to_writer(&mut out, &line)?;
                writeln!(out)?;
                out.flush()
            }
            Self::Command(command) => run(command, event),
        }
    }
}

/// `name: data`; further lines of the data are indented.
fn write_text(out: &mut impl Write, event: &EventRef<'_>) -> io::Result<()> {
    write!(out, "{}: ", visible(event.event_type()))?;
    for (line, at) in event.data().split('\n').zip(0_usize..) {
        let indent = if at > 0 { "  " } else { "" };
        writeln!(out, "{indent}{}", visible(line))?;
    }
    Ok(())
}

/// A text whose control characters are shown instead of obeyed: a terminal would let them do more
/// than say something.
fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for char in text.chars() {
        if char.is_control() && char != '\t' {
            shown.extend(char.escape_default());
        } else {
            shown.push(char);
        }
    }
    shown
}

/// Runs the command and waits for it: events come one after the other.
fn run(command: &str, event: &EventRef<'_>) -> io::Result<()> {
    // The environment cannot carry a NUL, an event's name can.
    let mut child = Command::new("sh")
        .args(["-c", command])
        .env("SSE_EVENT", event.event_type().replace('\0', ""))
        .env("SSE_ID", event.last_event_id())
        .stdin(Stdio::piped())
        .spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        match stdin.write_all(event.data().as_bytes()) {
            // A command need not read what it is given.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(error),
            _ => {}
        }
    }
    let status = child.wait()?;
    if !status.success() {
        note(format_args!("the command failed: {status}"));
    }
    Ok(())
}
