//! A cursor over JSON text that checks the grammar and cuts out the values it passes.

use alloc::borrow::Cow;

use super::JsonType;

/// How deep arrays and objects may be nested, the message itself included: the depth at which
/// ASP.NET Core stops reading.
pub const MAX_DEPTH: usize = 64;

/// The text is not JSON.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Malformed;

/// A cursor over JSON text. Every method leaves it behind what it read.
#[derive(Debug)]
pub(crate) struct Scanner<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

/// A string as it stands in the text, quotes included.
#[derive(Clone, Copy)]
pub(crate) struct Text<'a> {
    quoted: &'a str,
    escaped: bool,
}

impl<'a> Text<'a> {
    /// The string itself, copied only if it has escapes.
    pub(crate) fn unescape(self) -> Result<Cow<'a, str>, Malformed> {
        if self.escaped {
            let string = serde_json::from_str(self.quoted).map_err(|_| Malformed)?;
            return Ok(Cow::Owned(string));
        }
        let inner = self.quoted.get(1..self.quoted.len().saturating_sub(1));
        inner.map(Cow::Borrowed).ok_or(Malformed)
    }
}

impl<'a> Scanner<'a> {
    /// A cursor at the front of `text`, which stands at that depth of a message.
    pub(crate) const fn new(text: &'a str, depth: usize) -> Self {
        Self { text, at: 0, depth }
    }

    /// A cursor at the front of bytes that may be anything. It ends at the first that is not UTF-8:
    /// to the grammar, text that breaks off.
    pub(crate) fn from_bytes(bytes: &'a [u8]) -> Self {
        let text = match core::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(_) => bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid()),
        };
        Self::new(text, 0)
    }

    /// What the next value is. It is read no further than needed to know.
    pub(crate) fn peek(&mut self) -> Result<JsonType, Malformed> {
        match self.next_byte() {
            Some(b'"') => Ok(JsonType::String),
            Some(b'{') => Ok(JsonType::Object),
            Some(b'[') => Ok(JsonType::Array),
            Some(b't') => Ok(JsonType::True),
            Some(b'f') => Ok(JsonType::False),
            Some(b'n') => Ok(JsonType::Null),
            Some(b'-' | b'0'..=b'9') => Ok(JsonType::Number),
            _ => Err(Malformed),
        }
    }

    /// Reads an object: `member` is called behind each name and reads the value.
    pub(crate) fn object<E: From<Malformed>>(
        &mut self,
        mut member: impl FnMut(&mut Self, Text<'a>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.open(b'{')?;
        if !self.eat(b'}') {
            loop {
                let name = self.string()?;
                self.expect(b':')?;
                member(self, name)?;
                if self.eat(b'}') {
                    break;
                }
                self.expect(b',')?;
            }
        }
        self.depth -= 1;
        Ok(())
    }

    /// Reads an array: `element` is called in front of each element and reads it.
    pub(crate) fn array<E: From<Malformed>>(
        &mut self,
        mut element: impl FnMut(&mut Self) -> Result<(), E>,
    ) -> Result<(), E> {
        self.open(b'[')?;
        if !self.eat(b']') {
            loop {
                element(self)?;
                if self.eat(b']') {
                    break;
                }
                self.expect(b',')?;
            }
        }
        self.depth -= 1;
        Ok(())
    }

    /// Reads any value and gives its text. It recurses, but no deeper than [`MAX_DEPTH`].
    pub(crate) fn value(&mut self) -> Result<&'a str, Malformed> {
        let kind = self.peek()?;
        let start = self.at;
        match kind {
            JsonType::Object => self.object(|inner, _| inner.value().map(drop))?,
            JsonType::Array => self.array(|inner| inner.value().map(drop))?,
            JsonType::String => drop(self.string()?),
            JsonType::Number => self.number()?,
            JsonType::True => self.literal("true")?,
            JsonType::False => self.literal("false")?,
            JsonType::Null => self.literal("null")?,
        }
        self.text.get(start..self.at).ok_or(Malformed)
    }

    /// Reads an array of any values: its text and how many they are.
    pub(crate) fn elements(&mut self) -> Result<(&'a str, usize), Malformed> {
        self.skip_whitespace();
        let start = self.at;
        let mut len = 0;
        self.array(|inner| {
            len += 1;
            inner.value().map(drop)
        })?;
        Ok((self.text.get(start..self.at).ok_or(Malformed)?, len))
    }

    /// Reads what must be a string.
    pub(crate) fn string(&mut self) -> Result<Text<'a>, Malformed> {
        self.skip_whitespace();
        let start = self.at;
        if self.byte() != Some(b'"') {
            return Err(Malformed);
        }
        self.at += 1;
        let mut escaped = false;
        loop {
            self.skip_plain();
            match self.byte() {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    self.at += 1;
                    self.escape()?;
                }
                _ => return Err(Malformed),
            }
        }
        self.at += 1;
        let quoted = self.text.get(start..self.at).ok_or(Malformed)?;
        Ok(Text { quoted, escaped })
    }

    /// Makes sure that nothing but white space follows.
    pub(crate) fn end(&mut self) -> Result<(), Malformed> {
        if self.next_byte().is_none() {
            Ok(())
        } else {
            Err(Malformed)
        }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn next_byte(&mut self) -> Option<u8> {
        self.skip_whitespace();
        self.byte()
    }

    fn skip_whitespace(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.byte() {
            self.at += 1;
        }
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.next_byte() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, byte: u8) -> Result<(), Malformed> {
        if self.eat(byte) {
            Ok(())
        } else {
            Err(Malformed)
        }
    }

    fn open(&mut self, byte: u8) -> Result<(), Malformed> {
        if self.depth >= MAX_DEPTH {
            return Err(Malformed);
        }
        self.depth += 1;
        self.expect(byte)
    }

    fn literal(&mut self, literal: &str) -> Result<(), Malformed> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        if !rest.starts_with(literal.as_bytes()) {
            return Err(Malformed);
        }
        self.at += literal.len();
        Ok(())
    }

    //= https://www.rfc-editor.org/rfc/rfc8259#section-6
    //# number = [ minus ] int [ frac ] [ exp ]
    fn number(&mut self) -> Result<(), Malformed> {
        self.at += usize::from(self.byte() == Some(b'-'));
        if self.byte() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.byte() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.byte() {
            self.at += 1;
            self.at += usize::from(matches!(self.byte(), Some(b'+' | b'-')));
            self.digits()?;
        }
        Ok(())
    }

    /// Passes the comma between two elements, if there is one.
    pub(crate) fn pass_comma(&mut self) {
        self.eat(b',');
    }

    fn digits(&mut self) -> Result<(), Malformed> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.byte() {
            self.at += 1;
        }
        if self.at == start {
            Err(Malformed)
        } else {
            Ok(())
        }
    }

    fn escape(&mut self) -> Result<(), Malformed> {
        match self.byte() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 1,
            Some(b'u') => {
                let hex = self
                    .text
                    .as_bytes()
                    .get(self.at + 1..self.at + 5)
                    .ok_or(Malformed)?;
                if !hex.iter().all(u8::is_ascii_hexdigit) {
                    return Err(Malformed);
                }
                self.at += 5;
            }
            _ => return Err(Malformed),
        }
        Ok(())
    }

    /// Passes what may stand in a string as it is: anything but a quote, a backslash and controls.
    fn skip_plain(&mut self) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let mut chunks = rest.chunks_exact(16);
        let mut plain = 0;
        // Without an early exit in the inner loop the compiler compares the chunk as one vector.
        for chunk in &mut chunks {
            if chunk
                .iter()
                .fold(false, |special, &byte| special | is_special(byte))
            {
                break;
            }
            plain += 16;
        }
        let tail = rest.get(plain..).unwrap_or_default();
        self.at += plain
            + tail
                .iter()
                .position(|&byte| is_special(byte))
                .unwrap_or(tail.len());
    }
}

//= https://www.rfc-editor.org/rfc/rfc8259#section-7
//# All Unicode characters may be placed within the quotation marks, except for the characters
//# that MUST be escaped: quotation mark, reverse solidus, and the control characters (U+0000
//# through U+001F).
const fn is_special(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}
