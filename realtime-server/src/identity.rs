//! Who somebody is, once that is known.

use std::{fmt, sync::Arc, time::Duration};

use serde_json::{Map, Value};
use tokio::time::Instant;

/// Whom a request, a subscription or a connection belongs to; by default, nobody in particular.
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Identity {
    /// The user.
    pub user: Option<Arc<str>>,
    /// The tenant that the user belongs to.
    pub tenant: Option<Arc<str>>,
    /// What a token says of its bearer.
    pub claims: Map<String, Value>,
    /// When this is not true any more: the end of a token's life.
    pub until: Option<Instant>,
}

impl Identity {
    /// A user.
    #[must_use]
    pub fn user(name: impl Into<Arc<str>>) -> Self {
        Self {
            user: Some(name.into()),
            ..Self::default()
        }
    }

    /// One of the users of `tenant`.
    #[must_use]
    pub fn of_tenant(mut self, tenant: impl Into<Arc<str>>) -> Self {
        self.tenant = Some(tenant.into());
        self
    }

    /// Somebody of whom this is said, too.
    #[must_use]
    pub fn with_claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims.insert(name.to_owned(), value.into());
        self
    }

    /// Is over after `time`.
    #[must_use]
    pub fn for_at_most(mut self, time: Duration) -> Self {
        self.until = Instant::now().checked_add(time);
        self
    }

    /// How long this is still true; `None` for ever.
    #[must_use]
    pub fn time_left(&self) -> Option<Duration> {
        let until = self.until?;
        Some(until.saturating_duration_since(Instant::now()))
    }

    /// Whether the claim `name` is `value`, or a list that has it.
    #[must_use]
    pub fn has_claim(&self, name: &str, value: &Value) -> bool {
        match self.claims.get(name) {
            Some(Value::Array(values)) => values.contains(value),
            Some(known) => known == value,
            None => false,
        }
    }

    /// Whether `scope` is among those that were granted: the words of the claim `scope`
    /// (RFC 8693 section 4.2), or the claim `scp`, a text of words or a list.
    #[must_use]
    pub fn has_scope(&self, scope: &str) -> bool {
        let has = |claim: &str| match self.claims.get(claim) {
            Some(Value::String(words)) => words.split(' ').any(|word| word == scope),
            Some(Value::Array(words)) => words.iter().any(|word| word == scope),
            _ => false,
        };
        has("scope") || has("scp")
    }

    /// Whether both are the same person: the same user of the same tenant.
    #[must_use]
    pub fn is_same_person(&self, other: &Self) -> bool {
        self.user == other.user
            && self.tenant == other.tenant
            && self.claims.get("iss") == other.claims.get("iss")
    }
}

impl fmt::Debug for Identity {
    /// Without the claims, which can be anything.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("user", &self.user)
            .field("tenant", &self.tenant)
            .finish_non_exhaustive()
    }
}
