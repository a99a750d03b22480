use std::sync::Arc;

use super::{Access, Denied, Policy, access::Known};
use crate::{http::Head, identity::Identity};

/// What stands before a route, a stream or a hub: it lets in whom its access knows and its policy
/// allows, by the head of the request alone.
#[derive(Clone, Debug)]
pub struct Guard {
    access: Arc<Access>,
    policy: Option<Policy>,
    admits_nobody: bool,
}

/// Whether the query may carry the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum QueryToken {
    Taken,
    Ignored,
}

/// What becomes of a request.
#[derive(Debug)]
pub(crate) enum Entry {
    /// It is let in.
    Open(Option<Arc<Identity>>),
    /// It is not.
    Shut(Denied),
    /// That depends on keys which have to be fetched first.
    Later,
}

impl Guard {
    /// Lets in whomever `access` knows.
    #[must_use]
    pub fn new(access: impl Into<Arc<Access>>) -> Self {
        Self {
            access: access.into(),
            policy: None,
            admits_nobody: false,
        }
    }

    /// Of those it lets in whom `policy` allows the path, as routing has understood it, however it was
    /// written: literals as they were registered, the values of parameters decoded, no slash at the
    /// end. A `/` or `%` inside of a segment is `%2F` or `%25`.
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = Some(policy);
        self
    }

    /// Lets in who shows nothing, too, as nobody who is known. A token that is no good is refused
    /// all the same.
    #[must_use]
    pub fn or_anybody(mut self) -> Self {
        self.admits_nobody = true;
        self
    }

    pub(crate) fn access(&self) -> &Arc<Access> {
        &self.access
    }

    /// Whether it matters to it which path of a route is asked for.
    pub(crate) fn minds_path(&self) -> bool {
        self.policy.is_some()
    }

    /// Whether it lets in who shows nothing.
    pub(crate) fn admits_nobody(&self) -> bool {
        self.admits_nobody
    }

    /// Decides by the head of a request for `path`.
    pub(crate) fn look(&self, head: &Head, query: QueryToken, path: &str) -> Entry {
        let who = match self.access.recognise(head, query) {
            Ok(Known::Somebody(who)) => Some(who),
            Ok(Known::Later) => return Entry::Later,
            Err(Denied::Missing) if self.admits_nobody => None,
            Err(denied) => return Entry::Shut(denied),
        };
        match self.permits(who.as_deref(), path) {
            Ok(()) => Entry::Open(who),
            Err(denied) => Entry::Shut(denied),
        }
    }

    /// Looks again once keys have been fetched.
    pub(crate) async fn look_later(
        &self,
        head: &Head,
        query: QueryToken,
        path: &str,
    ) -> Result<Option<Arc<Identity>>, Denied> {
        self.access.refresh().await;
        match self.look(head, query, path) {
            Entry::Open(who) => Ok(who),
            Entry::Shut(denied) => Err(denied),
            Entry::Later => Err(Denied::Unknown),
        }
    }

    fn permits(&self, who: Option<&Identity>, path: &str) -> Result<(), Denied> {
        match &self.policy {
            Some(policy) => policy.check(who, path),
            None => Ok(()),
        }
    }
}
