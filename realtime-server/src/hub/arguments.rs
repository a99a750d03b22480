use serde::de::DeserializeOwned;
use signalr_protocol::{Arguments, BindError};

/// What a hub method takes: a tuple, each member read from one argument of the invocation.
pub trait FromArguments: Sized {
    /// Gives the arguments their types.
    ///
    /// # Errors
    /// When there are more or fewer than this takes, or one is of another type.
    fn from_arguments(arguments: &Arguments<'_>) -> Result<Self, BindError>;
}

impl FromArguments for () {
    fn from_arguments(arguments: &Arguments<'_>) -> Result<Self, BindError> {
        arguments.bind(0).map(drop)
    }
}

macro_rules! tuples {
    ($($count:literal: $($member:ident)+;)+) => {$(
        impl<$($member: DeserializeOwned),+> FromArguments for ($($member,)+) {
            fn from_arguments(arguments: &Arguments<'_>) -> Result<Self, BindError> {
                let mut binding = arguments.bind($count)?;
                Ok(($(binding.take::<$member>()?,)+))
            }
        }
    )+};
}

tuples! {
    1: A;
    2: A B;
    3: A B C;
    4: A B C D;
    5: A B C D E;
    6: A B C D E F;
    7: A B C D E F G;
    8: A B C D E F G H;
}
