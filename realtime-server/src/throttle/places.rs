use std::{
    collections::{HashMap, hash_map},
    hash::{BuildHasher, RandomState},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// How many of each key are there at the same time. It holds no key of which there is none.
#[derive(Debug, Default)]
pub(crate) struct Places {
    counts: [Mutex<HashMap<u128, usize>>; SHARDS],
    names: RandomState,
}

/// Keys are spread over so many locks, at most what a derived `Default` can fill.
const SHARDS: usize = 32;

/// One that is there, until it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    places: Arc<Places>,
    key: u128,
}

/// There are as many as there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Full;

impl Places {
    fn of(&self, key: u128) -> MutexGuard<'_, HashMap<u128, usize>> {
        let [first, rest @ ..] = &self.counts;
        // The two halves of a key are that of IPv6 and that of IPv4.
        let shard = (key ^ (key >> 64)) % (SHARDS as u128);
        let shard = usize::try_from(shard).unwrap_or_default();
        let lock = shard.checked_sub(1).and_then(|at| rest.get(at));
        lock.unwrap_or(first)
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The key of a name. Nobody outside can make two of one key.
    fn key(&self, name: &str) -> u128 {
        u128::from(self.names.hash_one(name))
    }

    /// Makes `held` a place of `name`, unless it is one or there are `most` already. Names are not to
    /// be mixed with other keys.
    pub(crate) fn enter_as(
        self: &Arc<Self>,
        name: &str,
        most: usize,
        held: &mut Option<Place>,
    ) -> Result<(), Full> {
        let key = self.key(name);
        if held.as_ref().is_none_or(|place| place.key != key) {
            *held = Some(self.enter(key, most).ok_or(Full)?);
        }
        Ok(())
    }

    /// Counts one more, unless there are `most` already.
    pub(crate) fn enter(self: &Arc<Self>, key: u128, most: usize) -> Option<Place> {
        let mut counts = self.of(key);
        let here = counts.get(&key).copied().unwrap_or_default();
        if here >= most {
            return None;
        }
        counts.insert(key, here + 1);
        Some(Place {
            places: Arc::clone(self),
            key,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.places.of(self.key);
        if let hash_map::Entry::Occupied(mut here) = counts.entry(self.key) {
            *here.get_mut() -= 1;
            if *here.get() == 0 {
                here.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_each_key_until_its_places_are_free() {
        let places = Arc::new(Places::default());
        let held: Vec<_> = (0..3).filter_map(|_| places.enter(1, 2)).collect();
        assert_eq!(held.len(), 2);
        let other = places.enter(2, 1);
        assert!(other.is_some());
        drop(held);
        assert!(places.enter(1, 1).is_some());
        drop(other);
        let mut held = None;
        assert_eq!(places.enter_as("ann", 1, &mut held), Ok(()));
        assert_eq!(places.enter_as("ann", 1, &mut held), Ok(()));
        assert_eq!(places.enter_as("ann", 1, &mut None), Err(Full));
        assert_eq!(places.enter_as("bob", 1, &mut held), Ok(()));
        assert_eq!(places.enter_as("ann", 1, &mut None), Ok(()));
        drop(held);
        assert!(
            places
                .counts
                .iter()
                .all(|shard| shard.lock().expect("nobody panicked").is_empty())
        );
    }
}
