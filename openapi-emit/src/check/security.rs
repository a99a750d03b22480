//! Requirements and the schemes they name.

use crate::api::Api;
use crate::error::{BuildError, Part};
use crate::route::Route;
use crate::security::Requirement;

//= https://spec.openapis.org/oas/v3.1.2.html#security-requirement-object
//# Each name MUST correspond to a security scheme which is declared in the Security Schemes under the Components Object.
pub(super) fn check(api: &Api, routes: &[Route]) -> Result<(), BuildError> {
    let of_operations = routes
        .iter()
        .filter_map(|route| route.operation.security.as_ref());
    // The operations of a hub need not repeat what it asks for.
    let of_hubs = api.hubs().filter_map(|hub| hub.security.as_ref());
    let requirements = api
        .security
        .iter()
        .chain(of_operations.flatten())
        .chain(of_hubs.flatten());
    for requirement in requirements {
        let Requirement::Scheme { name, .. } = requirement else {
            continue;
        };
        if !api
            .components
            .security_schemes
            .iter()
            .any(|(declared, _)| declared == name)
        {
            return Err(BuildError::Unknown {
                part: Part::SecurityScheme,
                name: name.clone(),
            });
        }
    }
    Ok(())
}
