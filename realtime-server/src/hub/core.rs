use std::{collections::HashMap, fmt, sync::Arc};

use futures_util::future::BoxFuture;
use signalr_protocol::{Arguments, BindError};
use tracing::debug;

use super::{
    Caller, Connection, Disconnect, HubError, OpenUploads, Panicked, Reply, Scope, Work,
    client_results::ClientResults,
    description::{MethodDescription, Signature},
    filter::{self, FilterFn},
    scope::Stage,
    user_groups::UserGroups,
};
use crate::{
    auth::Policy,
    config::HubConfig,
    fanout::{GroupLimit, Registry, Seat},
    http::Head,
    identity::Identity,
    metrics::Metrics,
};

pub(super) type MethodFn =
    dyn Fn(Begin<'_>, &mut OpenUploads) -> Result<Work, BindError> + Send + Sync;
pub(super) type BeforeFn = dyn Fn(&Caller, &str) -> Result<(), HubError> + Send + Sync;
pub(super) type ConnectedFn =
    dyn Fn(Caller) -> BoxFuture<'static, Result<(), HubError>> + Send + Sync;
pub(super) type DisconnectedFn = dyn Fn(Caller, Disconnect) -> BoxFuture<'static, ()> + Send + Sync;
pub(super) type UserIdFn = dyn Fn(&Head) -> Option<String> + Send + Sync;

/// A hub with its types erased: what the protocol side dispatches to.
pub(crate) struct Core {
    /// Where clients find it.
    pub(crate) path: Box<str>,
    pub(crate) config: HubConfig,
    pub(crate) registry: Arc<Registry>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) client_results: ClientResults,
    pub(super) user_groups: UserGroups,
    /// By the lower-case name: names are matched without case.
    pub(super) methods: HashMap<String, Method>,
    pub(super) before_dispatch: Option<Box<BeforeFn>>,
    pub(super) filters: Arc<[Box<FilterFn>]>,
    pub(super) connected: Option<Box<ConnectedFn>>,
    pub(super) disconnected: Option<Box<DisconnectedFn>>,
    pub(super) user_id: Option<Box<UserIdFn>>,
    pub(super) invoke_policy: Option<Policy>,
    pub(super) join_policy: Option<Policy>,
}

/// One registered method.
pub(crate) struct Method {
    /// The name as it was registered.
    pub(crate) name: Arc<str>,
    /// Whether it answers with a stream.
    pub(crate) streams: bool,
    /// How many streams of the client it takes.
    pub(crate) uploads: usize,
    pub(super) call: Box<MethodFn>,
    pub(super) signature: Signature,
    pub(super) description: Option<MethodDescription>,
    /// Who may invoke it, if that is not for everybody here.
    pub(super) policy: Option<Policy>,
}

/// An invocation whose method is to begin.
pub(crate) struct Begin<'a> {
    pub(crate) scope: Arc<Scope>,
    pub(crate) caller: Caller,
    pub(crate) arguments: Arguments<'a>,
    pub(crate) reply: Reply,
}

impl Core {
    pub(crate) fn method(&self, target: &str) -> Option<&Method> {
        // Names are short and mostly sent as registered, but the look-up cannot know it.
        self.methods.get(&target.to_lowercase())
    }

    /// Whether an invocation of `target` may be looked at.
    pub(crate) fn before_dispatch(
        &self,
        caller: &Caller,
        target: &str,
    ) -> Result<Result<(), HubError>, Panicked> {
        match &self.before_dispatch {
            Some(hook) => self.guard("before_dispatch", || hook(caller, target)),
            None => Ok(Ok(())),
        }
    }

    /// Whether a connection may invoke `method`.
    pub(crate) fn allows(&self, method: &Method, connection: &Connection) -> bool {
        let policies = [&self.invoke_policy, &method.policy];
        let mut policies = policies.into_iter().flatten();
        policies.all(|policy| self.is_allowed(policy, &method.name, connection))
    }

    /// Whether a connection may join `group` by itself.
    pub(super) fn allows_to_join(&self, group: &str, connection: &Connection) -> bool {
        let policy = self.join_policy.as_ref();
        policy.is_none_or(|policy| self.is_allowed(policy, group, connection))
    }

    fn is_allowed(&self, policy: &Policy, name: &str, connection: &Connection) -> bool {
        let who = connection.principal.identity();
        let checked = policy.check(who.as_deref(), name);
        checked
            .inspect_err(|denied| denied.count(&self.metrics))
            .is_ok()
    }

    /// The user that a request belongs to.
    pub(crate) fn user_of(&self, head: &Head) -> Result<Option<Arc<str>>, Panicked> {
        let Some(user_id) = &self.user_id else {
            let identity = head.identity.as_ref();
            return Ok(identity.and_then(|identity| identity.user.clone()));
        };
        let user = self.guard("user_id", || user_id(head))?;
        Ok(user.map(Into::into))
    }

    /// Binds the arguments of an invocation, whose types are the application's. The method begins
    /// with the first poll of its work.
    pub(crate) fn begin(
        &self,
        method: &Method,
        invocation: Begin<'_>,
        uploads: &mut OpenUploads,
    ) -> Result<Result<Work, BindError>, Panicked> {
        let caller = invocation.caller.clone();
        let bound = self.guard(&method.name, || (method.call)(invocation, uploads))?;
        Ok(bound.map(|work| filter::filtered(&self.filters, caller, &method.name, work)))
    }

    /// Puts a connection that has just become known into the groups of its user.
    pub(crate) fn enter(&self, seat: &Seat) {
        let member = seat.member();
        let Some(user) = member.user() else {
            return;
        };
        let limit = GroupLimit(self.config.max_groups);
        self.user_groups.enter(user, |group| {
            if self.registry.join(member.id(), group, limit).is_err() {
                debug!(connection = %member.id(), "a user is in more groups than a connection may be");
            }
        });
    }

    /// Lets a connection live as long as what is known of its person, where that is asked for.
    pub(crate) fn extend(&self, id: &str, who: Option<&Identity>) {
        if self.config.close_on_expiration
            && let Some(time) = who.and_then(Identity::time_left)
            && let Some(member) = self.registry.member(id)
        {
            self.registry.expire_after(&member, time);
        }
    }

    /// Takes a connection out of everything, and remembers its groups where that is wanted.
    pub(crate) fn leave(&self, seat: Seat) {
        let lifetime = self.config.groups_kept;
        if let Some(user) = seat.member().user().filter(|_| !lifetime.is_zero()) {
            let groups = seat.member().group_names();
            if !self.user_groups.leave(user, groups, lifetime) {
                debug!("the groups of a user are not remembered: there are too many");
            }
        }
        drop(seat);
    }

    pub(crate) async fn connected(
        self: Arc<Self>,
        connection: Arc<Connection>,
    ) -> Result<Result<(), HubError>, Panicked> {
        let Some(hook) = &self.connected else {
            return Ok(Ok(()));
        };
        let caller = self.caller(connection, Stage::Connecting);
        // A hook may panic before it gives its future, too.
        let taken_in = async { hook(caller).await };
        self.guard_async("on_connected", taken_in).await
    }

    pub(crate) async fn disconnected(
        self: Arc<Self>,
        connection: Arc<Connection>,
        reason: Disconnect,
    ) {
        if let Some(hook) = &self.disconnected {
            let caller = self.caller(connection, Stage::Disconnecting);
            let seen_off = async { hook(caller, reason).await };
            // The connection is over either way.
            let _ = self.guard_async("on_disconnected", seen_off).await;
        }
    }

    fn caller(self: &Arc<Self>, connection: Arc<Connection>, stage: Stage) -> Caller {
        Caller::new(Arc::clone(self), Arc::new(Scope::new(connection, stage)))
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hub")
            .field("registry", &self.registry)
            .finish_non_exhaustive()
    }
}
