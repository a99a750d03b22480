use std::{
    hash::{BuildHasher, RandomState},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use super::Meter;
use crate::config::Rate;

/// Meters that share a lock, and among which a new one takes the place of the idlest.
const WAYS: usize = 8;

/// Meters of many, `N` kinds for each key, in memory that is bounded.
///
/// Keys are spread over small sets by a hash that nobody outside can foresee. A set that is full
/// forgets the key that is nearest to having done nothing at all, so that who fills the table
/// forgets for the most part himself.
pub(crate) struct Table<const N: usize> {
    sets: Box<[Mutex<Vec<Entry<N>>>]>,
    hasher: RandomState,
}

struct Entry<const N: usize> {
    key: u128,
    meters: [Meter; N],
}

impl<const N: usize> Table<N> {
    /// Room for `capacity` keys, rounded up to a power of two.
    pub(crate) fn new(capacity: usize) -> Self {
        let sets = capacity.div_ceil(WAYS).next_power_of_two();
        Self {
            sets: (0..sets).map(|_| Mutex::default()).collect(),
            hasher: RandomState::new(),
        }
    }

    /// A key for something of any length. Nobody outside can make two of one key.
    pub(crate) fn digest(&self, bytes: &[u8]) -> u128 {
        u128::from(self.hasher.hash_one(bytes))
    }

    /// Counts one more of a kind if it may happen now, else says how long to wait.
    pub(crate) fn take(&self, key: u128, kind: usize, rate: Rate) -> Result<(), Duration> {
        let now = Instant::now();
        self.with(key, now, |meters| {
            let meter = meters.get_mut(kind);
            meter.map_or(Ok(()), |meter| meter.take(rate, now))
        })
    }

    /// How long to wait until one more of a kind may happen.
    pub(crate) fn wait(&self, key: u128, kind: usize, rate: Rate) -> Duration {
        let now = Instant::now();
        self.with(key, now, |meters| {
            let meter = meters.get(kind);
            meter.map_or(Duration::ZERO, |meter| meter.wait(rate, now))
        })
    }

    fn with<T>(&self, key: u128, now: Instant, ask: impl FnOnce(&mut [Meter; N]) -> T) -> T {
        let new = || Entry {
            key,
            meters: [Meter::new(now); N],
        };
        // The number of sets is a power of two: the low bits choose one of them.
        let mask = u64::try_from(self.sets.len() - 1).unwrap_or(u64::MAX);
        let place = usize::try_from(self.hasher.hash_one(key) & mask).unwrap_or_default();
        let Some(set) = self.sets.get(place) else {
            return ask(&mut new().meters);
        };
        let mut set = set.lock().unwrap_or_else(PoisonError::into_inner);
        let known = set.iter().position(|entry| entry.key == key);
        let at = known.unwrap_or_else(|| {
            if set.len() < WAYS {
                set.push(new());
                return set.len() - 1;
            }
            let busy_until = |entry: &Entry<N>| entry.meters.iter().map(Meter::full).max();
            let idlest = set
                .iter()
                .enumerate()
                .min_by_key(|(_, entry)| busy_until(entry))
                .map_or(0, |(at, _)| at);
            if let Some(entry) = set.get_mut(idlest) {
                *entry = new();
            }
            idlest
        });
        match set.get_mut(at) {
            Some(entry) => ask(&mut entry.meters),
            None => ask(&mut new().meters),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;

    fn once_a_minute() -> Rate {
        Rate::per_minute(NonZeroU32::MIN)
    }

    #[tokio::test(start_paused = true)]
    async fn counts_keys_and_kinds_apart() {
        let table = Table::<2>::new(100);
        for key in 0..50 {
            for kind in 0..2 {
                assert_eq!(table.take(key, kind, once_a_minute()), Ok(()));
                assert_eq!(
                    table.take(key, kind, once_a_minute()),
                    Err(Duration::from_secs(60)),
                    "{key} {kind}"
                );
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn holds_no_more_than_it_may_and_forgets_the_idlest() {
        let table = Table::<1>::new(64);
        let busy = Rate::per_minute(NonZeroU32::MIN).with_burst(NonZeroU32::MAX);
        for _ in 0..10 {
            assert_eq!(table.take(u128::MAX, 0, busy), Ok(()));
        }
        for key in 0..100_000 {
            let _ = table.take(key, 0, once_a_minute());
        }
        let held: usize = table
            .sets
            .iter()
            .map(|set| set.lock().expect("nobody panicked").capacity())
            .sum();
        assert!(held <= 64, "{held}");
        let wait = table.wait(u128::MAX, 0, once_a_minute());
        assert_eq!(wait, Duration::from_secs(600));
    }
}
