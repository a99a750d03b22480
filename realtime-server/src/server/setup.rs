use std::{error::Error, fmt};

use openapi_emit::BuildError;

use super::pattern::PatternError;
use crate::{http::Method, hub::HubSetupError};

/// Why a server cannot be set up.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SetupError {
    /// A text is no route.
    Pattern(PatternError),
    /// Two routes take the same requests.
    DuplicateRoute {
        /// The method of both.
        method: Method,
        /// The route that came second.
        pattern: Box<str>,
    },
    /// A hub cannot be set up.
    Hub(HubSetupError),
    /// The routes cannot be documented as they are described.
    Description(BuildError),
}

impl From<PatternError> for SetupError {
    fn from(error: PatternError) -> Self {
        Self::Pattern(error)
    }
}

impl From<HubSetupError> for SetupError {
    fn from(error: HubSetupError) -> Self {
        Self::Hub(error)
    }
}

impl From<BuildError> for SetupError {
    fn from(error: BuildError) -> Self {
        Self::Description(error)
    }
}

impl fmt::Display for SetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pattern(error) => error.fmt(f),
            Self::DuplicateRoute { method, pattern } => {
                write!(f, "the route {method} {pattern} is registered twice")
            }
            Self::Hub(error) => error.fmt(f),
            Self::Description(error) => write!(f, "the routes cannot be documented: {error}"),
        }
    }
}

impl Error for SetupError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Pattern(error) => Some(error),
            Self::Hub(error) => Some(error),
            Self::Description(error) => Some(error),
            Self::DuplicateRoute { .. } => None,
        }
    }
}
