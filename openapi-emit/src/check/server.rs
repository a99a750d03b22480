//! Addresses of servers and the variables in them.

use crate::error::{BuildError, Part};
use crate::server::Server;

pub(super) fn check(server: &Server) -> Result<(), BuildError> {
    for (index, variable) in server.variables.iter().enumerate() {
        let name = || variable.name.clone();
        if server
            .variables
            .iter()
            .take(index)
            .any(|earlier| earlier.name == variable.name)
        {
            return Err(BuildError::Duplicate {
                part: Part::ServerVariable,
                name: name(),
            });
        }
        //= https://spec.openapis.org/oas/v3.2.0.html#server-variable-object
        //# If the `enum` is defined, the value MUST exist in the enum's values.
        if !variable.choices.is_empty() && !variable.choices.contains(&variable.default) {
            return Err(BuildError::InvalidServerVariable { name: name() });
        }
    }
    for part in server.url.split('{').skip(1) {
        let name = part.split('}').next().unwrap_or_default();
        if !server
            .variables
            .iter()
            .any(|variable| variable.name == name)
        {
            let name = name.to_owned();
            return Err(BuildError::Unknown {
                part: Part::ServerVariable,
                name,
            });
        }
    }
    Ok(())
}
