use std::{
    any::type_name,
    collections::HashMap,
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use serde::de::DeserializeOwned;
use signalr_protocol::{Outcome, Payload};

use super::InvokeError;

/// Hands the answer of a client to whoever asked.
type Deliver = Box<dyn FnOnce(&Outcome<'_, Payload<'_>>) + Send>;

/// What the clients of a hub were asked and have not answered yet.
#[derive(Default)]
pub(crate) struct ClientResults {
    asked: AtomicU64,
    table: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    open: HashMap<Box<str>, Open>,
    /// How many of them each connection owes.
    counts: HashMap<Arc<str>, usize>,
}

struct Open {
    connection: Arc<str>,
    deliver: Deliver,
}

/// A question that is asked as long as this lives.
pub(super) struct Question<'a> {
    results: &'a ClientResults,
    id: Box<str>,
}

/// A connection answered what another one was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NotAsked {
    connection: Box<str>,
    invocation: Box<str>,
}

impl ClientResults {
    /// Notes a question to `connection`, which may owe at most `limit` answers.
    pub(super) fn ask(
        &self,
        connection: Arc<str>,
        limit: usize,
        deliver: Deliver,
    ) -> Result<Question<'_>, InvokeError> {
        let mut table = self.lock();
        let owed = table.counts.get(&connection).copied().unwrap_or_default();
        if owed >= limit {
            return Err(InvokeError::TooMany { limit });
        }
        table.counts.insert(Arc::clone(&connection), owed + 1);
        let id: Box<str> = format!("s{}", self.asked.fetch_add(1, Relaxed) + 1).into();
        let open = Open {
            connection,
            deliver,
        };
        table.open.insert(id.clone(), open);
        Ok(Question { results: self, id })
    }

    /// Passes on what the connection `from` answers; says whether it was asked and somebody waits.
    pub(crate) fn answer(
        &self,
        id: &str,
        from: &str,
        outcome: &Outcome<'_, Payload<'_>>,
    ) -> Result<bool, NotAsked> {
        let mut table = self.lock();
        match table.open.get(id) {
            None => return Ok(false),
            Some(open) if *open.connection != *from => {
                return Err(NotAsked {
                    connection: from.into(),
                    invocation: id.into(),
                });
            }
            Some(_) => {}
        }
        let open = table.remove(id);
        // The value is read in here, which is the application's code.
        drop(table);
        if let Some(open) = open {
            (open.deliver)(outcome);
        }
        Ok(true)
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    fn remove(&mut self, id: &str) -> Option<Open> {
        let open = self.open.remove(id)?;
        if let Some(owed) = self.counts.get_mut(&open.connection) {
            *owed -= 1;
            if *owed == 0 {
                self.counts.remove(&open.connection);
            }
        }
        Some(open)
    }
}

impl Question<'_> {
    pub(super) fn id(&self) -> &str {
        &self.id
    }
}

impl Drop for Question<'_> {
    fn drop(&mut self) {
        self.results.lock().remove(&self.id);
    }
}

/// Gives the answer of a client its type.
pub(super) fn read<R: DeserializeOwned>(
    outcome: &Outcome<'_, Payload<'_>>,
) -> Result<R, InvokeError> {
    match outcome {
        Outcome::Result(result) => result.to().map_err(|error| InvokeError::Unreadable {
            wanted: name::<R>(),
            reason: error.to_string().into(),
        }),
        Outcome::Error(error) => Err(InvokeError::Client(error.as_ref().into())),
        Outcome::Void => Err(InvokeError::NoResult),
    }
}

/// What to tell who asked, when reading the answer panicked.
pub(super) fn lost<R>() -> InvokeError {
    InvokeError::Unreadable {
        wanted: name::<R>(),
        reason: "Reading it panicked.".into(),
    }
}

/// What a type is called in the texts of ASP.NET Core, where it has one of its simple types.
fn name<R>() -> &'static str {
    match type_name::<R>() {
        "u8" => "Byte",
        "i8" => "SByte",
        "i16" => "Int16",
        "u16" => "UInt16",
        "i32" => "Int32",
        "u32" => "UInt32",
        "i64" => "Int64",
        "u64" => "UInt64",
        "f32" => "Single",
        "f64" => "Double",
        "bool" => "Boolean",
        "alloc::string::String" => "String",
        other => other,
    }
}

impl fmt::Display for NotAsked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (connection, invocation) = (&self.connection, &self.invocation);
        write!(
            f,
            "Connection ID '{connection}' is not valid for invocation ID '{invocation}'."
        )
    }
}

impl fmt::Debug for ClientResults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientResults")
            .field("open", &self.lock().open.len())
            .finish_non_exhaustive()
    }
}
