//! Long jobs with progress bars: a job is a stream, whose items are its progress. Who started it
//! cancels it by cancelling the stream; everybody else sees how far it is.
//!
//! `npm install @microsoft/signalr`, then `cargo run -p realtime-server --example progress_bar`, and
//! open the page in two windows.

#[path = "../pages/site.rs"]
mod site;

use std::{
    error::Error,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use realtime_server::{
    hub::{Caller, Hub, HubError, Items},
    server::ServerBuilder,
};
use serde::Serialize;
use tokio::time;

/// Characters of a job's name.
const LONGEST_NAME: usize = 60;
const LONGEST_JOB: u32 = 600;
const STEPS_PER_SECOND: u32 = 5;

#[derive(Default)]
struct Jobs {
    started: AtomicU64,
}

/// How far a job is.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
struct Progress<'a> {
    id: u64,
    name: &'a str,
    done: u32,
    of: u32,
    is_cancelled: bool,
}

/// Works for so many seconds.
async fn run(
    jobs: Arc<Jobs>,
    caller: Caller,
    (name, seconds): (String, u32),
    items: Items<u32>,
) -> Result<(), HubError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        return Err(HubError::new("A job has a name of 1 to 60 characters."));
    }
    if !(1..=LONGEST_JOB).contains(&seconds) {
        return Err(HubError::new("A job takes 1 to 600 seconds."));
    }
    let mut progress = Progress {
        id: jobs.started.fetch_add(1, Ordering::Relaxed),
        name,
        done: 0,
        of: seconds * STEPS_PER_SECOND,
        is_cancelled: false,
    };
    let mut steps = time::interval(Duration::from_secs(1) / STEPS_PER_SECOND);
    while progress.done <= progress.of {
        tokio::select! {
            _ = steps.tick() => {}
            () = items.cancelled() => {
                progress.is_cancelled = true;
                return Ok(caller.others().send("Progress", (progress,)).await?);
            }
        }
        caller.others().send("Progress", (progress,)).await?;
        // When it is cancelled meanwhile, the next round sees it.
        let _ = items.send(progress.done).await;
        progress.done += 1;
    }
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut server = ServerBuilder::new();
    server.hub("/jobs", Hub::new(Jobs::default()).stream("Run", run))?;
    site::serve(server, include_str!("page.html")).await
}
