//! Who is reached by a delivery.

use std::sync::Arc;

use bytes::Bytes;
use realtime_server::{
    fanout::{
        Audience, Delivery, End, GroupLimit, Member, OutboxLimits, Overflow, Payload, Registry,
        Seat, Taken, WireForm,
    },
    metrics::Metrics,
};

use crate::member::{ROOMY, received, seat, take};

const LIMIT: GroupLimit = GroupLimit(3);

fn payload(text: &'static str) -> Payload {
    Payload::new(Bytes::from_static(text.as_bytes()))
}

/// The ids of those who got a delivery to `audience`, and how many the registry says they are.
fn reached(registry: &Registry, seats: &[Seat], audience: Audience<'_>) -> (Vec<String>, usize) {
    let delivery = registry.deliver(audience, &payload("hello"));
    assert_eq!(delivery.lost, 0);
    let ids = seats.iter().flat_map(|seat| {
        let copies = received(seat);
        assert!(copies.iter().all(|copy| copy == "hello"));
        vec![seat.member().id().to_string(); copies.len()]
    });
    (ids.collect(), delivery.receivers)
}

#[test]
fn reaches_each_audience_and_nobody_else() {
    let registry = Arc::new(Registry::new());
    let seats = ["a", "b", "c", "d"].map(|id| seat(&registry, id));
    for (id, group) in [("a", "one"), ("b", "one"), ("b", "two"), ("c", "two")] {
        registry.join(id, group, LIMIT).unwrap();
    }
    for (audience, expected) in [
        (Audience::All, vec!["a", "b", "c", "d"]),
        (Audience::AllExcept(&[]), vec!["a", "b", "c", "d"]),
        (Audience::AllExcept(&["a", "d", "x"]), vec!["b", "c"]),
        (Audience::Others("b"), vec!["a", "c", "d"]),
        (Audience::Others("x"), vec!["a", "b", "c", "d"]),
        (Audience::Member("c"), vec!["c"]),
        (Audience::Member("x"), vec![]),
        (Audience::Members(&["d", "x", "a"]), vec!["a", "d"]),
        (Audience::Members(&[]), vec![]),
        (Audience::Group("one"), vec!["a", "b"]),
        (Audience::Group("ONE"), vec![]),
        (Audience::Group("x"), vec![]),
        (Audience::Groups(&["one", "two"]), vec!["a", "b", "b", "c"]),
        (Audience::Groups(&["x", "two"]), vec!["b", "c"]),
        (Audience::GroupExcept("one", &["a", "c"]), vec!["b"]),
        (Audience::GroupExcept("x", &["a"]), vec![]),
        (Audience::OthersInGroup("two", "c"), vec!["b"]),
        (Audience::OthersInGroup("two", "d"), vec!["b", "c"]),
    ] {
        let (ids, count) = reached(&registry, &seats, audience);
        assert_eq!(ids, expected, "{audience:?}");
        assert_eq!(count, expected.len(), "{audience:?}");
    }
}

#[test]
fn leaves_a_group_by_wish_and_with_the_seat() {
    let registry = Arc::new(Registry::new());
    let [a, b] = ["a", "b"].map(|id| seat(&registry, id));
    for id in ["a", "b"] {
        registry.join(id, "g", LIMIT).unwrap();
    }
    registry.leave("a", "g");
    registry.leave("a", "g");
    registry.leave("x", "g");
    registry.leave("a", "nowhere");
    let seats = [a, b];
    assert_eq!(reached(&registry, &seats, Audience::Group("g")).0, ["b"]);

    let [a, b] = seats;
    assert_eq!(registry.len(), 2);
    drop(b);
    assert_eq!(registry.len(), 1);
    let seats = [a];
    assert_eq!(reached(&registry, &seats, Audience::Group("g")).1, 0);
    drop(seats);
    assert!(registry.is_empty());
}

#[test]
fn does_not_put_a_newcomer_into_the_groups_of_a_leaver_with_its_id() {
    let registry = Arc::new(Registry::new());
    let first = seat(&registry, "a");
    registry.join("a", "g", LIMIT).unwrap();
    drop(first);
    let seats = [seat(&registry, "a")];
    assert_eq!(reached(&registry, &seats, Audience::Group("g")).1, 0);
}

#[test]
fn limits_the_groups_of_a_member() {
    let registry = Arc::new(Registry::new());
    let _seat = seat(&registry, "a");
    for group in ["1", "2", "3"] {
        assert_eq!(registry.join("a", group, LIMIT), Ok(()));
    }
    assert_eq!(registry.join("a", "4", LIMIT), Err(LIMIT));
    // Being in a group already takes no place, and leaving one gives it back.
    assert_eq!(registry.join("a", "3", LIMIT), Ok(()));
    registry.leave("a", "1");
    assert_eq!(registry.join("a", "4", LIMIT), Ok(()));
    assert_eq!(registry.join("stranger", "4", LIMIT), Ok(()));
    let delivery = registry.deliver(Audience::Groups(&["1", "4"]), &payload("x"));
    assert_eq!(delivery.receivers, 1);
}

#[test]
fn ends_everybody_who_is_here_and_everybody_who_comes() {
    let registry = Arc::new(Registry::new());
    let early = seat(&registry, "early");
    registry.deliver(Audience::All, &payload("last"));
    registry.close(End::Shutdown);
    let late = seat(&registry, "late");
    registry.deliver(Audience::All, &payload("too late"));
    assert_eq!(received(&early), ["last"]);
    let ended = Some((Vec::new(), Taken::Ended(End::Shutdown)));
    assert_eq!(take(early.member().outbox()), ended);
    assert_eq!(take(late.member().outbox()), ended);
}

#[test]
fn ends_one_member_alone() {
    let registry = Arc::new(Registry::new());
    let [a, b] = ["a", "b"].map(|id| seat(&registry, id));
    assert_eq!(registry.end_all(Audience::Member("a"), End::Aborted), 1);
    assert_eq!(registry.end_all(Audience::Member("x"), End::Aborted), 0);
    let ended = Some((Vec::new(), Taken::Ended(End::Aborted)));
    assert_eq!(take(a.member().outbox()), ended);
    assert_eq!(take(b.member().outbox()), None);
}

#[test]
fn encodes_a_payload_once_for_each_form() {
    let registry = Arc::new(Registry::new());
    let forms = [
        WireForm::TextFrame,
        WireForm::Plain,
        WireForm::TextFrame,
        WireForm::Plain,
    ];
    let seats = forms.map(|form| {
        let id = format!("{}", registry.len());
        let member = Member::new(id.as_str().into(), form, ROOMY, Overflow::DropOldest);
        registry.seat(Arc::new(member))
    });
    registry.deliver(Audience::All, &payload("hello"));
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    let taken = seats.each_ref().map(|seat| {
        let mut batch = Vec::new();
        assert!(
            seat.member()
                .outbox()
                .poll_take(&mut cx, &mut batch)
                .is_ready()
        );
        batch.pop().unwrap()
    });
    assert_eq!(&taken[0][..], b"\x81\x05hello");
    assert_eq!(&taken[1][..], b"hello");
    assert_eq!(taken[0].as_ptr(), taken[2].as_ptr());
    assert_eq!(taken[1].as_ptr(), taken[3].as_ptr());
}

#[test]
fn counts_what_a_delivery_reached_and_what_it_cost() {
    let registry = Arc::new(Registry::new());
    let limits = OutboxLimits {
        messages: 1,
        bytes: 100,
    };
    let seats = ["a", "b"].map(|id| {
        let member = Member::new(id.into(), WireForm::Plain, limits, Overflow::DropOldest);
        registry.seat(Arc::new(member))
    });
    let metrics = Metrics::default();
    registry
        .deliver(Audience::All, &payload("1"))
        .count(&metrics);
    assert_eq!(received(&seats[0]), ["1"]);
    let second = registry.deliver(Audience::All, &payload("2"));
    second.count(&metrics);
    let expected = Delivery {
        receivers: 2,
        lost: 1,
        replaced: 0,
    };
    assert_eq!(second, expected);
    assert_eq!(metrics.messages_queued.value(), 4);
    assert_eq!(metrics.messages_dropped.value(), 1);
}
