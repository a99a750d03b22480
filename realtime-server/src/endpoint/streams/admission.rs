use std::sync::Arc;

use super::group;
use crate::{
    config::StreamConfig,
    fanout::Registry,
    http::{Problem, Request, Status},
    identity::Identity,
};

/// The groups that a subscriber is to be in: what reaches it, and what it is counted by.
#[derive(Debug)]
pub(super) struct Admission {
    address: Arc<str>,
    user: Option<Arc<str>>,
    /// The groups whose events it may see.
    pub(super) audible: Vec<Arc<str>>,
}

impl Admission {
    /// Reads the topics that are asked for: `?topic=a&topic=b`.
    pub(super) fn new(
        request: &Request,
        subscriber: &Identity,
        config: &StreamConfig,
    ) -> Result<Self, Problem> {
        let user = subscriber.user.as_deref().map(group::user);
        let mut audible: Vec<_> = topics(request, config)?
            .iter()
            .map(|topic| group::topic(topic))
            .collect();
        audible.extend(user.clone());
        audible.extend(subscriber.tenant.as_deref().map(group::tenant));
        Ok(Self {
            address: group::address(request.head.peer.ip()),
            user,
            audible,
        })
    }

    /// Refuses what would be one too many.
    pub(super) fn check_room(
        &self,
        registry: &Registry,
        config: &StreamConfig,
    ) -> Result<(), Problem> {
        if registry.len() >= config.max_subscribers {
            return Err(Problem::new(Status::SERVICE_UNAVAILABLE)
                .with_detail("the stream has as many subscribers as it may have"));
        }
        let full = |group: &str, most: Option<usize>| {
            most.is_some_and(|most| registry.group_len(group) >= most)
        };
        if full(&self.address, config.max_per_address) {
            return Err(too_many(
                "your address has as many subscriptions as it may have",
            ));
        }
        match &self.user {
            Some(user) if full(user, config.max_per_user) => Err(too_many(
                "the user has as many subscriptions as one may have",
            )),
            _ => Ok(()),
        }
    }

    pub(super) fn groups(&self) -> impl Iterator<Item = &Arc<str>> {
        self.audible.iter().chain([&self.address])
    }

    pub(super) fn sees(&self, group: &str) -> bool {
        self.audible.iter().any(|audible| **audible == *group)
    }
}

fn too_many(detail: &'static str) -> Problem {
    Problem::new(Status::TOO_MANY_REQUESTS).with_detail(detail)
}

/// The topics in the query, each once.
pub(super) fn topics(request: &Request, config: &StreamConfig) -> Result<Vec<String>, Problem> {
    let refuse = |detail: String| {
        Problem::new(Status::BAD_REQUEST)
            .with_detail(detail)
            .with_field("topic")
    };
    let mut topics = Vec::new();
    for (name, topic) in request.head.target.pairs() {
        if !name.eq_ignore_ascii_case("topic") || topics.iter().any(|known| *known == topic) {
            continue;
        }
        if topic.is_empty() || topic.len() > config.max_topic_name {
            let most = config.max_topic_name;
            return Err(refuse(format!("a topic has 1 to {most} bytes")));
        }
        if topics.len() >= config.max_topics {
            let most = config.max_topics;
            return Err(refuse(format!("not more than {most} topics at once")));
        }
        topics.push(topic.into_owned());
    }
    Ok(topics)
}
