//! The timers of all members in one, on a clock that stands still unless it is waited for.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    task::Context,
    time::Duration,
};

use bytes::Bytes;
use realtime_server::fanout::{
    Audience, End, Member, OutboxLimits, Overflow, Payload, Registry, Sweep, Taken, WireForm,
};
use tokio::time;

use crate::member::{Wakes, received, seat, take};

const KEEP_ALIVE: Sweep = Sweep {
    keep_alive: Some(Duration::from_secs(15)),
    silence: None,
    rest: None,
};
const SILENCE: Sweep = Sweep {
    keep_alive: None,
    silence: Some(Duration::from_secs(30)),
    rest: None,
};
const REST: Sweep = Sweep {
    keep_alive: None,
    silence: None,
    rest: Some(Duration::from_secs(30)),
};

fn ping() -> Payload {
    Payload::new(Bytes::from_static(b"ping"))
}

/// Lets the sweep run for so long by the paused clock.
async fn pass(sweep: Sweep, registry: &Registry, seconds: f64) {
    let ran = time::timeout(Duration::from_secs_f64(seconds), sweep.run(registry, ping));
    assert!(ran.await.is_err(), "a sweep runs until it is dropped");
}

#[tokio::test(start_paused = true)]
async fn keeps_a_quiet_member_alive_once_an_interval() {
    let registry = Arc::new(Registry::new());
    let quiet = seat(&registry, "quiet");
    pass(KEEP_ALIVE, &registry, 14.5).await;
    assert_eq!(received(&quiet), Vec::<String>::new());
    pass(KEEP_ALIVE, &registry, 2.0).await;
    assert_eq!(received(&quiet), ["ping"]);
    pass(KEEP_ALIVE, &registry, 13.0).await;
    assert_eq!(received(&quiet), Vec::<String>::new());
    pass(KEEP_ALIVE, &registry, 3.5).await;
    assert_eq!(received(&quiet), ["ping"]);
}

#[tokio::test(start_paused = true)]
async fn sends_no_keep_alive_to_a_member_that_is_sent_other_things() {
    let registry = Arc::new(Registry::new());
    let [busy, quiet] = ["busy", "quiet"].map(|id| seat(&registry, id));
    let (woken, waker) = Wakes::new();
    let mut cx = Context::from_waker(&waker);
    let mut pings = 0;
    for _ in 0..7 {
        pass(KEEP_ALIVE, &registry, 5.0).await;
        pings += received(&quiet).len();
        registry.deliver(Audience::Member("busy"), &ping());
        assert_eq!(received(&busy), ["ping"]);
    }
    // Nor is its task woken when others are due.
    assert!(
        busy.member()
            .outbox()
            .poll_take(&mut cx, &mut Vec::new())
            .is_pending()
    );
    pass(KEEP_ALIVE, &registry, 10.0).await;
    pings += received(&quiet).len();
    assert_eq!(pings, 2);
    assert_eq!(woken.count(), 0);
}

#[tokio::test(start_paused = true)]
async fn makes_one_keep_alive_for_all_that_are_due() {
    let registry = Arc::new(Registry::new());
    let seats = ["a", "b", "c"].map(|id| seat(&registry, id));
    let made = AtomicUsize::new(0);
    let counted = || {
        made.fetch_add(1, Relaxed);
        ping()
    };
    let ran = time::timeout(Duration::from_secs(17), KEEP_ALIVE.run(&registry, counted));
    assert!(ran.await.is_err());
    for seat in &seats {
        assert_eq!(received(seat), ["ping"]);
    }
    assert_eq!(made.load(Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn pushes_no_event_out_of_a_full_outbox_for_a_keep_alive() {
    let registry = Arc::new(Registry::new());
    let limits = OutboxLimits {
        messages: 2,
        bytes: 100,
    };
    let seats = [Overflow::DropOldest, Overflow::Disconnect].map(|overflow| {
        let id = format!("{overflow:?}");
        let member = Member::new(id.as_str().into(), WireForm::Plain, limits, overflow);
        registry.seat(Arc::new(member))
    });
    for text in ["1", "2"] {
        registry.deliver(Audience::All, &Payload::new(text.into()));
    }
    pass(KEEP_ALIVE, &registry, 60.0).await;
    for seat in &seats {
        assert_eq!(received(seat), ["1", "2"]);
    }
}

#[tokio::test(start_paused = true)]
async fn ends_a_member_that_owes_a_sign_of_life() {
    let registry = Arc::new(Registry::new());
    let [debtor, free, forgiven] = ["debtor", "free", "forgiven"].map(|id| seat(&registry, id));
    debtor.expect_to_hear();
    forgiven.expect_to_hear();
    pass(SILENCE, &registry, 28.5).await;
    forgiven.forgive();
    assert_eq!(take(debtor.member().outbox()), None);
    pass(SILENCE, &registry, 3.0).await;
    let silent = Some((Vec::new(), Taken::Ended(End::Silent)));
    assert_eq!(take(debtor.member().outbox()), silent);
    pass(SILENCE, &registry, 90.0).await;
    assert_eq!(take(free.member().outbox()), None);
    assert_eq!(take(forgiven.member().outbox()), None);
}

#[tokio::test(start_paused = true)]
async fn spares_a_member_that_is_heard_in_time() {
    let registry = Arc::new(Registry::new());
    let pinging = seat(&registry, "pinging");
    pinging.expect_to_hear();
    for _ in 0..6 {
        pass(SILENCE, &registry, 15.0).await;
        pinging.expect_to_hear();
    }
    assert_eq!(take(pinging.member().outbox()), None);
    pass(SILENCE, &registry, 32.0).await;
    let silent = Some((Vec::new(), Taken::Ended(End::Silent)));
    assert_eq!(take(pinging.member().outbox()), silent);
}

#[tokio::test(start_paused = true)]
async fn ends_a_member_that_owes_the_rest_of_a_message() {
    let registry = Arc::new(Registry::new());
    let [trickling, done, stalled] = ["trickling", "done", "stalled"].map(|id| seat(&registry, id));
    for seat in [&trickling, &done, &stalled] {
        seat.expect_rest(Duration::ZERO);
    }
    pass(REST, &registry, 20.0).await;
    // What comes of it does not help, unless it is the rest.
    trickling.expect_to_hear();
    trickling.expect_rest(Duration::ZERO);
    done.forgive_rest();
    let spent = stalled.waited();
    stalled.forgive_rest();
    assert!(spent > Duration::from_secs(18), "{spent:?}");
    pass(REST, &registry, 11.5).await;
    let unfinished = Some((Vec::new(), Taken::Ended(End::Unfinished)));
    assert_eq!(take(trickling.member().outbox()), unfinished);
    pass(REST, &registry, 60.0).await;
    assert_eq!(take(done.member().outbox()), None);
    assert_eq!(take(stalled.member().outbox()), None);
    // It is listened to again, and goes on from where it was.
    stalled.expect_rest(spent);
    pass(REST, &registry, 15.0).await;
    assert_eq!(take(stalled.member().outbox()), unfinished);
}
