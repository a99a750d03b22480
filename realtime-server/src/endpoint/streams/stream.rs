use std::{
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use arc_swap::ArcSwapOption;
use sse_codec::Event;
use tokio::time::{self, Instant};

use super::{group, history::History, opening::keep_alive};
use crate::{
    auth::Policy,
    config::StreamConfig,
    fanout::{End, Payload, Registry, Sweep},
    metrics::Metrics,
};

/// How long the end of a stream is drawn out for each subscriber, so that thousands do not come
/// back in the same moment.
const FAREWELL_PACE: Duration = Duration::from_millis(1);
/// How often some of them are ended.
const FAREWELL_STEP: Duration = Duration::from_millis(10);

pub(super) type Greeting = dyn Fn(&str) -> Event + Send + Sync;

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
    pub(super) greeting: Option<Box<Greeting>>,
    pub(super) retired: AtomicBool,
    /// Who may subscribe, if that is not for everybody.
    pub(super) policy: ArcSwapOption<Policy>,
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
            policy: ArcSwapOption::empty(),
        }))
    }

    /// Lets only those subscribe, from now on, whom `policy` allows each topic that they ask for; who
    /// asks for no topic asks for the empty one.
    pub fn restrict(&self, policy: Policy) {
        self.0.policy.store(Some(Arc::new(policy)));
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
            rest: None,
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
