use std::{
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use sse_codec::Event;
use tokio::time::{self, Instant};
use tracing::debug;

use super::{
    Subscriber,
    admission::Admission,
    answer, group,
    history::{History, Replay},
    opening::{self, keep_alive},
    resume,
    subscription::Subscription,
};
use crate::{
    clock,
    config::{SlowClient, StreamConfig},
    fanout::{
        End, GroupLimit, Member, OutboxLimits, Overflow, Payload, Registry, Seat, Sweep, WireForm,
    },
    http::{Problem, Request, Response, Source},
    id,
    metrics::Metrics,
};

/// How long the end of a stream is drawn out for each subscriber, so that thousands do not come
/// back in the same moment.
const FAREWELL_PACE: Duration = Duration::from_millis(1);
/// How often some of them are ended.
const FAREWELL_STEP: Duration = Duration::from_millis(10);

type Greeting = dyn Fn(&str) -> Event + Send + Sync;

/// A stream of events to many subscribers, each event encoded once.
///
/// A subscriber that comes back with the id of the last event that it has seen gets what it missed
/// and then what is new, nothing twice and nothing left out; where that cannot be promised, a
/// `gap` event says so first. Its data is JSON: `reason` is `unknown` for an id that this stream
/// does not remember (the server was restarted), or `expired` for one that is older than the
/// history, with `missed`, the number of events that were forgotten. All that is kept follows.
///
/// A subscriber that does not read is dealt with as the configuration says, and never slows down
/// anybody else. A clone is the same stream.
#[derive(Clone)]
pub struct EventStream(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub(super) config: StreamConfig,
    pub(super) registry: Arc<Registry>,
    pub(super) metrics: Arc<Metrics>,
    history: Mutex<History>,
    greeting: Option<Box<Greeting>>,
    retired: AtomicBool,
}

impl EventStream {
    /// A stream without subscribers.
    #[must_use]
    pub fn new(config: StreamConfig, metrics: Arc<Metrics>) -> Self {
        Self::build(config, metrics, None)
    }

    /// A stream that greets every subscriber with an event made of its id, before all others. The
    /// reconnection time and the place in the stream are added to it.
    #[must_use]
    pub fn with_greeting(
        config: StreamConfig,
        metrics: Arc<Metrics>,
        greeting: impl Fn(&str) -> Event + Send + Sync + 'static,
    ) -> Self {
        Self::build(config, metrics, Some(Box::new(greeting)))
    }

    fn build(config: StreamConfig, metrics: Arc<Metrics>, greeting: Option<Box<Greeting>>) -> Self {
        Self(Arc::new(Inner {
            history: Mutex::new(History::new(&config)),
            config,
            registry: Arc::new(Registry::new()),
            metrics,
            greeting,
            retired: AtomicBool::new(false),
        }))
    }

    /// How many subscribers there are.
    #[must_use]
    pub fn connected(&self) -> usize {
        self.0.registry.len()
    }

    /// How many of them asked for `topic`.
    #[must_use]
    pub fn connected_to_topic(&self, topic: &str) -> usize {
        self.0.registry.group_len(&group::topic(topic))
    }

    /// How many subscriptions `user` has.
    #[must_use]
    pub fn connected_as_user(&self, user: &str) -> usize {
        self.0.registry.group_len(&group::user(user))
    }

    /// The answer to a request that subscribes: a stream, 204 once the stream is
    /// [retired](Self::retire), or a refusal.
    pub fn subscribe(&self, request: &Request) -> Response {
        self.subscribe_as(request, &Subscriber::default())
    }

    /// The same for somebody who is known.
    pub fn subscribe_as(&self, request: &Request, subscriber: &Subscriber) -> Response {
        self.respond(request, || self.admit(request, subscriber))
    }

    /// Ends one subscription; says whether it was there. The client comes back unless it is
    /// refused then.
    #[must_use]
    pub fn disconnect(&self, id: &str) -> bool {
        self.0.registry.end(id, End::Aborted)
    }

    /// Ends all subscriptions for good: clients that come back are told not to, by a 204.
    pub fn retire(&self) {
        self.0.retired.store(true, Relaxed);
        self.0.registry.close(End::Aborted);
    }

    /// Sends comments to subscribers to whom nothing else was sent, ends those whose time is over
    /// and forgets old events; runs until it is dropped.
    pub async fn run(&self) {
        let Inner {
            config, registry, ..
        } = &*self.0;
        let sweep = Sweep {
            keep_alive: Some(config.keep_alive),
            silence: None,
        };
        let mut looks = sweep.looks();
        loop {
            looks.tick().await;
            let mut history = self.history();
            history.forget(Instant::now());
            let place = history.position();
            sweep.look(registry, &|| Payload::new(keep_alive(place.as_deref())));
        }
    }

    /// Ends all subscriptions because the server stops: soon if they are few, and over `most` if
    /// they are many. Each client is told how long to wait before it comes back.
    pub async fn stop(&self, most: Duration) {
        let members = self.0.registry.bar(End::Shutdown);
        let count = u32::try_from(members.len()).unwrap_or(u32::MAX);
        let spread = most.min(FAREWELL_PACE.saturating_mul(count));
        let steps = spread.as_millis() / FAREWELL_STEP.as_millis();
        let steps = usize::try_from(steps).unwrap_or(usize::MAX).max(1);
        let at_once = members.len().div_ceil(steps).max(1);
        let mut pauses = time::interval(FAREWELL_STEP);
        for some in members.chunks(at_once) {
            pauses.tick().await;
            for member in some {
                member.outbox().end(End::Shutdown);
            }
        }
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

    fn admit(
        &self,
        request: &Request,
        subscriber: &Subscriber,
    ) -> Result<Box<dyn Source>, Problem> {
        let config = &self.0.config;
        let admission = Admission::new(request, subscriber, config)?;
        let last_seen = resume::last_event_id(request);
        let overflow = match config.slow_client {
            SlowClient::DropOldest => Overflow::DropOldest,
            SlowClient::Conflate => Overflow::Conflate,
            SlowClient::Disconnect => Overflow::Disconnect,
        };
        // Until it is released, nothing is published: the replay ends where the outbox begins.
        let history = self.history();
        let seat = self.seat(&admission, subscriber, overflow)?;
        let replay = last_seen.as_ref().map(|id| {
            let replay = history.since(id.as_bytes(), |group| admission.sees(group));
            self.count(&replay);
            replay
        });
        let greeting = self.0.greeting.as_ref();
        let greeting = greeting.map(|greeting| greeting(seat.member().id()));
        let ahead = opening::opening(config, greeting, &history, replay);
        drop(history);
        Ok(Box::new(Subscription::new(self, seat, ahead)))
    }

    /// Gives a subscriber its place, if there is one.
    pub(super) fn seat(
        &self,
        admission: &Admission,
        subscriber: &Subscriber,
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
        let id = id::hex();
        let member = Member::new(id.as_str().into(), WireForm::Plain, limits, overflow);
        let seat = registry.seat(Arc::new(member));
        for group in admission.groups() {
            let joined = registry.join(&id, group, GroupLimit(usize::MAX));
            debug_assert!(joined.is_ok(), "nobody is in more groups than there can be");
        }
        let max_age = config.max_age.map(|age| {
            let sooner = clock::jitter(config.max_age_jitter.min(age / 2));
            age.saturating_sub(sooner)
        });
        if let Some(time) = max_age.into_iter().chain(subscriber.lifetime).min() {
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

    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Nothing that holds the lock can panic half-way, except for want of memory.
    pub(super) fn history(&self) -> MutexGuard<'_, History> {
        self.0
            .history
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl AsRef<Self> for EventStream {
    fn as_ref(&self) -> &Self {
        self
    }
}

impl fmt::Debug for EventStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventStream")
            .field("config", &self.0.config)
            .finish_non_exhaustive()
    }
}
