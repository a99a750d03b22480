use std::{
    error::Error,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use arc_swap::ArcSwap;
use tokio::{
    sync::{Notify, watch},
    task,
    time::{self, Instant},
};
use tracing::{info, warn};

use super::{KeySet, KeySetUrl, fetch::fetch};
use crate::{auth::Key, config::KeySetConfig, metrics::Metrics};

/// How often files of keys are read again.
const FILE_PERIOD: Duration = Duration::from_secs(30);

type ReadFn = dyn Fn() -> Result<KeySet, Box<dyn Error + Send + Sync>> + Send + Sync;

/// Keys that may be replaced while they are used. A clone is the same keys.
#[derive(Clone)]
pub struct Keys(Arc<Inner>);

struct Inner {
    current: ArcSwap<KeySet>,
    origin: Origin,
    /// Somebody wants them to be looked for now.
    wanted: Notify,
}

enum Origin {
    Fixed,
    Read(Box<ReadFn>),
    Fetched(Fetched),
}

struct Fetched {
    url: KeySetUrl,
    config: KeySetConfig,
    state: Mutex<State>,
    /// Changes at the end of every fetch.
    done: watch::Sender<()>,
}

struct State {
    is_fetching: bool,
    /// When a token with an unknown key last made for a fetch.
    asked_at: Option<Instant>,
}

impl Keys {
    /// These keys, for as long as they are used.
    #[must_use]
    pub fn fixed(keys: KeySet) -> Self {
        Self::new(keys, Origin::Fixed)
    }

    /// The keys that `read` gives, such as those of files. It runs now, every 30 s, and when it is
    /// asked to; when it fails later on, the keys that are known stay.
    ///
    /// # Errors
    /// When it fails now.
    pub fn read_by<E>(
        read: impl Fn() -> Result<KeySet, E> + Send + Sync + 'static,
    ) -> Result<Self, E>
    where
        E: Error + Send + Sync + 'static,
    {
        let keys = read()?;
        Ok(Self::new(
            keys,
            Origin::Read(Box::new(move || read().map_err(Into::into))),
        ))
    }

    /// The keys at `url`, fetched while [`run`](Self::run) runs: at once, from time to time, and
    /// when a token names a key that is not known, but not more often than the configuration says.
    /// When a fetch fails, the keys that are known stay.
    #[must_use]
    pub fn fetched(url: KeySetUrl, config: KeySetConfig) -> Self {
        let state = State {
            is_fetching: true,
            asked_at: None,
        };
        let fetched = Fetched {
            url,
            config,
            state: Mutex::new(state),
            done: watch::Sender::new(()),
        };
        Self::new(KeySet::default(), Origin::Fetched(fetched))
    }

    fn new(keys: KeySet, origin: Origin) -> Self {
        Self(Arc::new(Inner {
            current: ArcSwap::from_pointee(keys),
            origin,
            wanted: Notify::new(),
        }))
    }

    pub(in crate::auth) fn current(&self) -> Arc<KeySet> {
        self.0.current.load_full()
    }

    /// Keeps them as they should be; runs until it is dropped.
    pub async fn run(&self, metrics: &Metrics) {
        match &self.0.origin {
            Origin::Fixed => {}
            Origin::Read(_) => loop {
                // Neither a timer nor a wish is lost when the other one comes first.
                let _ = time::timeout(FILE_PERIOD, self.0.wanted.notified()).await;
                let keys = self.clone();
                if task::spawn_blocking(move || keys.read()).await.is_err() {
                    warn!("the keys were not read");
                }
            },
            Origin::Fetched(fetched) => loop {
                let pause = self.fetch(fetched, metrics).await;
                let _ = time::timeout(pause, self.0.wanted.notified()).await;
            },
        }
    }

    /// Has them read or fetched again soon.
    pub fn reload(&self) {
        self.0.wanted.notify_one();
    }

    /// Whether waiting for [`refresh`](Self::refresh) may bring keys that are not known yet.
    pub(in crate::auth) fn may_refresh(&self) -> bool {
        let Origin::Fetched(fetched) = &self.0.origin else {
            return false;
        };
        let state = fetched.state();
        state.is_fetching || !state.was_asked_within(fetched.config.refresh_pause)
    }

    /// Waits for the end of a fetch that runs or may be made.
    pub(in crate::auth) async fn refresh(&self) {
        let Origin::Fetched(fetched) = &self.0.origin else {
            return;
        };
        let mut done = fetched.done.subscribe();
        {
            let mut state = fetched.state();
            if !state.is_fetching {
                if state.was_asked_within(fetched.config.refresh_pause) {
                    return;
                }
                state.is_fetching = true;
                state.asked_at = Some(Instant::now());
                self.0.wanted.notify_one();
            }
        }
        // Whatever comes of it, the token is looked at again.
        let _ = time::timeout(fetched.config.fetch_timeout, done.changed()).await;
    }

    fn read(&self) {
        let Origin::Read(read) = &self.0.origin else {
            return;
        };
        match read() {
            Ok(keys) => self.0.current.store(Arc::new(keys)),
            Err(error) => warn!(%error, "the keys cannot be read; those that are known stay"),
        }
    }

    /// Fetches once; gives the pause before the next time.
    async fn fetch(&self, fetched: &Fetched, metrics: &Metrics) -> Duration {
        fetched.state().is_fetching = true;
        metrics.key_fetches.incr();
        let pause = match fetch(&fetched.url, &fetched.config).await {
            Ok(keys) => {
                info!(url = %fetched.url, "keys fetched");
                self.0.current.store(Arc::new(keys));
                fetched.config.refresh_period
            }
            Err(error) => {
                metrics.key_fetches_failed.incr();
                warn!(url = %fetched.url, %error, "keys cannot be fetched; those that are known stay");
                fetched.config.refresh_pause
            }
        };
        fetched.state().is_fetching = false;
        fetched.done.send_replace(());
        pause
    }
}

impl Fetched {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn was_asked_within(&self, pause: Duration) -> bool {
        self.asked_at.is_some_and(|at| at.elapsed() < pause)
    }
}

impl From<KeySet> for Keys {
    fn from(keys: KeySet) -> Self {
        Self::fixed(keys)
    }
}

impl From<Key> for Keys {
    fn from(key: Key) -> Self {
        Self::fixed(KeySet::of(key))
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Keys").field(&self.current()).finish()
    }
}
