//! One long operation: its states, and the work of it.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use schemars::JsonSchema;
use serde::Serialize;
use tokio::time;
use tokio_util::sync::CancellationToken;

use crate::{
    clock,
    hub::{Broadcaster, EncodeError},
};

/// Where an operation stands; the last three are final.
#[derive(Clone, Copy, Debug, JsonSchema, PartialEq, Eq, Serialize)]
#[schemars(rename = "OperationState")]
pub(super) enum State {
    NotStarted,
    Running,
    Completed,
    Failed,
    Stopped,
}

/// An operation that takes a number of seconds and reports each.
#[derive(Debug)]
pub(super) struct Operation {
    pub(super) id: String,
    seconds: u64,
    stop: CancellationToken,
    status: Mutex<Status>,
}

/// What can be asked of an operation at any time.
#[derive(Clone, Debug, JsonSchema, Serialize)]
#[serde(rename_all = "PascalCase")]
#[schemars(rename = "OperationStatus")]
pub(super) struct Status {
    pub(super) state: State,
    #[schemars(extend("format" = "date-time"))]
    started_at: Option<String>,
    #[schemars(extend("format" = "date-time"))]
    completed_at: Option<String>,
    /// In percent.
    progress: u64,
    /// In words.
    #[serde(rename = "Status")]
    text: String,
}

/// The data of an event about an operation.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Report<'a> {
    task_id: &'a str,
    progress: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<u64>,
    message: &'a str,
    timestamp: String,
}

impl State {
    pub(super) fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Stopped)
    }

    /// How the model words it.
    fn text(self) -> &'static str {
        match self {
            Self::NotStarted => "Not started",
            Self::Running => "Running",
            Self::Completed => "Completed",
            Self::Failed => "Failed",
            Self::Stopped => "Cancelled",
        }
    }
}

impl Status {
    fn enter(&mut self, state: State) {
        self.state = state;
        state.text().clone_into(&mut self.text);
    }
}

impl Operation {
    pub(super) fn new(id: String, seconds: u64, stop: CancellationToken) -> Self {
        let status = Status {
            state: State::NotStarted,
            started_at: None,
            completed_at: None,
            progress: 0,
            text: State::NotStarted.text().to_owned(),
        };
        Self {
            id,
            seconds,
            stop,
            status: Mutex::new(status),
        }
    }

    pub(super) fn status(&self) -> Status {
        self.lock().clone()
    }

    /// Stops the operation; gives its last status, unless it had ended before.
    pub(super) fn stop(&self) -> Option<Status> {
        let stopped = self.end(State::Stopped);
        self.stop.cancel();
        stopped
    }

    /// Works to the end, or until it is stopped, and tells the hub of each second.
    pub(super) async fn run(&self, hub: &Broadcaster) {
        self.begin();
        let state = match self.stop.run_until_cancelled(self.work(hub)).await {
            Some(Ok(())) => State::Completed,
            Some(Err(error)) => {
                tracing::error!(operation = self.id, %error, "an operation failed");
                State::Failed
            }
            None => State::Stopped,
        };
        // Who stopped it has set the state already.
        self.end(state);
        let state = self.lock().state;
        let event = match state {
            State::Completed => "OperationComplete",
            State::Failed => "OperationFailed",
            _ => "OperationStopped",
        };
        let seconds = self.seconds;
        let message = match state {
            State::Completed => format!("Sleeping ({seconds}/{seconds})"),
            _ => state.text().to_owned(),
        };
        if let Err(error) = self.report(hub, event, 100, None, &message).await {
            tracing::error!(operation = self.id, %error, "the end of an operation cannot be told");
        }
    }

    fn begin(&self) {
        let mut status = self.lock();
        if !status.state.is_final() {
            status.enter(State::Running);
            status.started_at = Some(clock::timestamp());
        }
    }

    /// Enters a final state, unless it is in one; then gives the status.
    fn end(&self, state: State) -> Option<Status> {
        let mut status = self.lock();
        if status.state.is_final() {
            return None;
        }
        status.enter(state);
        status.completed_at = Some(clock::timestamp());
        // As in the model: whatever has ended is at its end.
        status.progress = 100;
        Some(status.clone())
    }

    async fn work(&self, hub: &Broadcaster) -> Result<(), EncodeError> {
        for step in 1..=self.seconds {
            time::sleep(Duration::from_secs(1)).await;
            let progress = percent(step, self.seconds);
            let message = format!("Processing step {step} of {}...", self.seconds);
            self.progress(progress, &message);
            self.report(hub, "OperationProgress", progress, Some(step), &message)
                .await?;
        }
        Ok(())
    }

    fn progress(&self, progress: u64, message: &str) {
        let mut status = self.lock();
        if !status.state.is_final() {
            status.progress = progress;
            message.clone_into(&mut status.text);
        }
    }

    async fn report(
        &self,
        hub: &Broadcaster,
        event: &str,
        progress: u64,
        step: Option<u64>,
        message: &str,
    ) -> Result<(), EncodeError> {
        let timestamp = clock::timestamp();
        hub.event(
            event,
            Report {
                task_id: &self.id,
                progress,
                step,
                message,
                timestamp,
            },
        )
        .await
    }

    fn lock(&self) -> MutexGuard<'_, Status> {
        self.status.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `step` of `steps` in percent, halves to the even neighbour, as .NET rounds.
fn percent(step: u64, steps: u64) -> u64 {
    let (whole, rest) = (step * 100 / steps, step * 100 % steps);
    match (rest * 2).cmp(&steps) {
        std::cmp::Ordering::Less => whole,
        std::cmp::Ordering::Greater => whole + 1,
        std::cmp::Ordering::Equal => whole + whole % 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_halves_to_the_even_percent() {
        assert_eq!(
            [percent(1, 8), percent(3, 8), percent(1, 3), percent(2, 3)],
            [12, 38, 33, 67]
        );
    }
}
