use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::{opening, raw::Raw, transport::Wire};
use crate::{config::HubConfig, http::Head, hub::Core, metrics::Metrics};

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

    /// Runs one connection to its end. `head` is that of its first transport request.
    pub(super) async fn run(self, wire: Wire, id: Arc<str>, head: Head, stop: CancellationToken) {
        match self {
            Self::Hub(core) => opening::run(wire, core, id, head, stop).await,
            Self::Raw(raw) => raw.run(wire, id, head, stop).await,
        }
    }
}
