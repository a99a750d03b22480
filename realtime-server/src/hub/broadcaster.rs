use serde::Serialize;

use super::{Clients, EncodeError};
use crate::clock;

/// Logs, events and group messages to the clients of a hub, in the envelopes that Kestrun's
/// clients know.
#[derive(Clone, Debug)]
pub struct Broadcaster(Clients);

#[derive(Serialize)]
struct LogRecord<'a> {
    level: &'a str,
    message: &'a str,
    timestamp: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NamedEvent<'a, T> {
    event_name: &'a str,
    data: T,
    timestamp: String,
}

impl Broadcaster {
    /// A broadcaster to these clients.
    #[must_use]
    pub fn new(clients: Clients) -> Self {
        Self(clients)
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
