use std::{sync::atomic::Ordering::Relaxed, time::Duration};

use tokio::time::{self, Interval, MissedTickBehavior};

use super::{End, Payload, Registry};

/// The most time between two looks at all members.
const COARSEST: Duration = Duration::from_secs(1);
/// The least, however short the limits are.
const FINEST: Duration = Duration::from_millis(20);

/// The timers of all members of a registry in one: a look at each, at most a second apart, instead
/// of a timer for every connection.
#[derive(Clone, Copy, Debug)]
pub struct Sweep {
    /// A member to which nothing was sent for so long gets a keep-alive.
    pub keep_alive: Option<Duration>,
    /// A member that owes a sign of life and was silent for so long is ended.
    pub silence: Option<Duration>,
    /// A member that has owed the rest of a message for so long is ended.
    pub rest: Option<Duration>,
}

impl Sweep {
    /// Sweeps until it is dropped; `keep_alive` makes the message for the members that are due,
    /// once for each look that finds one.
    pub async fn run(self, registry: &Registry, keep_alive: impl Fn() -> Payload) {
        let mut looks = self.looks();
        loop {
            looks.tick().await;
            self.look(registry, &keep_alive);
        }
    }

    /// Ticks when a look is due.
    #[must_use]
    pub fn looks(self) -> Interval {
        let limits = [self.keep_alive, self.silence, self.rest];
        let shortest = limits.into_iter().flatten().min();
        let period = (shortest.unwrap_or(COARSEST) / 8).clamp(FINEST, COARSEST);
        let mut looks = time::interval(period);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        looks
    }

    /// Looks at each member once, as [`run`](Self::run) does again and again.
    pub fn look(self, registry: &Registry, keep_alive: &impl Fn() -> Payload) {
        let now = registry.read_clock();
        let mut message = None;
        registry.each(|member| {
            let heard_at = member.heard_at.load(Relaxed);
            let begun_at = member.begun_at.load(Relaxed);
            let expires_at = member.expires_at.load(Relaxed);
            if expires_at != 0 && now >= expires_at {
                member.outbox().end(End::Expired);
            } else if heard_at != 0 && is_over(self.silence, now, heard_at) {
                member.outbox().end(End::Silent);
            } else if begun_at != 0 && is_over(self.rest, now, begun_at) {
                member.outbox().end(End::Unfinished);
            } else if member.wants_keep_alive
                && is_over(self.keep_alive, now, member.told_at.load(Relaxed))
                // What waits will do, and a full outbox would lose it to the keep-alive.
                && member.outbox().is_empty()
            {
                let message = message.get_or_insert_with(keep_alive);
                if let Some(message) = message.form(member.form()) {
                    member.outbox().push(message);
                    member.told(now);
                }
            }
        });
    }
}

fn is_over(limit: Option<Duration>, now: u64, since: u64) -> bool {
    limit.is_some_and(|limit| u128::from(now.saturating_sub(since)) >= limit.as_millis())
}
