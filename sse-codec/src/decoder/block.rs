use alloc::string::String;
use core::time::Duration;

use memchr::memchr;

use super::{
    line::{Line, Name},
    value::{Span, Value},
};
use crate::{Control, DecodeError, EventRef, Item, Limits};

/// The fields since the last blank line.
#[derive(Debug, Clone, Default)]
pub(super) struct Block {
    state: State,
    retry: Option<Duration>,
    id: Value,
    event: Value,
    data: Value,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum State {
    #[default]
    Empty,
    Open,
    /// Over a limit, which was reported: nothing of it is delivered.
    Spoiled,
    /// An item borrows from it; the next call starts a new one.
    Delivered,
}

impl Block {
    pub(super) fn is_spoiled(&self) -> bool {
        self.state == State::Spoiled
    }

    pub(super) fn is_empty(&self) -> bool {
        matches!(self.state, State::Empty | State::Delivered)
    }

    pub(super) fn clear(&mut self) {
        self.state = State::Empty;
        self.retry = None;
        self.id.clear();
        self.event.clear();
        self.data.clear();
    }

    pub(super) fn clear_if_delivered(&mut self) {
        if self.state == State::Delivered {
            self.clear();
        }
    }

    /// Drops what there is and ignores what comes, up to the blank line.
    pub(super) fn spoil(&mut self) {
        self.clear();
        self.state = State::Spoiled;
    }

    /// Lets go of the input before it is given back.
    pub(super) fn copy(&mut self, src: &[u8]) {
        self.id.copy(src);
        self.event.copy(src);
        self.data.copy(src);
    }

    pub(super) fn set_retry(&mut self, retry: Duration) {
        self.state = State::Open;
        self.retry = Some(retry);
    }

    /// Takes a field whose value is at `value`.
    pub(super) fn set(&mut self, name: Name, src: &[u8], value: Span) {
        //= https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
        match name {
            //# Append the field value to the data buffer, then append a single U+000A LINE FEED (LF)
            //# character to the data buffer.
            Name::Data => self.data.push_line(src, value),
            //# Set the event type buffer to the field value.
            Name::Event => self.event.replace(value),
            //# If the field value does not contain U+0000 NULL, then set the last event ID buffer to
            //# the field value. Otherwise, ignore the field.
            Name::Id if memchr(0, value.of(src)).is_none() => self.id.replace(value),
            Name::Id | Name::Retry | Name::Comment => {}
        }
        self.state = State::Open;
    }

    /// Whether a line of which `len` bytes are there is over a limit, and over which first, so that
    /// the answer does not depend on how the line arrives.
    pub(super) fn check(
        &self,
        limits: &Limits,
        line: &Line,
        len: usize,
    ) -> Result<(), DecodeError> {
        let others = match line.name {
            Name::Data if self.data.is_present() => {
                self.data.len() + 1 + self.event.len() + self.id.len()
            }
            Name::Data => self.event.len() + self.id.len(),
            Name::Event => self.data.len() + self.id.len(),
            Name::Id => self.data.len() + self.event.len(),
            Name::Retry | Name::Comment => 0,
        };
        let event_end = match (line.name, limits.max_event.checked_sub(others)) {
            (Name::Retry | Name::Comment, _) => usize::MAX,
            (_, Some(room)) => line.value.saturating_add(room),
            (_, None) => 0,
        };
        if len <= limits.max_line && len <= event_end {
            Ok(())
        } else if limits.max_line.max(line.known_after - 1) <= event_end.max(line.known_after - 1) {
            Err(DecodeError::LineTooLong {
                limit: limits.max_line,
            })
        } else {
            Err(DecodeError::EventTooLarge {
                limit: limits.max_event,
            })
        }
    }

    /// Ends the block at its blank line; whether there is something to deliver.
    pub(super) fn end(&mut self) -> bool {
        //= https://html.spec.whatwg.org/multipage/server-sent-events.html#dispatchMessage
        //# If the data buffer is an empty string, set the data buffer and the event type buffer to
        //# the empty string and return.
        let deliver = self.data.is_present() || self.id.is_present() || self.retry.is_some();
        if deliver {
            self.state = State::Delivered;
        } else {
            self.clear();
        }
        deliver
    }

    /// The item that the ended block is.
    pub(super) fn item<'a>(&'a mut self, src: &'a [u8], last_event_id: &'a mut String) -> Item<'a> {
        //= https://html.spec.whatwg.org/multipage/server-sent-events.html#dispatchMessage
        //# Set the last event ID string of the event source to the value of the last event ID
        //# buffer.
        let id = self.id.text(src);
        if let Some(id) = id {
            last_event_id.clear();
            last_event_id.push_str(id);
        }
        match self.data.text(src) {
            None => Item::Control(Control {
                retry: self.retry,
                id,
                comment: None,
            }),
            Some(data) => Item::Event(EventRef {
                retry: self.retry,
                event: self.event.text(src),
                data,
                last_event_id,
                sets_id: id.is_some(),
            }),
        }
    }
}
