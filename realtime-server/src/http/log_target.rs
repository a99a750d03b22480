use std::fmt;

use super::Target;

/// Names of query members whose values are no secrets. They are compared once they are decoded.
const HARMLESS: [&str; 4] = ["negotiateVersion", "useStatefulReconnect", "topic", "count"];
/// Characters of a path, and of a value, that are logged.
const LOGGED: usize = 256;

/// A target as it may be logged: the members of its query that are known to be harmless, and how
/// many others there are, any of which can be a secret.
pub(crate) struct ForLog<'a>(&'a Target);

impl<'a> ForLog<'a> {
    pub(super) fn new(target: &'a Target) -> Self {
        Self(target)
    }
}

impl fmt::Display for ForLog<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.0.path();
        f.write_str(path.get(..LOGGED).unwrap_or(path))?;
        let mut hidden = 0_usize;
        let mut separator = '?';
        for (name, value) in self.0.pairs() {
            let is_harmless = |known: &&str| name.eq_ignore_ascii_case(known);
            if HARMLESS.iter().any(is_harmless) {
                let value: String = value.escape_debug().take(LOGGED).collect();
                write!(f, "{separator}{name}={value}")?;
                separator = '&';
            } else {
                hidden += 1;
            }
        }
        if hidden > 0 {
            write!(f, "{separator}…({hidden})")?;
        }
        Ok(())
    }
}
