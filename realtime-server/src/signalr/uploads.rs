use std::{collections::HashMap, sync::Arc};

use signalr_protocol::{Outcome, Payload};
use tracing::debug;

use crate::hub::UploadSink;

/// The streams that a client is sending to methods at work.
#[derive(Default)]
pub(super) struct Uploads {
    open: HashMap<Arc<str>, Box<dyn UploadSink>>,
    /// The one that took an item above its buffer. Nothing is read until it has room, so there is
    /// never a second.
    full: Option<Arc<str>>,
}

impl Uploads {
    pub(super) fn contains(&self, id: &str) -> bool {
        self.open.contains_key(id)
    }

    pub(super) fn open(&mut self, id: Arc<str>, sink: Box<dyn UploadSink>) {
        self.open.insert(id, sink);
    }

    /// Whether a method has to read first.
    pub(super) fn are_full(&mut self) -> bool {
        let full = self.full.as_ref().and_then(|id| self.open.get(id));
        if full.is_some_and(|sink| sink.is_full()) {
            return true;
        }
        self.full = None;
        false
    }

    /// Passes an item on. Items of unknown uploads are of ended ones, and of no use.
    pub(super) fn put(&mut self, id: &str, item: &Payload<'_>) {
        let Some((id, sink)) = self.open.get_key_value(id) else {
            debug!("an item of an unknown upload was passed over");
            return;
        };
        let id = Arc::clone(id);
        if !sink.put(item) {
            self.open.remove(&id);
        } else if sink.is_full() {
            self.full = Some(id);
        }
    }

    /// Ends the upload `id`, an item of which cannot be read.
    pub(super) fn spoil(&mut self, id: &str) {
        if let Some(sink) = self.open.remove(id) {
            sink.spoil();
        }
    }

    /// Ends the upload `id`, if it is one.
    pub(super) fn end(&mut self, id: &str, outcome: &Outcome<'_, Payload<'_>>) -> bool {
        let sink = self.open.remove(id);
        sink.is_some_and(|sink| {
            sink.end(outcome);
            true
        })
    }

    /// Forgets the uploads of a method that has returned.
    pub(super) fn close(&mut self, ids: &[Arc<str>]) {
        for id in ids {
            self.open.remove(id);
        }
    }
}
