use std::{
    error::Error,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use serde::de::DeserializeOwned;
use signalr_protocol::{Outcome, Payload};
use tokio::sync::mpsc;

use super::{Connection, error::HUB_EXCEPTION};

/// A stream of items that the caller of a hub method sends; a parameter of the method.
///
/// What the method does not read fast enough waits at the client: no more than
/// [`HubConfig::upload_buffer`](crate::config::HubConfig::upload_buffer) items are held here.
///
/// ```
/// use realtime_server::hub::{Caller, Hub, Upload};
///
/// let hub = Hub::new(()).method("Sum", async |_, _: Caller, (mut numbers,): (Upload<i64>,)| {
///     let mut sum = 0;
///     while let Some(number) = numbers.next().await {
///         sum += number?;
///     }
///     Ok(sum)
/// });
/// # drop(hub);
/// ```
#[derive(Debug)]
pub struct Upload<T> {
    items: mpsc::Receiver<T>,
    end: Arc<End>,
    connection: Arc<Connection>,
}

/// How the upload ended, as far as it has: nothing where the connection ends without a word.
type End = Mutex<Option<Result<(), UploadError>>>;

impl<T> Upload<T> {
    /// The next item; `None` after the last. After an error there is no more.
    ///
    /// It may be dropped while it waits; no item is lost by that.
    pub async fn next(&mut self) -> Option<Result<T, UploadError>> {
        if let Some(item) = self.items.recv().await {
            self.connection.read_on();
            return Some(Ok(item));
        }
        let mut end = self.end.lock().unwrap_or_else(PoisonError::into_inner);
        // A second call finds the end without an error.
        match end
            .replace(Ok(()))
            .unwrap_or(Err(UploadError::Disconnected))
        {
            Ok(()) => None,
            Err(error) => Some(Err(error)),
        }
    }
}

impl<T> Drop for Upload<T> {
    fn drop(&mut self) {
        // What still comes for it stops nobody.
        self.items.close();
        self.connection.read_on();
    }
}

/// The connection's end of an upload.
pub(crate) trait UploadSink: Send {
    /// Gives the item its type and passes it on; says whether the upload goes on.
    fn put(&self, item: &Payload<'_>) -> bool;

    /// Ends the upload because an item of it cannot be read.
    fn spoil(&self);

    /// Ends the upload as the client says.
    fn end(&self, outcome: &Outcome<'_, Payload<'_>>);

    /// Whether one more item than the method's buffer holds is waiting.
    fn is_full(&self) -> bool;
}

struct Sink<T> {
    items: mpsc::Sender<T>,
    end: Arc<End>,
}

pub(super) fn open<T>(
    connection: Arc<Connection>,
    buffer: usize,
) -> (Upload<T>, Box<dyn UploadSink>)
where
    T: DeserializeOwned + Send + 'static,
{
    // The one above the buffer is the item with which reading stops.
    let (sender, items) = mpsc::channel(buffer.saturating_add(1));
    let end = Arc::new(End::default());
    let sink = Sink {
        items: sender,
        end: Arc::clone(&end),
    };
    let upload = Upload {
        items,
        end,
        connection,
    };
    (upload, Box::new(sink))
}

impl<T> Sink<T> {
    fn set_end(&self, end: Result<(), UploadError>) {
        *self.end.lock().unwrap_or_else(PoisonError::into_inner) = Some(end);
    }
}

impl<T: DeserializeOwned + Send> UploadSink for Sink<T> {
    fn put(&self, item: &Payload<'_>) -> bool {
        if let Ok(item) = item.to() {
            // Nothing is read while it is full, so that only a closed one refuses.
            return self.items.try_send(item).is_ok();
        }
        self.spoil();
        false
    }

    fn spoil(&self) {
        self.set_end(Err(UploadError::Unreadable));
    }

    fn end(&self, outcome: &Outcome<'_, Payload<'_>>) {
        self.set_end(match outcome {
            Outcome::Error(error) => Err(UploadError::Client(error.as_ref().into())),
            Outcome::Void | Outcome::Result(_) => Ok(()),
        });
    }

    fn is_full(&self) -> bool {
        self.items.capacity() == 0 && !self.items.is_closed()
    }
}

/// Why an upload ended before its end.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UploadError {
    /// The client ended it with this error.
    Client(Box<str>),
    /// An item is of another type.
    Unreadable,
    /// The connection ended.
    Disconnected,
}

impl UploadError {
    /// The exception of ASP.NET Core in its place.
    pub(super) fn exception(&self) -> &'static str {
        match self {
            Self::Client(_) | Self::Unreadable => HUB_EXCEPTION,
            Self::Disconnected => "OperationCanceledException",
        }
    }
}

impl fmt::Display for UploadError {
    /// The texts of ASP.NET Core.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Client(error) => error,
            Self::Unreadable => "Failed to bind Stream message.",
            Self::Disconnected => "The underlying connection was closed.",
        })
    }
}

impl Error for UploadError {}
