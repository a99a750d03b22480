use std::{fmt, future::Future, sync::Arc};

use serde::Serialize;

use super::{
    Answer, Call, Caller, Core, Disconnect, FromArguments, HubError, HubSetupError, Items, Method,
    Next,
    client_results::ClientResults,
    core::{BeforeFn, ConnectedFn, DisconnectedFn, MethodFn, UserIdFn},
    description::{Description, Signature},
    filter::FilterFn,
    setup::by_name,
    user_groups::UserGroups,
};
use crate::{
    auth::{Guard, Policy},
    config::{HubConfig, Origins},
    fanout::Registry,
    http::Head,
    metrics::Metrics,
};

/// A hub in the making: a state that all its methods share, and the methods by name.
///
/// Every method is a plain async function or closure of the state, the caller and a tuple of
/// arguments; what it returns is the answer to the invocation. A member of the tuple may be an
/// [`Upload`](super::Upload).
///
/// ```
/// use std::sync::Arc;
/// use realtime_server::hub::{Caller, Hub, HubError, Items};
///
/// struct Chat;
///
/// async fn send_message(_: Arc<Chat>, caller: Caller, (user, text): (String, String)) -> Result<(), HubError> {
///     Ok(caller.clients().group("lobby").send("ReceiveMessage", (user, text)).await?)
/// }
///
/// async fn count(_: Arc<Chat>, _: Caller, (to,): (u32,), items: Items<u32>) -> Result<(), HubError> {
///     for number in 1..=to {
///         items.send(number).await?;
///     }
///     Ok(())
/// }
///
/// let hub = Hub::new(Chat)
///     .method("SendMessage", send_message)
///     .method("Add", async |_, _, (a, b): (i64, i64)| Ok(a + b))
///     .stream("Count", count);
/// # drop(hub);
/// ```
pub struct Hub<S> {
    state: Arc<S>,
    config: HubConfig,
    origins: Option<Origins>,
    pub(super) methods: Vec<Method>,
    pub(super) description: Description,
    before_dispatch: Option<Box<BeforeFn>>,
    filters: Vec<Box<FilterFn>>,
    connected: Option<Box<ConnectedFn>>,
    disconnected: Option<Box<DisconnectedFn>>,
    user_id: Option<Box<UserIdFn>>,
    guard: Option<Guard>,
    invoke_policy: Option<Policy>,
    join_policy: Option<Policy>,
}

impl<S: Send + Sync + 'static> Hub<S> {
    /// A hub without methods, over `state`; an `Arc` of it may be given too, to share it with others.
    #[must_use]
    pub fn new(state: impl Into<Arc<S>>) -> Self {
        Self {
            state: state.into(),
            config: HubConfig::default(),
            origins: None,
            methods: Vec::new(),
            description: Description::default(),
            before_dispatch: None,
            filters: Vec::new(),
            connected: None,
            disconnected: None,
            user_id: None,
            guard: None,
            invoke_policy: None,
            join_policy: None,
        }
    }

    /// Replaces the default configuration.
    #[must_use]
    pub fn config(mut self, config: HubConfig) -> Self {
        self.config = config;
        self
    }

    /// Says which pages may connect, instead of those that the [server](crate::config::CorsConfig)
    /// admits.
    #[must_use]
    pub fn origins(mut self, origins: Origins) -> Self {
        self.origins = Some(origins);
        self
    }

    pub(crate) fn own_origins(&self) -> Option<&Origins> {
        self.origins.as_ref()
    }

    /// Adds the method that clients invoke as `name`, in any case of its letters.
    #[must_use]
    pub fn method<A, R, F, Fut>(self, name: &str, method: F) -> Self
    where
        A: FromArguments + Send + 'static,
        R: Serialize + Send + 'static,
        F: Fn(Arc<S>, Caller, A) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<R, HubError>> + Send + 'static,
    {
        let (state, method) = (Arc::clone(&self.state), Arc::new(method));
        let call: Box<MethodFn> = Box::new(move |invocation, uploads| {
            let arguments = A::from_arguments(&invocation.arguments, uploads)?;
            let (state, method) = (Arc::clone(&state), Arc::clone(&method));
            let (caller, reply) = (invocation.caller, invocation.reply);
            // All of the method runs inside the future, where a panic is caught.
            Ok(Box::pin(async move {
                let result = method(state, caller, arguments).await?;
                Ok(reply.result(&result)?)
            }))
        });
        self.add::<A, R>(name, false, call)
    }

    /// Adds the method that clients ask as `name` for a stream: what it sends to its
    /// [`Items`](super::Items) until it returns. When the client wants no more, sending fails, and
    /// [`Items::cancelled`](super::Items::cancelled) is over.
    #[must_use]
    pub fn stream<A, T, F, Fut>(self, name: &str, method: F) -> Self
    where
        A: FromArguments + Send + 'static,
        T: Serialize + 'static,
        F: Fn(Arc<S>, Caller, A, Items<T>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), HubError>> + Send + 'static,
    {
        let (state, method) = (Arc::clone(&self.state), Arc::new(method));
        let call: Box<MethodFn> = Box::new(move |invocation, uploads| {
            let arguments = A::from_arguments(&invocation.arguments, uploads)?;
            let (state, method) = (Arc::clone(&state), Arc::clone(&method));
            let (caller, reply) = (invocation.caller, invocation.reply);
            let scope = invocation.scope;
            Ok(Box::pin(async move {
                // A call of the wrong kind is refused before this runs, so that there is an id.
                if let Some(id) = &reply.id {
                    let items = Items::new(Arc::clone(id), scope);
                    method(state, caller, arguments, items).await?;
                }
                Ok(reply.end()?)
            }))
        });
        self.add::<A, T>(name, true, call)
    }

    /// Runs `hook` before anything is done for an invocation: before its method is looked for, which
    /// there need not be, and before its arguments are read. It is given the caller and the name of
    /// the method as the client sent it; when it fails, the invocation is refused with its text.
    ///
    /// It holds up the connection, and so is for what takes no time: counting, a limit of one's own.
    #[must_use]
    pub fn before_dispatch<F>(mut self, hook: F) -> Self
    where
        F: Fn(&S, &Caller, &str) -> Result<(), HubError> + Send + Sync + 'static,
    {
        let state = Arc::clone(&self.state);
        self.before_dispatch = Some(Box::new(move |caller, name| hook(&state, caller, name)));
        self
    }

    /// Runs `filter` around every call, the first that was added outermost: it may look at the
    /// [`Call`], refuse it with an error, or let it [run](Next::run) and see how it ended.
    ///
    /// ```
    /// use realtime_server::hub::{Hub, HubError};
    ///
    /// let hub = Hub::new(()).filter(async |_, call, next| {
    ///     if call.method() == "Delete" && call.caller().user() != Some("admin") {
    ///         return Err(HubError::unauthorized());
    ///     }
    ///     next.run().await
    /// });
    /// # drop(hub);
    /// ```
    #[must_use]
    pub fn filter<F, Fut>(mut self, filter: F) -> Self
    where
        F: Fn(Arc<S>, Call, Next) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Answer, HubError>> + Send + 'static,
    {
        let state = Arc::clone(&self.state);
        self.filters.push(Box::new(move |call, next| {
            Box::pin(filter(Arc::clone(&state), call, next))
        }));
        self
    }

    /// Lets in only whom `guard` does: to negotiate, and with each request of a connection, which
    /// all have to come from the same person. Its own guard counts instead of the server's.
    #[must_use]
    pub fn guard(mut self, guard: &Guard) -> Self {
        self.guard = Some(guard.clone());
        self
    }

    /// Only those whom `policy` allows its name may invoke the method that was added last. It is
    /// asked once the arguments fit, as in ASP.NET Core.
    ///
    /// ```
    /// use realtime_server::{auth::Policy, hub::Hub};
    ///
    /// let hub = Hub::new(())
    ///     .method("Delete", async |_, _, (_id,): (u64,)| Ok(()))
    ///     .require(Policy::claim("role", "admin"));
    /// # drop(hub);
    /// ```
    #[must_use]
    pub fn require(mut self, policy: Policy) -> Self {
        if let Some(method) = self.methods.last_mut() {
            method.policy = Some(policy);
        }
        self
    }

    /// Only those whom `policy` allows its name may invoke a method, whichever it is.
    #[must_use]
    pub fn may_invoke(mut self, policy: Policy) -> Self {
        self.invoke_policy = Some(policy);
        self
    }

    /// Only those whom `policy` allows a group may [join](Caller::join) it from a method of theirs.
    /// Who puts others into groups by [`Clients`](super::Clients) is not asked.
    #[must_use]
    pub fn may_join(mut self, policy: Policy) -> Self {
        self.join_policy = Some(policy);
        self
    }

    /// Says by the request that opens a connection to which user it belongs, for as long as it
    /// lasts. Without this, it is the user whom the guard has found out, if there is one. The
    /// negotiation is asked about, too: as far as it tells the user, it is
    /// [counted](crate::config::HubConfig::max_per_user).
    #[must_use]
    pub fn user_id(
        mut self,
        user_id: impl Fn(&Head) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.user_id = Some(Box::new(user_id));
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

    fn add<A, R>(mut self, name: &str, streams: bool, call: Box<MethodFn>) -> Self
    where
        A: FromArguments + 'static,
        R: 'static,
    {
        self.methods.push(Method {
            name: name.into(),
            streams,
            uploads: A::UPLOADS,
            call,
            signature: Signature::of::<A, R>(),
            description: None,
            policy: None,
        });
        self
    }

    pub(crate) fn guard_of_all(&self) -> Option<Guard> {
        self.guard.clone()
    }

    pub(crate) fn build(
        self,
        path: &str,
        metrics: Arc<Metrics>,
    ) -> Result<Arc<Core>, HubSetupError> {
        Ok(Arc::new(Core {
            path: path.into(),
            registry: Arc::new(Registry::new()),
            metrics,
            client_results: ClientResults::default(),
            user_groups: UserGroups::new(self.config.max_remembered_groups),
            methods: by_name(self.methods)?,
            before_dispatch: self.before_dispatch,
            filters: self.filters.into(),
            connected: self.connected,
            disconnected: self.disconnected,
            user_id: self.user_id,
            invoke_policy: self.invoke_policy,
            join_policy: self.join_policy,
            config: self.config,
        }))
    }
}

impl<S> fmt::Debug for Hub<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.methods.iter().map(|method| &method.name);
        f.debug_list().entries(names).finish()
    }
}
