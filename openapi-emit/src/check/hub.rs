//! Hubs and their methods.

use crate::components::is_component_name;
use crate::error::{BuildError, Part};
use crate::hub::{Hub, HubMethod, Reply};

pub(super) fn check<'a>(hubs: impl Iterator<Item = &'a Hub>) -> Result<(), BuildError> {
    let mut seen: Vec<&str> = Vec::new();
    for hub in hubs {
        check_name(Part::Hub, &hub.name, &seen)?;
        seen.push(&hub.name);
        check_methods(&hub.methods)?;
        check_methods(&hub.client_methods)?;
        let streaming = |method: &&HubMethod| {
            matches!(method.reply, Reply::Items(_)) || !method.uploads.is_empty()
        };
        if let Some(method) = hub.client_methods.iter().find(streaming) {
            return Err(BuildError::StreamingClientMethod {
                name: method.name.clone(),
            });
        }
    }
    Ok(())
}

fn check_methods(methods: &[HubMethod]) -> Result<(), BuildError> {
    let mut seen: Vec<&str> = Vec::new();
    for method in methods {
        check_name(Part::Method, &method.name, &seen)?;
        seen.push(&method.name);
    }
    Ok(())
}

fn check_name(part: Part, name: &str, seen: &[&str]) -> Result<(), BuildError> {
    let name = name.to_owned();
    if !is_component_name(&name) {
        Err(BuildError::InvalidName { part, name })
    } else if seen.contains(&name.as_str()) {
        Err(BuildError::Duplicate { part, name })
    } else {
        Ok(())
    }
}
