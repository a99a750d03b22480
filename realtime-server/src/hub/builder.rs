use std::{collections::HashMap, error::Error, fmt, future::Future, sync::Arc};

use serde::Serialize;
use serde_json::value::to_raw_value;

use super::{
    Caller, Core, Disconnect, FromArguments, HubError, Method,
    core::{ConnectedFn, DisconnectedFn},
    description::{Description, Signature},
};
use crate::{config::HubConfig, fanout::Registry, metrics::Metrics};

/// A hub in the making: a state that all its methods share, and the methods by name.
///
/// Every method is a plain async function or closure of the state, the caller and a tuple of
/// arguments; what it returns is the answer to the invocation.
///
/// ```
/// use std::sync::Arc;
/// use realtime_server::hub::{Caller, Hub, HubError};
///
/// struct Chat;
///
/// async fn send_message(_: Arc<Chat>, caller: Caller, (user, text): (String, String)) -> Result<(), HubError> {
///     Ok(caller.clients().group("lobby").send("ReceiveMessage", (user, text)).await?)
/// }
///
/// let hub = Hub::new(Chat)
///     .method("SendMessage", send_message)
///     .method("Add", async |_, _, (a, b): (i64, i64)| Ok(a + b));
/// # drop(hub);
/// ```
pub struct Hub<S> {
    state: Arc<S>,
    config: HubConfig,
    pub(super) methods: Vec<Method>,
    pub(super) description: Description,
    connected: Option<Box<ConnectedFn>>,
    disconnected: Option<Box<DisconnectedFn>>,
}

impl<S: Send + Sync + 'static> Hub<S> {
    /// A hub without methods, over `state`; an `Arc` of it may be given too, to share it with others.
    #[must_use]
    pub fn new(state: impl Into<Arc<S>>) -> Self {
        Self {
            state: state.into(),
            config: HubConfig::default(),
            methods: Vec::new(),
            description: Description::default(),
            connected: None,
            disconnected: None,
        }
    }

    /// Replaces the default configuration.
    #[must_use]
    pub fn config(mut self, config: HubConfig) -> Self {
        self.config = config;
        self
    }

    /// Adds the method that clients invoke as `name`, in any case of its letters.
    #[must_use]
    pub fn method<A, R, F, Fut>(mut self, name: &str, method: F) -> Self
    where
        A: FromArguments + Send + 'static,
        R: Serialize + Send + 'static,
        F: Fn(Arc<S>, Caller, A) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<R, HubError>> + Send + 'static,
    {
        let (state, method) = (Arc::clone(&self.state), Arc::new(method));
        self.methods.push(Method {
            name: name.into(),
            call: Box::new(move |caller, arguments| {
                let arguments = A::from_arguments(arguments)?;
                let (state, method) = (Arc::clone(&state), Arc::clone(&method));
                // All of the method runs inside the future, where a panic is caught.
                Ok(Box::pin(async move {
                    Ok(to_raw_value(&method(state, caller, arguments).await?)?)
                }))
            }),
            signature: Signature::of::<A, R>(),
            description: None,
        });
        self
    }

    /// Runs `hook` when a connection has passed its handshake, before its first invocation. When it
    /// fails, the connection is closed and not asked back.
    #[must_use]
    pub fn on_connected<F, Fut>(mut self, hook: F) -> Self
    where
        F: Fn(Arc<S>, Caller) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), HubError>> + Send + 'static,
    {
        let state = Arc::clone(&self.state);
        self.connected = Some(Box::new(move |caller| {
            Box::pin(hook(Arc::clone(&state), caller))
        }));
        self
    }

    /// Runs `hook` when a connection that [`on_connected`](Self::on_connected) accepted has ended.
    #[must_use]
    pub fn on_disconnected<F, Fut>(mut self, hook: F) -> Self
    where
        F: Fn(Arc<S>, Caller, Disconnect) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let state = Arc::clone(&self.state);
        self.disconnected = Some(Box::new(move |caller, reason| {
            Box::pin(hook(Arc::clone(&state), caller, reason))
        }));
        self
    }

    pub(crate) fn build(self, metrics: Arc<Metrics>) -> Result<Arc<Core>, HubSetupError> {
        let mut methods = HashMap::with_capacity(self.methods.len());
        for method in self.methods {
            let name = method.name.clone();
            if methods.insert(name.to_lowercase(), method).is_some() {
                return Err(HubSetupError::DuplicateMethod(name));
            }
        }
        Ok(Arc::new(Core {
            config: self.config,
            registry: Arc::new(Registry::new()),
            metrics,
            methods,
            connected: self.connected,
            disconnected: self.disconnected,
        }))
    }
}

impl<S> fmt::Debug for Hub<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.methods.iter().map(|method| &method.name);
        f.debug_list().entries(names).finish()
    }
}

/// Why a hub cannot be set up.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HubSetupError {
    /// Two methods have this name; case does not tell them apart.
    DuplicateMethod(Box<str>),
    /// The description of this method has other types than the method.
    MisdescribedMethod(Box<str>),
    /// The hub is described, but not this method of it.
    UndescribedMethod(Box<str>),
}

impl fmt::Display for HubSetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DuplicateMethod(name) => write!(f, "the hub method {name:?} is registered twice"),
            Self::UndescribedMethod(name) => {
                write!(f, "the hub method {name:?} has no description")
            }
            Self::MisdescribedMethod(name) => {
                write!(
                    f,
                    "the description of the hub method {name:?} has other types"
                )
            }
        }
    }
}

impl Error for HubSetupError {}
