use std::{sync::Arc, time::Duration};

/// Who subscribes, as far as the application knows; by default, nobody in particular.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Subscriber {
    /// The user, who is reached by [`Target::User`](super::Target::User).
    pub user: Option<Arc<str>>,
    /// The tenant, reached by [`Target::Tenant`](super::Target::Tenant).
    pub tenant: Option<Arc<str>>,
    /// How long the subscription may last: what is left of a token's life.
    pub lifetime: Option<Duration>,
}

impl Subscriber {
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

    /// Ends the subscription after `lifetime`, to the second.
    #[must_use]
    pub fn for_at_most(mut self, lifetime: Duration) -> Self {
        self.lifetime = Some(lifetime);
        self
    }
}
