use std::{fmt, sync::Arc};

use serde_json::Value;

use super::Denied;
use crate::identity::Identity;

type Check = dyn Fn(&Identity, &str) -> bool + Send + Sync;

/// Says whether somebody may have what is called by a name: the path of a route as routing has
/// [understood](super::Guard::policy) it, the method or a
/// group of a hub, a topic of a stream. What has no name of its own, such as a stream without a
/// topic, is called by the empty text.
///
/// ```
/// use realtime_server::{auth::Policy, identity::Identity};
///
/// let own_topic = Policy::new(|who, topic| who.user.as_deref() == Some(topic));
/// let policy = own_topic.or(Policy::claim("role", "admin"));
/// let (ann, admin) = (Identity::user("ann"), Identity::user("bo").with_claim("role", "admin"));
/// assert!(policy.check(Some(&ann), "ann").is_ok());
/// assert!(policy.check(Some(&ann), "bo").is_err());
/// assert!(policy.check(Some(&admin), "ann").is_ok());
/// ```
#[derive(Clone)]
pub struct Policy(Arc<Check>);

impl Policy {
    /// A policy that is a function.
    #[must_use]
    pub fn new(check: impl Fn(&Identity, &str) -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(check))
    }

    /// Whoever it is, even nobody who is known.
    #[must_use]
    pub fn everybody() -> Self {
        Self::new(|_, _| true)
    }

    /// Whoever has a user's name.
    #[must_use]
    pub fn user() -> Self {
        Self::new(|who, _| who.user.is_some())
    }

    /// Whoever was granted `scope`.
    #[must_use]
    pub fn scope(scope: &str) -> Self {
        let scope = scope.to_owned();
        Self::new(move |who, _| who.has_scope(&scope))
    }

    /// Whoever has the claim `name` with this value, or a list with it.
    #[must_use]
    pub fn claim(name: &str, value: impl Into<Value>) -> Self {
        let (name, value) = (name.to_owned(), value.into());
        Self::new(move |who, _| who.has_claim(&name, &value))
    }

    /// Whoever both allow.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self::new(move |who, name| (self.0)(who, name) && (other.0)(who, name))
    }

    /// Whoever one of them allows.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self::new(move |who, name| (self.0)(who, name) || (other.0)(who, name))
    }

    /// Whether `who` may have what is called `name`.
    ///
    /// # Errors
    /// When not: 401 for somebody who is not known, 403 for all others.
    pub fn check(&self, who: Option<&Identity>, name: &str) -> Result<(), Denied> {
        let (is_allowed, denied) = match who {
            Some(who) => ((self.0)(who, name), Denied::Forbidden),
            None => ((self.0)(&Identity::default(), name), Denied::Missing),
        };
        is_allowed.then_some(()).ok_or(denied)
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Policy")
    }
}
