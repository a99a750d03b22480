use alloc::string::String;
use core::time::Duration;

use super::{
    line::{Line, Name},
    value::{Checked, Span, Value},
};
use crate::{Control, DecodeError, EventRef, Item, Limits};

/// The fields since the last blank line.
#[derive(Debug, Clone, Default)]
pub(super) struct Block {
    state: State,
    /// How large the event is so far.
    size: usize,
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
        self.size = 0;
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
            Name::Data => {
                self.size += usize::from(self.data.is_present()) + value.len();
                self.data.push_line(src, value);
            }
            //# Set the event type buffer to the field value.
            Name::Event => {
                self.size = self.size - self.event.len() + value.len();
                self.event.replace(value);
            }
            //# If the field value does not contain U+0000 NULL, then set the last event ID buffer to
            //# the field value. Otherwise, ignore the field.
            Name::Id if !value.of(src).contains(&0) => {
                self.size = self.size - self.id.len() + value.len();
                self.id.replace(value);
            }
            Name::Id | Name::Retry | Name::Comment => return,
        }
        self.state = State::Open;
    }

    /// Fails if a line, of which `len` bytes are there, is over a limit.
    pub(super) fn check(
        &self,
        limits: &Limits,
        line: &Line,
        len: usize,
    ) -> Result<(), DecodeError> {
        if self.has_room(limits, len) {
            return Ok(());
        }
        self.check_exactly(limits, line, len)
    }

    /// Whether a line, of which `len` bytes are there, is within the limits even if all of it
    /// counts, as it is for nearly every line.
    pub(super) fn has_room(&self, limits: &Limits, len: usize) -> bool {
        let size = self.size.saturating_add(len).saturating_add(1);
        len <= limits.max_line && size <= limits.max_event
    }

    #[cold]
    fn check_exactly(&self, limits: &Limits, line: &Line, len: usize) -> Result<(), DecodeError> {
        let others = match line.name {
            Name::Data => self.size + usize::from(self.data.is_present()),
            Name::Event => self.size - self.event.len(),
            Name::Id => self.size - self.id.len(),
            Name::Retry | Name::Comment => 0,
        };
        // How long the line may be for the event.
        let for_event = match line.name {
            Name::Retry | Name::Comment => usize::MAX,
            Name::Data | Name::Event | Name::Id => match limits.max_event.checked_sub(others) {
                Some(room) => line.value.saturating_add(room),
                None => 0,
            },
        };
        // The limit that trips with the earlier byte is told, so that it is the same one however the
        // line arrives.
        if len <= limits.max_line && len <= for_event {
            Ok(())
        } else if limits.max_line <= for_event {
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
        let deliver = self.state == State::Open;
        if deliver {
            self.state = State::Delivered;
        } else {
            self.clear();
        }
        deliver
    }

    /// The item that the ended block is.
    pub(super) fn item<'a>(&'a mut self, src: &'a [u8], last_event_id: &'a mut String) -> Item<'a> {
        let checked = self.data.span().map(|data| {
            let others = [self.id.span(), self.event.span()].into_iter().flatten();
            Checked::new(src, others.fold(data, Span::join))
        });
        let input = checked.unwrap_or(Checked::nothing(src));
        //= https://html.spec.whatwg.org/multipage/server-sent-events.html#dispatchMessage
        //# Set the last event ID string of the event source to the value of the last event ID
        //# buffer.
        let id = self.id.text(input);
        if let Some(id) = id {
            last_event_id.clear();
            last_event_id.push_str(id);
        }
        //# If the data buffer is an empty string, set the data buffer and the event type buffer to
        //# the empty string and return.
        // It is empty if there is no `data` line, since each line adds an LF.
        match self.data.text(input) {
            None => Item::Control(Control {
                retry: self.retry,
                id,
                event: self.event.text(input),
                comment: None,
            }),
            Some(data) => Item::Event(EventRef {
                retry: self.retry,
                event: self.event.text(input),
                data,
                last_event_id,
                sets_id: id.is_some(),
            }),
        }
    }
}
