//! What the bodies of requests may take, of all connections together.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Refusal;

/// What a permit stands for.
const UNIT: usize = 1024;

/// Room for the bodies that are being read, and those that handlers are at work on.
#[derive(Clone, Debug)]
pub(crate) struct BodyRoom(Arc<Semaphore>);

impl BodyRoom {
    /// Room for so many bytes, in whole KiB.
    pub(crate) fn new(bytes: usize) -> Self {
        let permits = (bytes / UNIT).min(Semaphore::MAX_PERMITS);
        Self(Arc::new(Semaphore::new(permits)))
    }

    /// A place for one body, which has none yet.
    pub(crate) fn place(&self) -> BodyPlace {
        BodyPlace {
            room: Arc::clone(&self.0),
            taken: None,
        }
    }
}

/// What one body takes, until this is dropped.
#[derive(Debug)]
pub(crate) struct BodyPlace {
    room: Arc<Semaphore>,
    taken: Option<OwnedSemaphorePermit>,
}

impl BodyPlace {
    /// Makes room for a body of which there are so many bytes by now. What was only announced takes
    /// none: else who announces much and sends little would keep others out.
    pub(super) fn hold(&mut self, bytes: usize) -> Result<(), Refusal> {
        let taken = self
            .taken
            .as_ref()
            .map_or(0, OwnedSemaphorePermit::num_permits);
        let more = bytes.div_ceil(UNIT).saturating_sub(taken);
        if more == 0 {
            return Ok(());
        }
        let more = u32::try_from(more).map_err(|_too_large| Refusal::Crowded)?;
        let room = Arc::clone(&self.room).try_acquire_many_owned(more);
        let room = room.map_err(|_full| Refusal::Crowded)?;
        match &mut self.taken {
            Some(taken) => taken.merge(room),
            None => self.taken = Some(room),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_share_a_room_and_give_it_back() {
        let room = BodyRoom::new(4 * UNIT);
        let (mut one, mut other) = (room.place(), room.place());
        assert_eq!(one.hold(0), Ok(()));
        assert_eq!(one.hold(1), Ok(()));
        assert_eq!(one.hold(3 * UNIT), Ok(()));
        assert_eq!(other.hold(UNIT + 1), Err(Refusal::Crowded));
        assert_eq!(other.hold(UNIT), Ok(()));
        assert_eq!(one.hold(3 * UNIT), Ok(()));
        assert_eq!(one.hold(3 * UNIT + 1), Err(Refusal::Crowded));
        drop(one);
        assert_eq!(other.hold(4 * UNIT), Ok(()));
        assert_eq!(other.hold(usize::MAX), Err(Refusal::Crowded));
    }
}
