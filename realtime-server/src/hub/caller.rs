use std::sync::Arc;

use signalr_protocol::Transport;

use super::{Client, Clients, Connection, Core, GroupError, Scope, Target};
use crate::{
    fanout::{Audience, End},
    http::Head,
    identity::Identity,
};

/// The connection that invoked a method, and the invocation itself.
#[derive(Clone, Debug)]
pub struct Caller {
    scope: Arc<Scope>,
    clients: Clients,
}

impl Caller {
    pub(crate) fn new(core: Arc<Core>, scope: Arc<Scope>) -> Self {
        let clients = Clients::within(core, Arc::clone(&scope));
        Self { scope, clients }
    }

    /// The public id of the connection: what [`Clients::connection`] takes.
    #[must_use]
    pub fn connection_id(&self) -> &str {
        self.connection().id()
    }

    /// The user that the connection belongs to, as [`Hub::user_id`](super::Hub::user_id) or the
    /// guard said at its start.
    #[must_use]
    pub fn user(&self) -> Option<&str> {
        self.connection().member.user().map(|user| &**user)
    }

    /// What is known of the person that the connection belongs to, as of its latest request: with
    /// long polling, each poll may bring a newer token.
    #[must_use]
    pub fn identity(&self) -> Option<Arc<Identity>> {
        self.connection().principal.identity()
    }

    /// The request that opened the connection: its query, headers and peer. Of long polling it is
    /// the first poll.
    #[must_use]
    pub fn request(&self) -> &Head {
        &self.connection().origin.head
    }

    /// The transport of the connection.
    #[must_use]
    pub fn transport(&self) -> Transport {
        self.connection().origin.transport
    }

    /// A header of the invocation itself, such as `traceparent`; names are told apart by case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.scope.header(name)
    }

    /// The hub's clients: all, groups, users, single connections.
    #[must_use]
    pub fn clients(&self) -> &Clients {
        &self.clients
    }

    /// This connection, to send to and to ask.
    pub fn itself(&self) -> Client<'_> {
        self.clients.connection(self.connection_id())
    }

    /// Every connection but this one.
    pub fn others(&self) -> Target<'_> {
        self.clients.target(Audience::Others(self.connection_id()))
    }

    /// The members of `group` but this connection.
    pub fn others_in_group<'a>(&'a self, group: &'a str) -> Target<'a> {
        self.clients
            .target(Audience::OthersInGroup(group, self.connection_id()))
    }

    /// Puts this connection into `group`; being in it already is no error.
    ///
    /// # Errors
    /// As [`Clients::add_to_group`], and when [the hub](super::Hub::may_join) says no.
    pub async fn join(&self, group: &str) -> Result<(), GroupError> {
        if !self.clients.core().allows_to_join(group, self.connection()) {
            return Err(GroupError::Forbidden);
        }
        self.clients.add_to_group(self.connection_id(), group).await
    }

    /// Takes this connection out of `group`; not being in it is no error.
    pub async fn leave(&self, group: &str) {
        self.clients
            .remove_from_group(self.connection_id(), group)
            .await;
    }

    /// Keeps `value` with the connection, one of each type; gives the one that was kept before.
    pub fn keep<T: Send + 'static>(&self, value: T) -> Option<T> {
        self.connection().keep(value)
    }

    /// A clone of the value of this type that an earlier call kept with the connection.
    #[must_use]
    pub fn kept<T: Clone + 'static>(&self) -> Option<T> {
        self.connection().kept_value()
    }

    /// Ends this connection after what is queued for it; the client is told not to come back.
    pub fn abort(&self) {
        self.connection().member.outbox().end(End::Aborted);
    }

    /// Cuts the socket of this connection without a word, as a failing network would. A client that
    /// may replace its socket comes back to the same connection; any other one is lost.
    pub fn cut(&self) {
        self.connection().cut();
    }

    /// Waits until this connection has ended, so that long work for it can stop.
    pub async fn ended(&self) {
        self.connection().ended.cancelled().await;
    }

    /// Waits until the client takes this invocation back, or its connection ends.
    pub async fn cancelled(&self) {
        self.scope.cancelled().cancelled().await;
    }

    fn connection(&self) -> &Connection {
        &self.scope.connection
    }
}
