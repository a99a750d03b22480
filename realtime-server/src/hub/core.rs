use std::{collections::HashMap, fmt, sync::Arc};

use futures_util::future::BoxFuture;
use serde_json::value::RawValue;
use signalr_protocol::{Arguments, BindError};

use super::{
    Caller, Disconnect, HubError,
    description::{MethodDescription, Signature},
};
use crate::{config::HubConfig, fanout::Registry, metrics::Metrics};

/// A started hub method, which gives what it answers, already in JSON.
pub(crate) type Invocation = BoxFuture<'static, Result<Box<RawValue>, HubError>>;

pub(super) type MethodFn =
    dyn Fn(Caller, &Arguments<'_>) -> Result<Invocation, BindError> + Send + Sync;
pub(super) type ConnectedFn =
    dyn Fn(Caller) -> BoxFuture<'static, Result<(), HubError>> + Send + Sync;
pub(super) type DisconnectedFn = dyn Fn(Caller, Disconnect) -> BoxFuture<'static, ()> + Send + Sync;

/// A hub with its types erased: what the protocol side dispatches to.
pub(crate) struct Core {
    pub(crate) config: HubConfig,
    pub(crate) registry: Arc<Registry>,
    pub(crate) metrics: Arc<Metrics>,
    /// By the lower-case name: names are matched without case.
    pub(super) methods: HashMap<String, Method>,
    pub(super) connected: Option<Box<ConnectedFn>>,
    pub(super) disconnected: Option<Box<DisconnectedFn>>,
}

/// One registered method.
pub(crate) struct Method {
    /// The name as it was registered.
    pub(crate) name: Box<str>,
    pub(super) call: Box<MethodFn>,
    pub(super) signature: Signature,
    pub(super) description: Option<MethodDescription>,
}

impl Core {
    pub(crate) fn method(&self, target: &str) -> Option<&Method> {
        // Names are short and mostly sent as registered, but the look-up cannot know it.
        self.methods.get(&target.to_lowercase())
    }

    pub(crate) async fn connected(&self, caller: Caller) -> Result<(), HubError> {
        match &self.connected {
            Some(hook) => hook(caller).await,
            None => Ok(()),
        }
    }

    pub(crate) async fn disconnected(&self, caller: Caller, reason: Disconnect) {
        if let Some(hook) = &self.disconnected {
            hook(caller, reason).await;
        }
    }
}

impl Method {
    /// Binds the arguments and starts the method.
    pub(crate) fn call(
        &self,
        caller: Caller,
        arguments: &Arguments<'_>,
    ) -> Result<Invocation, BindError> {
        (self.call)(caller, arguments)
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hub")
            .field("registry", &self.registry)
            .finish_non_exhaustive()
    }
}
