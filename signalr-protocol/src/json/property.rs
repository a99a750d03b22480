//! Reading the values of properties whose type is known.
#![expect(
    clippy::inline_always,
    reason = "an error goes back through memory unless it is inlined: measured a tenth of a message"
)]

use alloc::borrow::Cow;

use super::{JsonError, JsonType, Malformed, Raw, Scanner};

impl<'a> Scanner<'a> {
    /// Reads the string value of a property.
    #[inline(always)]
    pub(crate) fn text_of(&mut self, property: &'static str) -> Result<Raw<'a>, JsonError> {
        if !self.is_at(b'"') {
            self.expect_type(JsonType::String, property)?;
        }
        Ok(self.string()?)
    }

    /// Reads the string value of a property and resolves its escapes.
    pub(crate) fn string_of(&mut self, property: &'static str) -> Result<Cow<'a, str>, JsonError> {
        Ok(self.text_of(property)?.unescape()?)
    }

    /// Reads the boolean value of a property.
    pub(crate) fn bool_of(&mut self, property: &'static str) -> Result<bool, JsonError> {
        match self.peek()? {
            JsonType::Array | JsonType::Object => Err(JsonError::NotABoolean { property }),
            _ => match self.value()? {
                "true" => Ok(true),
                "false" => Ok(false),
                _ => Err(JsonError::NotABoolean { property }),
            },
        }
    }

    /// Reads the 32-bit number of a property.
    pub(crate) fn i32_of(&mut self, property: &'static str) -> Result<i32, JsonError> {
        self.expect_type(JsonType::Number, property)?;
        self.value()?
            .parse()
            .map_err(|_| JsonError::NotAnInteger { bits: 32 })
    }

    /// Reads the 64-bit number of a property.
    pub(crate) fn i64_of(&mut self, property: &'static str) -> Result<i64, JsonError> {
        self.expect_type(JsonType::Number, property)?;
        self.value()?
            .parse()
            .map_err(|_| JsonError::NotAnInteger { bits: 64 })
    }

    /// Makes sure that the next value has that type. A value of another type must still be a
    /// well-formed token.
    #[inline(always)]
    pub(crate) fn expect_type(
        &mut self,
        expected: JsonType,
        property: &'static str,
    ) -> Result<(), JsonError> {
        match self.unexpected(expected)? {
            None => Ok(()),
            Some(_) => Err(JsonError::WrongType { property, expected }),
        }
    }

    /// Makes sure that an object follows.
    pub(crate) fn expect_object(&mut self) -> Result<(), JsonError> {
        match self.unexpected(JsonType::Object)? {
            None => Ok(()),
            Some(found) => Err(JsonError::NotAnObject { found }),
        }
    }

    /// Makes sure that an array follows.
    pub(crate) fn expect_array(&mut self) -> Result<(), JsonError> {
        match self.unexpected(JsonType::Array)? {
            None => Ok(()),
            Some(found) => Err(JsonError::NotAnArray { found }),
        }
    }

    /// The type of the next value if it is not the expected one. Its token is then read: of arrays
    /// and objects only the bracket.
    #[inline(always)]
    pub(crate) fn unexpected(&mut self, expected: JsonType) -> Result<Option<JsonType>, Malformed> {
        let found = self.peek()?;
        if found == expected {
            return Ok(None);
        }
        if !matches!(found, JsonType::Array | JsonType::Object) {
            self.value()?;
        }
        Ok(Some(found))
    }
}
