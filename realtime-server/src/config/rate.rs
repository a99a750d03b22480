use std::{num::NonZeroU32, time::Duration};

/// How often something may happen: so many times in a period on average, and so many at once.
///
/// ```
/// use std::{num::NonZeroU32, time::Duration};
/// use realtime_server::config::Rate;
///
/// let rate = Rate::per_second(NonZeroU32::MIN);
/// assert_eq!(rate.interval(), Duration::from_secs(1));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    interval: Duration,
    burst: NonZeroU32,
}

impl Rate {
    /// So many times in a second; as many may come at once.
    #[must_use]
    pub fn per_second(times: NonZeroU32) -> Self {
        Self::every(Duration::from_secs(1), times)
    }

    /// So many times in a minute; as many may come at once.
    #[must_use]
    pub fn per_minute(times: NonZeroU32) -> Self {
        Self::every(Duration::from_secs(60), times)
    }

    fn every(period: Duration, times: NonZeroU32) -> Self {
        Self {
            interval: period / times.get(),
            burst: times,
        }
    }

    /// The same on average, but so many at once.
    #[must_use]
    pub fn with_burst(mut self, burst: NonZeroU32) -> Self {
        self.burst = burst;
        self
    }

    /// The time between two of them, if they came evenly.
    #[must_use]
    pub fn interval(&self) -> Duration {
        self.interval
    }

    /// How many may come at once.
    #[must_use]
    pub fn burst(&self) -> u32 {
        self.burst.get()
    }
}
