use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::{
    opening::{self, Opener},
    raw::Raw,
    transport::Wire,
};
use crate::{
    config::HubConfig,
    http::Head,
    hub::{Core, Panicked},
    identity::Identity,
    metrics::Metrics,
};

/// What stands behind the transports of an endpoint.
#[derive(Clone, Debug)]
pub(super) enum Application {
    Hub(Arc<Core>),
    Raw(Arc<Raw>),
}

impl Application {
    pub(super) fn config(&self) -> &HubConfig {
        match self {
            Self::Hub(core) => &core.config,
            Self::Raw(raw) => &raw.config,
        }
    }

    pub(super) fn metrics(&self) -> &Metrics {
        match self {
            Self::Hub(core) => &core.metrics,
            Self::Raw(raw) => &raw.metrics,
        }
    }

    /// The user that a request belongs to.
    pub(super) fn user_of(&self, head: &Head) -> Result<Option<Arc<str>>, Panicked> {
        match self {
            Self::Hub(core) => core.user_of(head),
            Self::Raw(_) => {
                let identity = head.identity.as_ref();
                Ok(identity.and_then(|identity| identity.user.clone()))
            }
        }
    }

    /// The person behind a connection has shown that it is still there.
    pub(super) fn extend(&self, id: &str, identity: Option<&Identity>) {
        match self {
            Self::Hub(core) => core.extend(id, identity),
            Self::Raw(_) => {}
        }
    }

    /// Runs one connection to its end.
    pub(super) async fn run(
        self,
        wire: Wire,
        id: Arc<str>,
        opener: Opener,
        stop: CancellationToken,
    ) {
        match self {
            Self::Hub(core) => opening::run(wire, core, id, opener, stop).await,
            Self::Raw(raw) => raw.run(wire, id, opener, stop).await,
        }
    }
}
