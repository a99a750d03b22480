use std::{fmt, sync::Arc};

use serde::de::DeserializeOwned;
use signalr_protocol::{Arguments, BindError, Binding};

use super::{
    Connection, Upload,
    upload::{self, UploadSink},
};

/// What a hub method takes: a tuple of up to eight members, each read from one argument of the
/// invocation, or an [`Upload`].
pub trait FromArguments: Sized {
    /// How many of the members are uploads.
    const UPLOADS: usize;

    /// Gives the arguments their types.
    ///
    /// # Errors
    /// When there are more or fewer than this takes, or one is of another type.
    fn from_arguments(
        arguments: &Arguments<'_>,
        uploads: &mut OpenUploads,
    ) -> Result<Self, BindError>;
}

/// One member of what a hub method takes: a value, or an [`Upload`].
pub trait Argument: Sized {
    /// Whether it is a stream, which is no argument of the invocation.
    const IS_UPLOAD: bool;

    /// Takes it out of the invocation.
    ///
    /// # Errors
    /// When the next argument is of another type.
    fn bind(binding: &mut Binding<'_>, uploads: &mut OpenUploads) -> Result<Self, BindError>;
}

/// The uploads that the parameters of one invocation opened, in their order.
pub struct OpenUploads {
    connection: Arc<Connection>,
    buffer: usize,
    sinks: Vec<Box<dyn UploadSink>>,
}

impl OpenUploads {
    pub(crate) fn new(connection: Arc<Connection>, buffer: usize) -> Self {
        Self {
            connection,
            buffer,
            sinks: Vec::new(),
        }
    }

    pub(crate) fn into_sinks(self) -> Vec<Box<dyn UploadSink>> {
        self.sinks
    }
}

impl fmt::Debug for OpenUploads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenUploads")
            .field("len", &self.sinks.len())
            .finish_non_exhaustive()
    }
}

impl<T: DeserializeOwned> Argument for T {
    const IS_UPLOAD: bool = false;

    fn bind(binding: &mut Binding<'_>, _: &mut OpenUploads) -> Result<Self, BindError> {
        binding.take()
    }
}

impl<T: DeserializeOwned + Send + 'static> Argument for Upload<T> {
    const IS_UPLOAD: bool = true;

    fn bind(_: &mut Binding<'_>, uploads: &mut OpenUploads) -> Result<Self, BindError> {
        let connection = Arc::clone(&uploads.connection);
        let (upload, sink) = upload::open(connection, uploads.buffer);
        uploads.sinks.push(sink);
        Ok(upload)
    }
}

impl FromArguments for () {
    const UPLOADS: usize = 0;

    fn from_arguments(arguments: &Arguments<'_>, _: &mut OpenUploads) -> Result<Self, BindError> {
        arguments.bind(0).map(drop)
    }
}

macro_rules! tuples {
    ($($count:literal: $($member:ident)+;)+) => {$(
        impl<$($member: Argument),+> FromArguments for ($($member,)+) {
            const UPLOADS: usize = 0 $(+ $member::IS_UPLOAD as usize)+;

            fn from_arguments(
                arguments: &Arguments<'_>,
                uploads: &mut OpenUploads,
            ) -> Result<Self, BindError> {
                let mut binding = arguments.bind($count - Self::UPLOADS)?;
                Ok(($($member::bind(&mut binding, uploads)?,)+))
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
