use std::{num::NonZeroU32, time::Duration};

use tokio::time::Instant;

const SECOND: Duration = Duration::from_secs(1);

/// Lets so many things happen in a second, on average; a second's worth may come at once.
#[derive(Debug)]
pub(super) struct Rate {
    interval: Duration,
    /// When the next thing would be due if all came evenly.
    due: Instant,
}

impl Rate {
    pub(super) fn new(per_second: NonZeroU32) -> Self {
        Self {
            interval: SECOND / per_second.get(),
            due: Instant::now(),
        }
    }

    /// Whether one more may happen now; if so, it counts.
    pub(super) fn admits(&mut self, now: Instant) -> bool {
        let due = self.due.max(now);
        if due.duration_since(now) + self.interval > SECOND {
            return false;
        }
        self.due = due + self.interval;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn admits_a_burst_of_one_second_and_then_the_rate() {
        let mut rate = Rate::new(NonZeroU32::new(4).expect("four is not zero"));
        let start = Instant::now();
        let admitted = |rate: &mut Rate, millis| {
            let now = start + Duration::from_millis(millis);
            (0..10).filter(|_| rate.admits(now)).count()
        };
        assert_eq!(admitted(&mut rate, 0), 4);
        assert_eq!(admitted(&mut rate, 249), 0);
        assert_eq!(admitted(&mut rate, 250), 1);
        assert_eq!(admitted(&mut rate, 1_250), 4);
    }
}
