use std::sync::{Arc, atomic::Ordering::Relaxed};

use tracing::debug;

use super::{
    EventStream,
    admission::{Admission, topics},
    answer,
    history::Replay,
    opening::opening,
    resume::last_event_id,
    stream::Inner,
    subscription::Subscription,
};
use crate::{
    auth::Denied,
    clock,
    config::SlowClient,
    fanout::{GroupLimit, Member, OutboxLimits, Overflow, Seat, WireForm},
    http::{Problem, Request, Response, Source},
    id,
    identity::Identity,
};

impl EventStream {
    /// The answer to a request that subscribes: a stream, 204 once the stream is
    /// [retired](Self::retire), or a refusal. The stream ends when what is known of the subscriber
    /// is over.
    pub fn subscribe(&self, request: &Request) -> Response {
        self.subscribe_if_allowed(request, request.head.identity.as_deref())
    }

    /// The same for somebody whom the application knows.
    pub fn subscribe_as(&self, request: &Request, subscriber: &Identity) -> Response {
        self.subscribe_if_allowed(request, Some(subscriber))
    }

    fn subscribe_if_allowed(&self, request: &Request, subscriber: Option<&Identity>) -> Response {
        if let Err(denied) = self.check_policy(request, subscriber) {
            let Inner { metrics, .. } = &*self.0;
            metrics.stream_subscriptions_refused.incr();
            denied.count(metrics);
            debug!(peer = %request.head.peer, %denied, "subscription refused");
            return denied.into();
        }
        let nobody = Identity::default();
        let subscriber = subscriber.unwrap_or(&nobody);
        self.respond(request, || self.admit(request, subscriber))
    }

    fn check_policy(&self, request: &Request, who: Option<&Identity>) -> Result<(), Denied> {
        let policy = self.0.policy.load();
        let Some(policy) = &*policy else {
            return Ok(());
        };
        // What is wrong with the topics themselves is told by who reads them next.
        let asked = topics(request, &self.0.config).unwrap_or_default();
        if asked.is_empty() {
            return policy.check(who, "");
        }
        asked.iter().try_for_each(|topic| policy.check(who, topic))
    }

    pub(super) fn respond(
        &self,
        request: &Request,
        admit: impl FnOnce() -> Result<Box<dyn Source>, Problem>,
    ) -> Response {
        let Inner {
            metrics, retired, ..
        } = &*self.0;
        if retired.load(Relaxed) {
            return answer::do_not_come_back();
        }
        match answer::check_accept(request).and_then(|()| admit()) {
            Ok(source) => {
                metrics.stream_subscriptions.incr();
                answer::stream(source)
            }
            Err(problem) => {
                metrics.stream_subscriptions_refused.incr();
                let (peer, status) = (request.head.peer, problem.status);
                debug!(%peer, %status, detail = problem.detail, "subscription refused");
                answer::refusal(problem)
            }
        }
    }

    fn admit(&self, request: &Request, subscriber: &Identity) -> Result<Box<dyn Source>, Problem> {
        let config = &self.0.config;
        let admission = Admission::new(request, subscriber, config)?;
        let last_seen = last_event_id(request);
        let overflow = match config.slow_client {
            SlowClient::DropOldest => Overflow::DropOldest,
            SlowClient::Conflate => Overflow::Conflate,
            SlowClient::Disconnect => Overflow::Disconnect,
        };
        let id = id::hex();
        // Before the lock is taken: the application may publish from its greeting.
        let greeting = self.0.greeting.as_ref().map(|greeting| greeting(&id));
        // Until it is released, nothing is published: the replay ends where the outbox begins.
        let history = self.history();
        let seat = self.seat(id, &admission, subscriber, overflow)?;
        let replay = last_seen.map(|id| {
            let replay = history.since(id.as_bytes(), |group| admission.sees(group));
            self.count(&replay);
            replay
        });
        let ahead = opening(config, greeting, &history, replay);
        drop(history);
        Ok(Box::new(Subscription::new(self, seat, ahead)))
    }

    /// Gives a subscriber its place, if there is one.
    pub(super) fn seat(
        &self,
        id: String,
        admission: &Admission,
        subscriber: &Identity,
        overflow: Overflow,
    ) -> Result<Seat, Problem> {
        let Inner {
            config, registry, ..
        } = &*self.0;
        admission.check_room(registry, config)?;
        let limits = OutboxLimits {
            messages: config.max_queued_events,
            bytes: config.max_queued_bytes,
        };
        let member = Member::new(id.into(), WireForm::Plain, limits, overflow);
        let seat = registry.seat(Arc::new(member));
        for group in admission.groups() {
            let joined = registry.join(seat.member().id(), group, GroupLimit(usize::MAX));
            debug_assert!(joined.is_ok(), "nobody is in more groups than there can be");
        }
        let max_age = config.max_age.map(|age| {
            let sooner = clock::jitter(config.max_age_jitter.min(age / 2));
            age.saturating_sub(sooner)
        });
        if let Some(time) = max_age.into_iter().chain(subscriber.time_left()).min() {
            seat.expire_after(time);
        }
        Ok(seat)
    }

    fn count(&self, replay: &Replay) {
        let metrics = &self.0.metrics;
        match replay.gap {
            None => metrics.stream_resumes.incr(),
            Some(_) => metrics.stream_gaps.incr(),
        }
    }
}
