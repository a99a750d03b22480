use std::{error::Error, fmt};

/// Why a hub method failed.
///
/// Any error converts into it with `?`; its text then stays on the server, unless the hub's
/// configuration asks for detailed errors. [`HubError::new`] makes one whose text the caller is told.
pub struct HubError(Kind);

enum Kind {
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

    /// What follows the fixed part of the text that the caller is told, if anything does.
    pub(crate) fn told(&self, detailed: bool) -> Option<String> {
        match &self.0 {
            Kind::Told(message) => Some(format!("HubException: {message}")),
            Kind::Kept { name, error } => detailed.then(|| format!("{name}: {error}")),
        }
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for HubError {
    fn from(error: E) -> Self {
        let path = std::any::type_name::<E>();
        let name = path
            .split('<')
            .next()
            .and_then(|path| path.rsplit("::").next());
        Self(Kind::Kept {
            name: name.unwrap_or(path),
            error: Box::new(error),
        })
    }
}

impl fmt::Debug for HubError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Told(message) => f.debug_tuple("HubError").field(message).finish(),
            Kind::Kept { error, .. } => f.debug_tuple("HubError").field(error).finish(),
        }
    }
}

/// The whole text, for logs.
impl fmt::Display for HubError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Told(message) => f.write_str(message),
            Kind::Kept { error, .. } => error.fmt(f),
        }
    }
}
