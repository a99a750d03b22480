use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::{Clients, Core, GroupError, Target};
use crate::fanout::{Audience, End, Member};

/// The connection that invoked a method.
#[derive(Clone, Debug)]
pub struct Caller(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    clients: Clients,
    member: Arc<Member>,
    ended: CancellationToken,
}

impl Caller {
    pub(crate) fn new(core: Arc<Core>, member: Arc<Member>) -> Self {
        Self(Arc::new(Inner {
            clients: Clients::new(core),
            member,
            ended: CancellationToken::new(),
        }))
    }

    /// The public id of the connection: what [`Clients::connection`] takes.
    #[must_use]
    pub fn connection_id(&self) -> &str {
        self.0.member.id()
    }

    /// The hub's clients: all, groups, single connections.
    #[must_use]
    pub fn clients(&self) -> &Clients {
        &self.0.clients
    }

    /// This connection, to send to.
    pub fn itself(&self) -> Target<'_> {
        self.clients()
            .target(Audience::Member(self.connection_id()))
    }

    /// Every connection but this one.
    pub fn others(&self) -> Target<'_> {
        self.clients()
            .target(Audience::Others(self.connection_id()))
    }

    /// The members of `group` but this connection.
    pub fn others_in_group<'a>(&'a self, group: &'a str) -> Target<'a> {
        self.clients()
            .target(Audience::OthersInGroup(group, self.connection_id()))
    }

    /// Puts this connection into `group`; being in it already is no error.
    ///
    /// # Errors
    /// As [`Clients::add_to_group`].
    pub async fn join(&self, group: &str) -> Result<(), GroupError> {
        self.clients()
            .add_to_group(self.connection_id(), group)
            .await
    }

    /// Takes this connection out of `group`; not being in it is no error.
    pub async fn leave(&self, group: &str) {
        self.clients()
            .remove_from_group(self.connection_id(), group)
            .await;
    }

    /// Ends this connection after what is queued for it; the client is told not to come back.
    pub fn abort(&self) {
        self.0.member.outbox().end(End::Aborted);
    }

    /// Waits until this connection has ended, so that long work for it can stop.
    pub async fn ended(&self) {
        self.0.ended.cancelled().await;
    }

    pub(crate) fn end(&self) {
        self.0.ended.cancel();
    }
}
