use schemars::JsonSchema;
use serde::Serialize;

use super::{Clients, EncodeError, Hub};
use crate::clock;

/// Logs, events and group messages to the clients of a hub, in the envelopes that Kestrun's
/// clients know.
#[derive(Clone, Debug)]
pub struct Broadcaster(Clients);

/// A line of a log.
#[derive(JsonSchema, Serialize)]
struct LogRecord<'a> {
    level: &'a str,
    message: &'a str,
    #[schemars(extend("format" = "date-time"))]
    timestamp: String,
}

/// Something that happened.
#[derive(JsonSchema, Serialize)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "NamedEvent")]
struct NamedEvent<'a, T> {
    /// What it is.
    event_name: &'a str,
    /// What is known of it; its shape goes by the name.
    data: T,
    #[schemars(extend("format" = "date-time"))]
    timestamp: String,
}

impl Broadcaster {
    /// A broadcaster to these clients.
    #[must_use]
    pub fn new(clients: Clients) -> Self {
        Self(clients)
    }

    /// Describes what a broadcaster calls on every client of `hub`.
    #[must_use]
    pub fn describe<S: Send + Sync + 'static>(hub: Hub<S>) -> Hub<S> {
        hub.client_method::<(LogRecord<'static>,)>(
            "ReceiveLog",
            "A line was written to the log.",
            ["record"],
        )
        .client_method::<(NamedEvent<'static, serde_json::Value>,)>(
            "ReceiveEvent",
            "Something happened.",
            ["event"],
        )
    }

    /// Calls `ReceiveLog` with `{level, message, timestamp}` on every client.
    ///
    /// # Errors
    /// As [`Target::send`](super::Target::send).
    pub async fn log(&self, level: &str, message: &str) -> Result<(), EncodeError> {
        let record = LogRecord {
            level,
            message,
            timestamp: clock::timestamp(),
        };
        self.0.all().send("ReceiveLog", (record,)).await
    }

    /// Calls `ReceiveEvent` with `{eventName, data, timestamp}` on every client.
    ///
    /// # Errors
    /// As [`Target::send`](super::Target::send).
    pub async fn event<T>(&self, name: &str, data: T) -> Result<(), EncodeError>
    where
        T: Serialize + Send,
    {
        let event = NamedEvent {
            event_name: name,
            data,
            timestamp: clock::timestamp(),
        };
        self.0.all().send("ReceiveEvent", (event,)).await
    }

    /// Calls `method` with `message` alone on every member of `group`.
    ///
    /// # Errors
    /// As [`Target::send`](super::Target::send).
    pub async fn to_group<T>(
        &self,
        group: &str,
        method: &str,
        message: T,
    ) -> Result<(), EncodeError>
    where
        T: Serialize + Send,
    {
        self.0.group(group).send(method, (message,)).await
    }

    /// The clients behind it.
    #[must_use]
    pub fn clients(&self) -> &Clients {
        &self.0
    }
}
