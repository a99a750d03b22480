use std::{collections::HashMap, error::Error, fmt};

use super::Method;

/// The methods by their names in lower case.
pub(super) fn by_name(methods: Vec<Method>) -> Result<HashMap<String, Method>, HubSetupError> {
    let mut table = HashMap::with_capacity(methods.len());
    for method in methods {
        let name = method.name.clone();
        if table.insert(name.to_lowercase(), method).is_some() {
            return Err(HubSetupError::DuplicateMethod(name.as_ref().into()));
        }
    }
    Ok(table)
}

/// Why a hub cannot be set up.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HubSetupError {
    /// Two methods have this name; case does not tell them apart.
    DuplicateMethod(Box<str>),
    /// The description of this method has other types than the method.
    MisdescribedMethod(Box<str>),
    /// The hub is described, but not this method of it.
    UndescribedMethod(Box<str>),
}

impl fmt::Display for HubSetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DuplicateMethod(name) => write!(f, "the hub method {name:?} is registered twice"),
            Self::MisdescribedMethod(name) => {
                write!(
                    f,
                    "the description of the hub method {name:?} has other types"
                )
            }
            Self::UndescribedMethod(name) => {
                write!(f, "the hub method {name:?} has no description")
            }
        }
    }
}

impl Error for HubSetupError {}
