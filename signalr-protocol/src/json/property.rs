//! Reading the values of properties whose type is known.

use alloc::borrow::Cow;

use super::{JsonError, JsonType, Malformed, Scanner};

impl<'a> Scanner<'a> {
    /// Reads the string value of a property.
    pub(crate) fn string_of(&mut self, property: &'static str) -> Result<Cow<'a, str>, JsonError> {
        self.expect_type(JsonType::String, property)?;
        Ok(self.string()?.unescape()?)
    }

    /// Reads the boolean value of a property.
    pub(crate) fn bool_of(&mut self, property: &'static str) -> Result<bool, JsonError> {
        let found = self.peek()?;
        self.check_token(found)?;
        match found {
            JsonType::True => Ok(true),
            JsonType::False => Ok(false),
            _ => Err(JsonError::NotABoolean { property }),
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
    pub(crate) fn expect_type(
        &mut self,
        expected: JsonType,
        property: &'static str,
    ) -> Result<(), JsonError> {
        let found = self.peek()?;
        if found == expected {
            return Ok(());
        }
        self.check_token(found)?;
        Err(JsonError::WrongType { property, expected })
    }

    /// Makes sure that an object follows.
    pub(crate) fn expect_object(&mut self) -> Result<(), JsonError> {
        let found = self.peek()?;
        if found == JsonType::Object {
            return Ok(());
        }
        self.check_token(found)?;
        Err(JsonError::NotAnObject { found })
    }

    /// Makes sure that an array follows.
    pub(crate) fn expect_array(&mut self) -> Result<(), JsonError> {
        let found = self.peek()?;
        if found == JsonType::Array {
            return Ok(());
        }
        self.check_token(found)?;
        Err(JsonError::NotAnArray { found })
    }

    /// Reads the token that follows: of arrays and objects only what `peek` has seen.
    pub(crate) fn check_token(&mut self, kind: JsonType) -> Result<(), Malformed> {
        match kind {
            JsonType::Object | JsonType::Array => Ok(()),
            _ => self.value().map(drop),
        }
    }
}
