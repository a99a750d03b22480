//! The arguments of an invocation, not parsed yet.

use core::iter::FusedIterator;

use crate::{
    Payload, PayloadError, Protocol,
    binding::{BindError, Binding},
    json::{Malformed, Scanner},
};

/// The arguments of an invocation as they stand on the wire: counted, but not parsed.
///
/// Finding one means passing those before it, which is why it is read in order, with
/// [`bind`](Self::bind) or [`iter`](Self::iter).
///
/// ```
/// use signalr_protocol::Arguments;
///
/// let arguments = Arguments::json(r#"[1, "one"]"#)?;
/// let mut binding = arguments.bind(2)?;
/// let pair: (i64, &str) = (binding.take()?, binding.take()?);
/// assert_eq!(pair, (1, "one"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arguments<'a> {
    repr: Repr<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Repr<'a> {
    /// A well-formed array and how many elements it has.
    Json { text: &'a str, len: usize },
}

impl<'a> Arguments<'a> {
    /// No arguments.
    #[must_use]
    pub const fn none(protocol: Protocol) -> Self {
        match protocol {
            Protocol::Json => Self::scanned_json("[]", 0),
        }
    }

    /// JSON text of an array.
    ///
    /// # Errors
    /// If the text is not exactly one well-formed array, or nested deeper than a message allows.
    pub fn json(text: &'a str) -> Result<Self, PayloadError> {
        let mut scanner = Scanner::new(text, 1);
        let (text, len) = scanner.elements()?;
        scanner.end()?;
        Ok(Self::scanned_json(text, len))
    }

    /// JSON text of an array that a [`Scanner`] has passed, and how many elements it has.
    pub(crate) const fn scanned_json(text: &'a str, len: usize) -> Self {
        Self {
            repr: Repr::Json { text, len },
        }
    }

    /// The protocol they are encoded for.
    #[must_use]
    pub const fn protocol(&self) -> Protocol {
        match self.repr {
            Repr::Json { .. } => Protocol::Json,
        }
    }

    /// The bytes on the wire: the array with its brackets or its header.
    #[must_use]
    pub const fn as_bytes(&self) -> &'a [u8] {
        match self.repr {
            Repr::Json { text, .. } => text.as_bytes(),
        }
    }

    /// How many they are.
    #[must_use]
    pub const fn len(&self) -> usize {
        match self.repr {
            Repr::Json { len, .. } => len,
        }
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The arguments one by one.
    #[must_use]
    pub fn iter(&self) -> ArgumentsIter<'a> {
        match self.repr {
            Repr::Json { text, len } => {
                // Behind the opening bracket.
                let scanner = Scanner::new(text.get(1..).unwrap_or_default(), 2);
                ArgumentsIter {
                    scanner,
                    remaining: len,
                }
            }
        }
    }

    /// Begins to read them for a target that takes `expected` arguments.
    ///
    /// # Errors
    /// [`BindError::ArgumentCount`] if there are more or fewer.
    pub fn bind(&self, expected: usize) -> Result<Binding<'a>, BindError> {
        let provided = self.len();
        if provided != expected {
            return Err(BindError::ArgumentCount { provided, expected });
        }
        Ok(Binding::new(self.iter()))
    }
}

impl<'a> IntoIterator for Arguments<'a> {
    type Item = Payload<'a>;
    type IntoIter = ArgumentsIter<'a>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a> IntoIterator for &Arguments<'a> {
    type Item = Payload<'a>;
    type IntoIter = ArgumentsIter<'a>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The arguments of an invocation one by one.
#[derive(Debug)]
pub struct ArgumentsIter<'a> {
    scanner: Scanner<'a>,
    remaining: usize,
}

impl<'a> ArgumentsIter<'a> {
    fn read(&mut self) -> Result<Payload<'a>, Malformed> {
        let value = self.scanner.value()?;
        self.scanner.pass_comma();
        Ok(Payload::scanned_json(value))
    }
}

impl<'a> Iterator for ArgumentsIter<'a> {
    type Item = Payload<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        self.remaining = self.remaining.checked_sub(1)?;
        self.read().ok()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.remaining, Some(self.remaining))
    }
}

impl ExactSizeIterator for ArgumentsIter<'_> {}
impl FusedIterator for ArgumentsIter<'_> {}
