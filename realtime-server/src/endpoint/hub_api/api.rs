use std::{fmt, sync::Arc, time::Duration};

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use tokio::time;
use tracing::debug;

use super::{
    call::Call,
    refusal::{no_json, not_answered, not_joined, unknown, unsent},
};
use crate::{
    auth::{Access, Denied, Policy},
    http::{Method, Problem, Request, Response, Status},
    hub::{Any, Clients, Target},
    metrics::Metrics,
};

/// What can be done, where it stands below the base path, and by which method.
pub(crate) const ROUTES: [(Method, &str, Action); 9] = [
    (Method::Post, "/{hub}/send", Action::SendToAll),
    (
        Method::Post,
        "/{hub}/groups/{group}/send",
        Action::SendToGroup,
    ),
    (Method::Post, "/{hub}/users/{user}/send", Action::SendToUser),
    (
        Method::Post,
        "/{hub}/connections/{connection}/send",
        Action::SendToConnection,
    ),
    (
        Method::Post,
        "/{hub}/connections/{connection}/invoke",
        Action::Invoke,
    ),
    (
        Method::Put,
        "/{hub}/groups/{group}/connections/{connection}",
        Action::Join,
    ),
    (
        Method::Delete,
        "/{hub}/groups/{group}/connections/{connection}",
        Action::Leave,
    ),
    (
        Method::Delete,
        "/{hub}/connections/{connection}",
        Action::Disconnect,
    ),
    (Method::Get, "/{hub}/groups/{group}", Action::List),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    SendToAll,
    SendToGroup,
    SendToUser,
    SendToConnection,
    Invoke,
    Join,
    Leave,
    Disconnect,
    List,
}

/// Hubs by name, which whoever may drives over HTTP; see
/// [`ServerBuilder::hub_api`](crate::server::ServerBuilder::hub_api).
///
/// The body of a request to send or to invoke is `{"target", "arguments"?}`.
#[derive(Clone)]
pub struct HubApi {
    hubs: Vec<Known>,
    access: Arc<Access>,
    metrics: Arc<Metrics>,
}

#[derive(Clone)]
struct Known {
    name: Box<str>,
    clients: Clients,
    policy: Option<Policy>,
}

/// For how many connections of this server a message was queued.
#[derive(JsonSchema, Serialize)]
#[schemars(rename = "HubReceipt")]
pub(super) struct Receipt {
    connections: usize,
}

/// What a client returned.
#[derive(JsonSchema, Serialize)]
#[schemars(rename = "HubAnswer")]
pub(super) struct Answer {
    #[schemars(with = "serde_json::Value")]
    result: Box<RawValue>,
}

/// Who is in a group.
#[derive(JsonSchema, Serialize)]
#[schemars(rename = "HubMembers")]
pub(super) struct Members<'a> {
    group: &'a str,
    connections: Vec<&'a str>,
}

impl HubApi {
    /// How long a client may take to answer an invocation: less than handlers of requests may.
    pub const ANSWER_TIMEOUT: Duration = Duration::from_secs(25);

    /// An API to no hub yet, for those whom `access` knows.
    #[must_use]
    pub fn new(access: impl Into<Arc<Access>>, metrics: Arc<Metrics>) -> Self {
        Self {
            hubs: Vec::new(),
            access: access.into(),
            metrics,
        }
    }

    /// Makes the hub of `clients` known as `name`.
    #[must_use]
    pub fn with_hub(mut self, name: &str, clients: &Clients) -> Self {
        self.hubs.push(Known {
            name: name.into(),
            clients: clients.clone(),
            policy: None,
        });
        self
    }

    /// Of those who may drive hubs, only those whom `policy` allows the path may drive the hub that
    /// was added last.
    #[must_use]
    pub fn restrict(mut self, policy: Policy) -> Self {
        if let Some(known) = self.hubs.last_mut() {
            known.policy = Some(policy);
        }
        self
    }

    /// Whom the guard of its routes has to know.
    pub(crate) fn access(&self) -> &Arc<Access> {
        &self.access
    }

    /// Answers a request at the route of `action` that its guard has let in.
    pub(crate) async fn answer(&self, action: Action, request: &Request) -> Response {
        let peer = request.head.peer;
        if let Err(denied) = self.check_policy(request) {
            self.metrics.publications_refused.incr();
            denied.count(&self.metrics);
            debug!(%peer, %denied, "hub request refused");
            return denied.into();
        }
        self.act(action, request).await.unwrap_or_else(|problem| {
            self.metrics.publications_refused.incr();
            debug!(%peer, detail = problem.detail, "hub request refused");
            problem.into()
        })
    }

    fn check_policy(&self, request: &Request) -> Result<(), Denied> {
        let who = request.head.identity.as_deref();
        match self.find(request).and_then(|known| known.policy.as_ref()) {
            Some(policy) => policy.check(who, request.path()),
            None => Ok(()),
        }
    }

    fn find(&self, request: &Request) -> Option<&Known> {
        let name = request.param("hub").unwrap_or_default();
        self.hubs.iter().find(|known| *known.name == *name)
    }

    async fn act(&self, action: Action, request: &Request) -> Result<Response, Problem> {
        let param = |name| request.param(name).unwrap_or_default();
        let Known { clients, .. } = self.find(request).ok_or_else(|| unknown("hub"))?;
        let client = clients.connection(param("connection"));
        let connected = || {
            let is_connected = client.is_connected().then_some(());
            is_connected.ok_or_else(|| unknown("connection"))
        };
        match action {
            Action::SendToAll => send(clients.all(), request).await,
            Action::SendToGroup => send(clients.group(param("group")), request).await,
            Action::SendToUser => send(clients.user(param("user")), request).await,
            Action::SendToConnection => {
                connected()?;
                send(clients.connections(&[param("connection")]), request).await
            }
            Action::Invoke => {
                let Call { target, arguments } = Call::read(request)?;
                let asked = client.invoke::<Any, _>(&target, arguments);
                match time::timeout(Self::ANSWER_TIMEOUT, asked).await {
                    Ok(Ok(result)) => {
                        let result = to_raw_value(&result).map_err(|error| no_json(&error))?;
                        Ok(Response::json(Status::OK, &Answer { result }))
                    }
                    Ok(Err(error)) => Err(not_answered(&error)),
                    Err(_) => Err(Problem::new(Status::GATEWAY_TIMEOUT)
                        .with_detail("the client did not answer in time")),
                }
            }
            Action::Join => {
                connected()?;
                let joined = clients.add_to_group(param("connection"), param("group"));
                joined.await.map_err(not_joined)?;
                Ok(Response::empty(Status::NO_CONTENT))
            }
            Action::Leave => {
                let left = clients.remove_from_group(param("connection"), param("group"));
                left.await;
                Ok(Response::empty(Status::NO_CONTENT))
            }
            Action::Disconnect => {
                if !client.disconnect().await {
                    return Err(unknown("connection"));
                }
                Ok(Response::empty(Status::NO_CONTENT))
            }
            Action::List => {
                let group = param("group");
                let ids = clients.group(group).ids();
                let connections = ids.iter().map(|id| &**id).collect();
                Ok(Response::json(Status::OK, &Members { group, connections }))
            }
        }
    }
}

async fn send(target: Target<'_>, request: &Request) -> Result<Response, Problem> {
    let call = Call::read(request)?;
    let connections = target.count();
    let sent = target.send(&call.target, call.arguments).await;
    sent.map_err(|error| unsent(&error))?;
    Ok(Response::json(Status::OK, &Receipt { connections }))
}

impl fmt::Debug for HubApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.hubs.iter().map(|known| &known.name);
        f.debug_list().entries(names).finish()
    }
}
