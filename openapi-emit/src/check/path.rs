//! Paths and the parameters in them.

use crate::emit::RefOr;
use crate::error::{BuildError, Part};
use crate::parameter::{Parameter, Place};
use crate::route::Route;

pub(super) fn check(
    routes: &[Route],
    components: &[(String, Parameter)],
) -> Result<(), BuildError> {
    let mut seen: Vec<(String, &str)> = Vec::new();
    for route in routes {
        let path = route.path.as_str();
        let names = parse(path).ok_or_else(|| BuildError::InvalidPath {
            path: path.to_owned(),
        })?;
        check_parameters(route, &names, components)?;

        //= https://spec.openapis.org/oas/v3.2.0.html#paths-object
        //# Templated paths with the same hierarchy but different templated names MUST NOT exist as they are identical.
        let shape = shape(path);
        match seen.iter().find(|(known, _)| *known == shape) {
            Some((_, other)) if *other != path => {
                let (path, other) = (path.to_owned(), (*other).to_owned());
                return Err(BuildError::AmbiguousPath { path, other });
            }
            Some(_) => {}
            None => seen.push((shape, path)),
        }
    }
    Ok(())
}

fn check_parameters(
    route: &Route,
    names: &[&str],
    components: &[(String, Parameter)],
) -> Result<(), BuildError> {
    let mut declared: Vec<&Parameter> = Vec::new();
    for parameter in &route.operation.parameters {
        let parameter = match parameter {
            RefOr::Inline(parameter) => parameter,
            RefOr::Component(component) => {
                match components.iter().find(|(name, _)| name == component) {
                    Some((_, parameter)) => parameter,
                    // The check of references tells.
                    None => continue,
                }
            }
        };
        //= https://spec.openapis.org/oas/v3.2.0.html#operation-object
        //# The list MUST NOT include duplicated parameters. A unique parameter is defined by a combination of a name and location.
        if declared.iter().any(|earlier| are_one(earlier, parameter)) {
            let name = parameter.name.clone();
            return Err(BuildError::Duplicate {
                part: Part::Parameter,
                name,
            });
        }
        declared.push(parameter);
    }
    let is_path = |parameter: &&&Parameter| parameter.place == Place::Path;
    //= https://spec.openapis.org/oas/v3.2.0.html#parameter-object
    //# If `in` is `"path"`, the `name` field MUST correspond to a single template expression occurring within the path field in the Paths Object.
    let stray = declared
        .iter()
        .filter(is_path)
        .find(|it| !names.contains(&it.name.as_str()));
    if let Some(parameter) = stray {
        let name = parameter.name.clone();
        return Err(BuildError::UnusedPathParameter {
            path: route.path.clone(),
            name,
        });
    }
    //= https://spec.openapis.org/oas/v3.2.0.html#path-templating
    //# Each template expression in the path MUST correspond to a path parameter that is included in the Path Item itself and/or in each of the Path Item's Operations.
    match names
        .iter()
        .find(|&name| !declared.iter().filter(is_path).any(|it| it.name == **name))
    {
        Some(&name) => Err(BuildError::UndeclaredPathParameter {
            path: route.path.clone(),
            name: name.to_owned(),
        }),
        None => Ok(()),
    }
}

fn are_one(a: &Parameter, b: &Parameter) -> bool {
    a.place == b.place
        && match a.place {
            Place::Header => a.name.eq_ignore_ascii_case(&b.name),
            Place::Path | Place::Query | Place::Cookie => a.name == b.name,
        }
}

/// The names in braces, of a path that was checked.
pub(crate) fn parameter_names(path: &str) -> Vec<&str> {
    parse(path).unwrap_or_default()
}

//= https://spec.openapis.org/oas/v3.2.0.html#path-templating
//# Each template expression MUST NOT appear more than once in a single path template.
fn parse(path: &str) -> Option<Vec<&str>> {
    let mut names = Vec::new();
    let mut rest = path.strip_prefix('/')?;
    if rest.starts_with('/') {
        return None;
    }
    while let Some(byte) = rest.bytes().next() {
        if byte == b'{' {
            let (name, tail) = rest.get(1..)?.split_once('}')?;
            if name.is_empty() || name.contains(['{', '/']) || names.contains(&name) {
                return None;
            }
            names.push(name);
            rest = tail;
        } else {
            rest = literal(rest)?;
        }
    }
    Some(names)
}

/// Takes one `pchar` of RFC 3986 or one `/` off the front.
fn literal(rest: &str) -> Option<&str> {
    match rest.as_bytes() {
        [b'/', b'/', ..] => None,
        [b'/', ..] => rest.get(1..),
        [b'%', high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
            rest.get(3..)
        }
        [byte, ..] if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@".contains(byte) => {
            rest.get(1..)
        }
        _ => None,
    }
}

/// The path with its parameters' names left out.
fn shape(path: &str) -> String {
    let mut shape = String::with_capacity(path.len());
    let mut in_braces = false;
    for character in path.chars() {
        in_braces = in_braces && character != '}';
        if !in_braces {
            shape.push(character);
        }
        in_braces = in_braces || character == '{';
    }
    shape
}
