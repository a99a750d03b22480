use alloc::{string::String, vec::Vec};
use core::str;

/// A part of the input by its offsets, which stay right while bytes are only appended.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Span {
    pub(super) fn of(self, src: &[u8]) -> &[u8] {
        src.get(self.start..self.end).unwrap_or_default()
    }

    pub(super) fn len(self) -> usize {
        self.end.saturating_sub(self.start)
    }

    /// The smallest span that holds both.
    pub(super) fn join(self, other: Self) -> Self {
        Self {
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }
}

/// The input, and a part of it that is checked to be text, so that the values in it need not be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Checked<'a> {
    src: &'a [u8],
    text: &'a str,
    start: usize,
}

impl<'a> Checked<'a> {
    pub(super) fn new(src: &'a [u8], part: Span) -> Self {
        Self {
            src,
            text: checked(part.of(src)).unwrap_or_default(),
            start: part.start,
        }
    }

    pub(super) fn nothing(src: &'a [u8]) -> Self {
        Self {
            src,
            text: "",
            start: 0,
        }
    }

    /// What is at `span`, if it is in the checked part.
    fn get(self, span: Span) -> Option<&'a str> {
        let start = span.start.checked_sub(self.start)?;
        self.text.get(start..start + span.len())
    }
}

/// The value of a field of the current block.
///
/// It stays in the input as long as that is all there is of it, and is copied when it has several
/// lines or when the input that holds it is given back before the block ends.
#[derive(Debug, Clone, Default)]
pub(super) struct Value {
    place: Place,
    copied: Vec<u8>,
    repaired: String,
}

#[derive(Debug, Clone, Copy, Default)]
enum Place {
    #[default]
    Absent,
    Input(Span),
    Copied,
}

impl Value {
    pub(super) fn is_present(&self) -> bool {
        !matches!(self.place, Place::Absent)
    }

    pub(super) fn len(&self) -> usize {
        match self.place {
            Place::Absent => 0,
            Place::Input(span) => span.len(),
            Place::Copied => self.copied.len(),
        }
    }

    /// Forgets the value; the buffers keep their room for the next one.
    pub(super) fn clear(&mut self) {
        self.place = Place::Absent;
    }

    pub(super) fn replace(&mut self, span: Span) {
        self.place = Place::Input(span);
    }

    /// Adds a line, with an LF before it unless it is the first.
    pub(super) fn push_line(&mut self, src: &[u8], span: Span) {
        if !self.is_present() {
            self.place = Place::Input(span);
            return;
        }
        self.copy(src);
        self.copied.push(b'\n');
        self.copied.extend_from_slice(span.of(src));
    }

    /// Lets go of the input.
    pub(super) fn copy(&mut self, src: &[u8]) {
        if let Place::Input(span) = self.place {
            self.copied.clear();
            self.copied.extend_from_slice(span.of(src));
            self.place = Place::Copied;
        }
    }

    /// Where the value is, if it is still in the input.
    pub(super) fn span(&self) -> Option<Span> {
        match self.place {
            Place::Input(span) => Some(span),
            Place::Absent | Place::Copied => None,
        }
    }

    /// The value as text, if there is one.
    pub(super) fn text<'a>(&'a mut self, input: Checked<'a>) -> Option<&'a str> {
        let bytes = match self.place {
            Place::Absent => return None,
            Place::Input(span) => match input.get(span) {
                Some(text) => return Some(text),
                None => span.of(input.src),
            },
            Place::Copied => &self.copied,
        };
        Some(text(bytes, &mut self.repaired))
    }
}

/// The bytes as text; malformed parts are replaced, in `repaired`.
pub(super) fn text<'a>(bytes: &'a [u8], repaired: &'a mut String) -> &'a str {
    //= https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
    //# Streams must be decoded using the UTF-8 decode algorithm.
    // Decoding each value is the same as decoding the stream before it is cut into lines: CR, LF,
    // colon and space are never part of a longer sequence, so a cut never divides a valid one.
    if let Some(text) = checked(bytes) {
        return text;
    }
    repaired.clear();
    for chunk in bytes.utf8_chunks() {
        repaired.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            repaired.push(char::REPLACEMENT_CHARACTER);
        }
    }
    repaired
}

/// The bytes as text, if they are well-formed.
fn checked(bytes: &[u8]) -> Option<&str> {
    // Below this length the call costs more than it saves.
    #[cfg(feature = "simdutf8")]
    if bytes.len() >= 256 {
        return simdutf8::basic::from_utf8(bytes).ok();
    }
    str::from_utf8(bytes).ok()
}
