mod block;
mod line;
#[cfg(test)]
mod linear;
mod value;

use alloc::string::String;
use core::{mem, time::Duration};

use bytes::{Buf, BytesMut};
use memchr::memchr2;

use self::{
    block::Block,
    line::{Line, Name, WholeLine},
    value::Span,
};
use crate::{DecodeError, EventRef, Item, Limits};

const BOM: &[u8] = &[0xEF, 0xBB, 0xBF];

/// Takes events out of the bytes of a stream.
///
/// Call [`decode`](Self::decode) until it returns `None`, append what arrives to the buffer, and
/// call again. At the end of a connection call [`finish`](Self::finish); the decoder then takes the
/// next connection's bytes and still knows the last event ID and the reconnection time.
#[derive(Debug, Clone)]
pub struct Decoder {
    limits: Limits,
    reports_comments: bool,
    at: At,
    block: Block,
    /// How many bytes at the start of the input the last item or error covers.
    covered: usize,
    /// How many bytes of the unfinished line were searched for its end.
    searched: usize,
    repaired: String,
    last_event_id: String,
    retry: Option<Duration>,
}

/// What stands at the start of the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    /// The start of the stream, where a byte order mark may stand.
    Stream,
    /// The start of a line.
    Line,
    /// The start of a line, after a CR: an LF belongs to the end before.
    LineAfterCr,
    /// The middle of a line that is ignored.
    IgnoredLine,
}

/// Why the decoder stops.
enum Stop {
    NeedsMore,
    /// Nothing is new but the length of a line that is kept.
    LineGoesOn,
    Block,
    /// A block that is one line of data.
    LoneLine(Span),
    Comment(Span),
    Overflow(DecodeError),
}

impl Decoder {
    /// A decoder at the start of a stream.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            reports_comments: false,
            at: At::Stream,
            block: Block::default(),
            covered: 0,
            searched: 0,
            repaired: String::new(),
            last_event_id: String::new(),
            retry: None,
        }
    }

    /// Reports comments, as [`Item::Comment`]; otherwise they are dropped as they arrive.
    #[must_use]
    pub const fn with_comments(mut self) -> Self {
        self.reports_comments = true;
        self
    }

    /// Starts with the last event ID of an earlier connection.
    #[must_use]
    pub fn with_last_event_id(mut self, id: impl Into<String>) -> Self {
        self.last_event_id = id.into();
        self
    }

    /// Starts with the reconnection time of an earlier connection.
    #[must_use]
    pub const fn with_retry(mut self, retry: Duration) -> Self {
        self.retry = Some(retry);
        self
    }

    /// What to send as `Last-Event-ID` when reconnecting; empty for no such header.
    #[must_use]
    pub fn last_event_id(&self) -> &str {
        &self.last_event_id
    }

    /// How long to wait before reconnecting, if the peer said so.
    ///
    /// It changes with the `retry` line, even in a block that is never finished, and is at most
    /// `u64::MAX` milliseconds.
    #[must_use]
    pub const fn retry(&self) -> Option<Duration> {
        self.retry
    }

    /// Takes the next item out of `src`; `Ok(None)` asks for more bytes.
    ///
    /// The item borrows from `src` or the decoder. Its bytes leave `src` with the next call.
    /// Between two calls bytes may only be appended to `src`. An item is delivered with the byte
    /// that completes it, before any byte after it is looked at.
    ///
    /// # Errors
    /// If a block goes over a limit. This is told once for each such block; the rest of the block
    /// is dropped, its id with it so that the event can be asked for again, and decoding goes on
    /// after its blank line. `retry` lines count even there.
    pub fn decode<'a>(
        &'a mut self,
        src: &'a mut BytesMut,
    ) -> Result<Option<Item<'a>>, DecodeError> {
        self.drop_covered(src);
        self.block.clear_if_delivered();
        match self.run(src) {
            Stop::NeedsMore => {
                self.block.copy(src);
                self.drop_covered(src);
                Ok(None)
            }
            Stop::LineGoesOn => Ok(None),
            Stop::Overflow(error) => {
                self.drop_covered(src);
                Err(error)
            }
            Stop::Comment(text) => {
                self.block.copy(src);
                let text = value::text(text.of(src), &mut self.repaired);
                Ok(Some(Item::Comment(text)))
            }
            Stop::LoneLine(data) => Ok(Some(Item::Event(EventRef {
                retry: None,
                event: None,
                data: value::text(data.of(src), &mut self.repaired),
                last_event_id: &self.last_event_id,
                sets_id: false,
            }))),
            Stop::Block => Ok(Some(self.block.item(src, &mut self.last_event_id))),
        }
    }

    /// Ends this connection's stream and makes the decoder ready for the next one's, which may
    /// start with a byte order mark again. Returns whether an unfinished block was dropped.
    ///
    /// A stream may end anywhere, so this is not an error.
    pub fn finish(&mut self, src: &mut BytesMut) -> bool {
        //= https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
        //# Once the end of the file is reached, any pending data must be discarded.
        self.drop_covered(src);
        let unfinished = !self.block.is_empty() || !src.is_empty() || self.at == At::IgnoredLine;
        src.clear();
        self.block.clear();
        self.searched = 0;
        self.at = At::Stream;
        unfinished
    }

    fn drop_covered(&mut self, src: &mut BytesMut) {
        src.advance(mem::take(&mut self.covered).min(src.len()));
    }

    /// Reads lines until something has to be told, and leaves in `covered` how far it came.
    fn run(&mut self, src: &[u8]) -> Stop {
        let Some(mut start) = self.first_line(src) else {
            return Stop::NeedsMore;
        };
        let mut searched = mem::take(&mut self.searched);
        if start == 0 && searched == 0 && self.block.is_empty() {
            match self.lone_line(src) {
                Ok(stop) => return stop,
                Err(len) => searched = len,
            }
        }
        loop {
            let rest = src.get(start..).unwrap_or_default();
            let Some(line) = WholeLine::find(rest, searched) else {
                if searched > line::LONGEST_NAME && self.block.has_room(&self.limits, rest.len()) {
                    self.searched = rest.len();
                    return Stop::LineGoesOn;
                }
                self.covered = start;
                return self.unfinished_line(rest);
            };
            searched = 0;
            let stop = if line.bytes.is_empty() {
                self.block.end().then_some(Stop::Block)
            } else {
                self.line(src, start, line.bytes)
            };
            start += line.len;
            if stop.is_some() || line.may_go_on {
                self.covered = start;
                if line.may_go_on {
                    self.at = At::LineAfterCr;
                }
                return stop.unwrap_or(Stop::NeedsMore);
            }
        }
    }

    /// Takes a block of one line of data, as most are, at the start of the input in one go; otherwise
    /// tells how many bytes are known to have no line end.
    // Apart, so that it does not take the registers of `run`: a tenth of the time.
    #[inline(never)]
    fn lone_line(&mut self, src: &[u8]) -> Result<Stop, usize> {
        let Some(value) = src.strip_prefix(b"data: ") else {
            return Err(0);
        };
        let start = src.len() - value.len();
        let Some(len) = memchr2(b'\n', b'\r', value) else {
            return Err(src.len());
        };
        let end = start + len;
        let ends_block = value
            .get(len..)
            .is_some_and(|rest| rest.starts_with(b"\n\n"));
        if !ends_block || !self.block.has_room(&self.limits, end) {
            return Err(end);
        }
        self.covered = end + 2;
        Ok(Stop::LoneLine(Span { start, end }))
    }

    /// Where the first line starts that is not ignored; `None` if that is still to come.
    fn first_line(&mut self, src: &[u8]) -> Option<usize> {
        let start = match self.at {
            //= https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
            //# The UTF-8 decode algorithm strips one leading UTF-8 Byte Order Mark (BOM), if any.
            At::Stream if src.starts_with(BOM) => BOM.len(),
            At::Stream if BOM.starts_with(src) => return None,
            At::Stream | At::Line => 0,
            At::LineAfterCr => usize::from(*src.first()? == b'\n'),
            At::IgnoredLine => {
                let Some(line) = WholeLine::find(src, 0) else {
                    self.covered = src.len();
                    return None;
                };
                if line.may_go_on {
                    self.covered = line.len;
                    self.at = At::LineAfterCr;
                    return None;
                }
                line.len
            }
        };
        self.at = At::Line;
        Some(start)
    }

    /// Takes a line that starts at `start`, without its end.
    fn line(&mut self, src: &[u8], start: usize, bytes: &[u8]) -> Option<Stop> {
        let line = Line::parse(bytes).filter(|line| self.wants(line.name))?;
        if let Err(error) = self.block.check(&self.limits, &line, bytes.len()) {
            return self.overflow(error);
        }
        let value = Span {
            start: start + line.value,
            end: start + bytes.len(),
        };
        match line.name {
            Name::Comment => return Some(Stop::Comment(value)),
            Name::Retry => self.set_retry(value.of(src)),
            Name::Data | Name::Event | Name::Id => self.block.set(line.name, src, value),
        }
        None
    }

    /// Keeps the start of a line only if its value may be wanted.
    fn unfinished_line(&mut self, start: &[u8]) -> Stop {
        if Line::name_is_open(start) {
            self.searched = start.len();
            return Stop::NeedsMore;
        }
        let line = Line::parse(start).filter(|line| self.wants(line.name));
        let overflow = match line.map(|line| self.block.check(&self.limits, &line, start.len())) {
            Some(Ok(())) => {
                self.searched = start.len();
                return Stop::NeedsMore;
            }
            Some(Err(error)) => self.overflow(error),
            None => None,
        };
        self.at = At::IgnoredLine;
        self.covered += start.len();
        overflow.unwrap_or(Stop::NeedsMore)
    }

    fn wants(&self, name: Name) -> bool {
        match name {
            Name::Data | Name::Event | Name::Id => !self.block.is_spoiled(),
            Name::Retry => true,
            Name::Comment => self.reports_comments,
        }
    }

    fn set_retry(&mut self, value: &[u8]) {
        let Some(retry) = line::retry(value) else {
            return;
        };
        self.retry = Some(retry);
        if !self.block.is_spoiled() {
            self.block.set_retry(retry);
        }
    }

    fn overflow(&mut self, error: DecodeError) -> Option<Stop> {
        if self.block.is_spoiled() {
            return None;
        }
        self.block.spoil();
        Some(Stop::Overflow(error))
    }
}
