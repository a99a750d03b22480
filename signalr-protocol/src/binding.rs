//! Giving arguments their types.

use core::{error::Error, fmt};

use serde::Deserialize;

use crate::{PayloadError, arguments::ArgumentsIter};

/// Arguments whose number is right, being read one after the other.
#[derive(Debug)]
pub struct Binding<'a> {
    rest: ArgumentsIter<'a>,
    expected: usize,
}

impl<'a> Binding<'a> {
    pub(crate) fn new(rest: ArgumentsIter<'a>) -> Self {
        Self {
            expected: rest.len(),
            rest,
        }
    }

    /// Reads the next argument as a `T`.
    ///
    /// # Errors
    /// [`BindError::ArgumentType`] if it is not a `T`, [`BindError::ArgumentCount`] if more are
    /// taken than were announced.
    pub fn take<T: Deserialize<'a>>(&mut self) -> Result<T, BindError> {
        let index = self.expected - self.rest.len();
        let Some(argument) = self.rest.next() else {
            let (provided, expected) = (self.expected, self.expected + 1);
            return Err(BindError::ArgumentCount { provided, expected });
        };
        argument
            .to()
            .map_err(|source| BindError::ArgumentType { index, source })
    }
}

/// The arguments do not fit the target. Only this invocation fails, not the connection.
///
/// The texts are those of ASP.NET Core.
#[derive(Debug)]
#[non_exhaustive]
pub enum BindError {
    /// More or fewer than the target takes.
    ArgumentCount {
        /// How many there are.
        provided: usize,
        /// How many the target takes.
        expected: usize,
    },
    /// What stands in a MessagePack message where the arguments should be is no array.
    #[cfg(feature = "messagepack")]
    ArgumentsNotArray,
    /// An argument is of another type.
    ArgumentType {
        /// Which one, from 0.
        index: usize,
        /// Why it is not of that type.
        source: PayloadError,
    },
}

impl fmt::Display for BindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ArgumentCount { provided, expected } => write!(
                f,
                "Invocation provides {provided} argument(s) but target expects {expected}."
            ),
            #[cfg(feature = "messagepack")]
            Self::ArgumentsNotArray => f.write_str("Reading array length for 'arguments' failed."),
            Self::ArgumentType { .. } => f.write_str(
                "Error binding arguments. Make sure that the types of the provided values match \
                 the types of the hub method being invoked.",
            ),
        }
    }
}

impl Error for BindError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::ArgumentType { source, .. } => Some(source),
            _ => None,
        }
    }
}
