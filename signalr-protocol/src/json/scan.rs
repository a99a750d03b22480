//! A cursor over JSON text that checks the grammar and cuts out the values it passes.

use alloc::{borrow::Cow, format};

use super::{JsonType, grammar};

/// The text is not JSON.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Malformed;

/// A string has an escape for half of a surrogate pair: JSON by its grammar, but no text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LoneSurrogate;

/// A string as it stands between its quotes, escapes and all.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Raw<'a> {
    text: &'a str,
    escaped: bool,
}

impl<'a> Raw<'a> {
    /// The text between the quotes. It is the string itself unless it has a backslash.
    pub(crate) const fn as_str(self) -> &'a str {
        self.text
    }

    /// The string, copied only if it has escapes.
    #[inline]
    pub(crate) fn unescape(self) -> Result<Cow<'a, str>, LoneSurrogate> {
        if self.escaped {
            self.resolve()
        } else {
            Ok(Cow::Borrowed(self.text))
        }
    }

    #[cold]
    fn resolve(self) -> Result<Cow<'a, str>, LoneSurrogate> {
        // The grammar was checked before.
        serde_json::from_str(&format!("\"{}\"", self.text)).map_err(|_| LoneSurrogate)
    }
}

/// A cursor over JSON text. Every method leaves it behind what it read.
#[derive(Debug)]
pub(crate) struct Scanner<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
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

    /// Whether this byte stands right here, with no white space before it.
    #[inline]
    pub(crate) fn is_at(&self, byte: u8) -> bool {
        self.text.as_bytes().get(self.at) == Some(&byte)
    }

    /// Reads a number of one digit that ends with its property, if one stands right here.
    #[inline]
    pub(crate) fn digit(&mut self) -> Option<u8> {
        let [digit @ b'0'..=b'9', b',' | b'}', ..] = self.rest() else {
            return None;
        };
        self.at += 1;
        Some(digit - b'0')
    }

    /// What the next value is. It is read no further than needed to know.
    #[inline]
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
        mut member: impl FnMut(&mut Self, Raw<'a>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.members(|scanner| {
            let name = scanner.name()?;
            member(scanner, name)
        })
    }

    /// Reads an object: `member` is called in front of each name and reads it and the value.
    #[inline]
    pub(crate) fn members<E: From<Malformed>>(
        &mut self,
        mut member: impl FnMut(&mut Self) -> Result<(), E>,
    ) -> Result<(), E> {
        self.open(b'{')?;
        if !self.eat(b'}') {
            loop {
                member(self)?;
                if self.closes(b'}')? {
                    break;
                }
            }
        }
        self.depth -= 1;
        Ok(())
    }

    /// Reads the name of a member and its colon.
    pub(crate) fn name(&mut self) -> Result<Raw<'a>, Malformed> {
        let name = self.string()?;
        self.at = grammar::token(self.text.as_bytes(), self.at, b':')?;
        Ok(name)
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
                if self.closes(b']')? {
                    break;
                }
            }
        }
        self.depth -= 1;
        Ok(())
    }

    /// Reads any value and gives its text.
    #[inline]
    pub(crate) fn value(&mut self) -> Result<&'a str, Malformed> {
        let start = grammar::whitespace(self.text.as_bytes(), self.at);
        self.at = grammar::value(self.text.as_bytes(), start, self.depth)?;
        self.text.get(start..self.at).ok_or(Malformed)
    }

    /// Reads an array of any values: its text and how many they are.
    #[inline]
    pub(crate) fn elements(&mut self) -> Result<(&'a str, usize), Malformed> {
        let mut len = 0;
        let start = grammar::whitespace(self.text.as_bytes(), self.at);
        self.at = grammar::array(self.text.as_bytes(), start, self.depth, &mut len)?;
        Ok((self.text.get(start..self.at).ok_or(Malformed)?, len))
    }

    /// Reads what must be a string.
    #[inline]
    pub(crate) fn string(&mut self) -> Result<Raw<'a>, Malformed> {
        let mut escaped = false;
        let start = grammar::token(self.text.as_bytes(), self.at, b'"')?;
        let end = grammar::string(self.text.as_bytes(), start, &mut escaped)?;
        self.at = end + 1;
        let text = self.text.get(start..end).ok_or(Malformed)?;
        Ok(Raw { text, escaped })
    }

    /// What was not read yet.
    #[inline]
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    /// Passes so many bytes that were looked at.
    #[inline]
    pub(crate) fn skip(&mut self, len: usize) {
        self.at += len;
    }

    /// Passes the comma between two elements, if there is one.
    pub(crate) fn pass_comma(&mut self) {
        self.eat(b',');
    }

    /// Makes sure that nothing but white space follows.
    pub(crate) fn end(&mut self) -> Result<(), Malformed> {
        if self.next_byte().is_none() {
            Ok(())
        } else {
            Err(Malformed)
        }
    }

    /// Passes a comma, or the bracket that closes: then it is `true`.
    #[inline]
    fn closes(&mut self, bracket: u8) -> Result<bool, Malformed> {
        let found = self.next_byte().ok_or(Malformed)?;
        self.at += 1;
        match found {
            b',' => Ok(false),
            _ if found == bracket => Ok(true),
            _ => Err(Malformed),
        }
    }

    #[inline]
    fn next_byte(&mut self) -> Option<u8> {
        self.at = grammar::whitespace(self.text.as_bytes(), self.at);
        self.text.as_bytes().get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.next_byte() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn open(&mut self, bracket: u8) -> Result<(), Malformed> {
        self.at = grammar::open(self.text.as_bytes(), self.at, self.depth, bracket)?;
        self.depth += 1;
        Ok(())
    }
}
