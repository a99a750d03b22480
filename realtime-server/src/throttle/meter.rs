use std::time::Duration;

use tokio::time::Instant;

use crate::config::Rate;

/// Lets things happen at a [`Rate`]: a token bucket, kept as the time at which it is full again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Meter {
    full: Instant,
}

impl Meter {
    pub(crate) fn new(now: Instant) -> Self {
        Self { full: now }
    }

    /// When nothing is left of what happened.
    pub(crate) fn full(&self) -> Instant {
        self.full
    }

    /// How long to wait until one more may happen.
    pub(crate) fn wait(&self, rate: Rate, now: Instant) -> Duration {
        let taken = self.full.saturating_duration_since(now);
        (taken + rate.interval()).saturating_sub(rate.interval().saturating_mul(rate.burst()))
    }

    /// Counts one more if it may happen now, else says how long to wait.
    pub(crate) fn take(&mut self, rate: Rate, now: Instant) -> Result<(), Duration> {
        match self.wait(rate, now) {
            Duration::ZERO => {
                self.full = self.full.max(now) + rate.interval();
                Ok(())
            }
            wait => Err(wait),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn admits_a_burst_and_then_the_rate() {
        let four = NonZeroU32::new(4).expect("four is not zero");
        let rate = Rate::per_second(four);
        let start = Instant::now();
        let mut meter = Meter::new(start);
        let mut admitted = |rate, millis| {
            let now = start + Duration::from_millis(millis);
            (0..10).filter(|_| meter.take(rate, now).is_ok()).count()
        };
        assert_eq!(admitted(rate, 0), 4);
        assert_eq!(admitted(rate, 249), 0);
        assert_eq!(admitted(rate, 250), 1);
        assert_eq!(admitted(rate, 1_250), 4);
        let at_once = rate.with_burst(NonZeroU32::MIN);
        assert_eq!(admitted(at_once, 2_250), 1);
        assert_eq!(admitted(at_once, 2_499), 0);
        assert_eq!(admitted(at_once, 2_500), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn tells_how_long_to_wait() {
        let rate = Rate::per_minute(NonZeroU32::MIN);
        let now = Instant::now();
        let mut meter = Meter::new(now);
        assert_eq!(meter.take(rate, now), Ok(()));
        assert_eq!(meter.take(rate, now), Err(Duration::from_secs(60)));
        let later = now + Duration::from_secs(59);
        assert_eq!(meter.take(rate, later), Err(Duration::from_secs(1)));
    }
}
