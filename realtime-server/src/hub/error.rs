use std::{any::type_name, error::Error, fmt};

use super::{GroupError, InvokeError, UploadError};

/// The exception of ASP.NET Core whose text clients are always told.
pub(super) const HUB_EXCEPTION: &str = "HubException";

/// Why a hub method failed.
///
/// Any error converts into it with `?`; its text then stays on the server, unless the hub's
/// configuration asks for detailed errors. [`HubError::new`] makes one whose text the caller is told.
pub struct HubError(Kind);

enum Kind {
    Unauthorized,
    Told(String),
    Kept {
        name: &'static str,
        error: Box<dyn Error + Send + Sync>,
    },
}

impl HubError {
    /// An error whose `message` the caller is told, as that of a `HubException` in ASP.NET Core.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self(Kind::Told(message.into()))
    }

    /// Says that the caller may not do this, as ASP.NET Core says it.
    #[must_use]
    pub const fn unauthorized() -> Self {
        Self(Kind::Unauthorized)
    }

    pub(crate) fn is_unauthorized(&self) -> bool {
        matches!(self.0, Kind::Unauthorized)
    }

    /// What follows the fixed part of the text that the caller is told, if anything does.
    pub(crate) fn told(&self, detailed: bool) -> Option<String> {
        match &self.0 {
            Kind::Unauthorized => None,
            Kind::Told(message) => Some(format!("{HUB_EXCEPTION}: {message}")),
            Kind::Kept { name, error } => detailed.then(|| format!("{name}: {error}")),
        }
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for HubError {
    /// What a client said as an error is told to the caller, as in ASP.NET Core, where it comes as
    /// a `HubException`.
    fn from(error: E) -> Self {
        let error: Box<dyn Error + Send + Sync> = Box::new(error);
        if error.downcast_ref() == Some(&GroupError::Forbidden) {
            return Self::unauthorized();
        }
        let exception = if let Some(error) = error.downcast_ref::<InvokeError>() {
            error.exception()
        } else if let Some(error) = error.downcast_ref::<UploadError>() {
            error.exception()
        } else {
            short_name(type_name::<E>())
        };
        if exception == HUB_EXCEPTION {
            return Self::new(error.to_string());
        }
        Self(Kind::Kept {
            name: exception,
            error,
        })
    }
}

/// The name of a type without its path and its parameters.
fn short_name(path: &'static str) -> &'static str {
    let name = path
        .split('<')
        .next()
        .and_then(|path| path.rsplit("::").next());
    name.unwrap_or(path)
}

impl fmt::Debug for HubError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Unauthorized => f.write_str("HubError(Unauthorized)"),
            Kind::Told(message) => f.debug_tuple("HubError").field(message).finish(),
            Kind::Kept { error, .. } => f.debug_tuple("HubError").field(error).finish(),
        }
    }
}

/// The whole text, for logs.
impl fmt::Display for HubError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Unauthorized => f.write_str("the caller is not authorized"),
            Kind::Told(message) => f.write_str(message),
            Kind::Kept { error, .. } => error.fmt(f),
        }
    }
}
