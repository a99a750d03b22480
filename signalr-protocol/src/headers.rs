//! Name and value pairs that travel with a message.

use alloc::{borrow::Cow, vec::Vec};

/// The headers of a message: names and values that mean nothing to the protocol.
///
/// They keep their order. A name may come twice; the last one counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers<'a> {
    pairs: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

impl<'a> Headers<'a> {
    /// No headers.
    #[must_use]
    pub const fn new() -> Self {
        Self { pairs: Vec::new() }
    }

    /// Adds one at the end.
    pub fn push(&mut self, name: impl Into<Cow<'a, str>>, value: impl Into<Cow<'a, str>>) {
        self.pairs.push((name.into(), value.into()));
    }

    /// The value of the last header of that name, upper and lower case told apart.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let pair = self.pairs.iter().rev().find(|(key, _)| key == name);
        pair.map(|(_, value)| &**value)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// Names and values in their order.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.pairs.iter().map(|(name, value)| (&**name, &**value))
    }
}
