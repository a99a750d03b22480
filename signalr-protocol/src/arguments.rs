//! The arguments of an invocation, not parsed yet.

use core::iter::FusedIterator;

#[cfg(feature = "messagepack")]
use crate::messagepack::{self, Head, Reader};
use crate::{
    Payload, PayloadError, Protocol,
    binding::{BindError, Binding},
    json::Scanner,
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
    /// A well-formed array and how many elements it has.
    #[cfg(feature = "messagepack")]
    MessagePack { bytes: &'a [u8], len: usize },
    /// What stands in a MessagePack message where the arguments should be is no array.
    #[cfg(feature = "messagepack")]
    NotAnArray,
}

impl<'a> Arguments<'a> {
    /// No arguments.
    #[must_use]
    pub const fn none(protocol: Protocol) -> Self {
        match protocol {
            Protocol::Json => Self::scanned_json("[]", 0),
            #[cfg(feature = "messagepack")]
            Protocol::MessagePack => Self {
                repr: Repr::MessagePack {
                    bytes: &[0x90],
                    len: 0,
                },
            },
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

    /// MessagePack of an array.
    ///
    /// # Errors
    /// If the bytes are not exactly one well-formed array, or nested deeper than a message allows.
    #[cfg(feature = "messagepack")]
    pub fn messagepack(bytes: &'a [u8]) -> Result<Self, PayloadError> {
        let mut reader = Reader::new(bytes);
        let arguments = Self::read_messagepack(&mut reader)?;
        if arguments == Self::NOT_AN_ARRAY || !reader.rest().is_empty() {
            return Err(PayloadError::Malformed);
        }
        Ok(arguments)
    }

    /// What stands in a MessagePack message where the arguments should be is no array.
    #[cfg(feature = "messagepack")]
    pub(crate) const NOT_AN_ARRAY: Self = Self {
        repr: Repr::NotAnArray,
    };

    /// Reads the arguments of a MessagePack message. If they are no array, nothing is read.
    #[cfg(feature = "messagepack")]
    pub(crate) fn read_messagepack(
        reader: &mut Reader<'a>,
    ) -> Result<Self, messagepack::Malformed> {
        let Ok(Head::Array(len)) = reader.clone().head() else {
            return Ok(Self::NOT_AN_ARRAY);
        };
        let len = usize::try_from(len).map_err(|_| messagepack::Malformed)?;
        // In the array of the message.
        let bytes = reader.value(1)?;
        Ok(Self {
            repr: Repr::MessagePack { bytes, len },
        })
    }

    /// The protocol they are encoded for.
    #[must_use]
    pub const fn protocol(&self) -> Protocol {
        match self.repr {
            Repr::Json { .. } => Protocol::Json,
            #[cfg(feature = "messagepack")]
            Repr::MessagePack { .. } | Repr::NotAnArray => Protocol::MessagePack,
        }
    }

    /// The bytes on the wire: the array with its brackets or its header. Empty if what a peer sent
    /// as arguments is no array.
    #[must_use]
    pub const fn as_bytes(&self) -> &'a [u8] {
        match self.repr {
            Repr::Json { text, .. } => text.as_bytes(),
            #[cfg(feature = "messagepack")]
            Repr::MessagePack { bytes, .. } => bytes,
            #[cfg(feature = "messagepack")]
            Repr::NotAnArray => &[],
        }
    }

    /// How many they are.
    #[must_use]
    pub const fn len(&self) -> usize {
        match self.repr {
            Repr::Json { len, .. } => len,
            #[cfg(feature = "messagepack")]
            Repr::MessagePack { len, .. } => len,
            #[cfg(feature = "messagepack")]
            Repr::NotAnArray => 0,
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
        let (rest, remaining) = match self.repr {
            // Behind the opening bracket.
            Repr::Json { text, len } => (
                Rest::Json(Scanner::new(text.get(1..).unwrap_or_default(), 2)),
                len,
            ),
            #[cfg(feature = "messagepack")]
            Repr::MessagePack { bytes, len } => {
                let mut elements = Reader::new(bytes);
                // Behind the header, which was read once already.
                let header = elements.head();
                (Rest::MessagePack(elements), header.map_or(0, |_| len))
            }
            #[cfg(feature = "messagepack")]
            Repr::NotAnArray => (Rest::MessagePack(Reader::new(&[])), 0),
        };
        ArgumentsIter { rest, remaining }
    }

    /// Begins to read them for a target that takes `expected` arguments.
    ///
    /// # Errors
    /// [`BindError::ArgumentCount`] if there are more or fewer; of MessagePack also
    /// `ArgumentsNotArray`.
    pub fn bind(&self, expected: usize) -> Result<Binding<'a>, BindError> {
        #[cfg(feature = "messagepack")]
        if *self == Self::NOT_AN_ARRAY {
            return Err(BindError::ArgumentsNotArray);
        }
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
    rest: Rest<'a>,
    remaining: usize,
}

#[derive(Debug)]
enum Rest<'a> {
    Json(Scanner<'a>),
    #[cfg(feature = "messagepack")]
    MessagePack(Reader<'a>),
}

impl<'a> Iterator for ArgumentsIter<'a> {
    type Item = Payload<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        self.remaining = self.remaining.checked_sub(1)?;
        // The elements were passed once already, so none is malformed.
        match &mut self.rest {
            Rest::Json(scanner) => {
                let value = scanner.value().ok()?;
                scanner.pass_comma();
                Some(Payload::scanned_json(value))
            }
            #[cfg(feature = "messagepack")]
            Rest::MessagePack(reader) => reader.value(2).ok().map(Payload::scanned_messagepack),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.remaining, Some(self.remaining))
    }
}

impl ExactSizeIterator for ArgumentsIter<'_> {}
impl FusedIterator for ArgumentsIter<'_> {}
