//! One outbox: its limits, its two policies, its end.

use std::task::{Context, Poll};

use bytes::Bytes;
use realtime_server::fanout::{End, Outbox, OutboxLimits, Overflow, Taken};

use crate::member::{ROOMY, Wakes, take};

fn outbox(messages: usize, bytes: usize, overflow: Overflow) -> Outbox {
    Outbox::new(OutboxLimits { messages, bytes }, overflow)
}

/// Pushes each text; gives what each push lost.
fn push_all(outbox: &Outbox, texts: &[&str]) -> Vec<u64> {
    texts
        .iter()
        .map(|text| outbox.push(Bytes::copy_from_slice(text.as_bytes())))
        .collect()
}

fn messages(texts: &[&str], lost: u64) -> (Vec<String>, Taken) {
    let texts = texts.iter().map(|text| (*text).to_owned()).collect();
    (texts, Taken::Messages { lost })
}

fn ended(end: End) -> (Vec<String>, Taken) {
    (Vec::new(), Taken::Ended(end))
}

#[test]
fn gives_messages_in_the_order_of_their_pushes() {
    let outbox = Outbox::new(ROOMY, Overflow::DropOldest);
    assert_eq!(take(&outbox), None);
    assert_eq!(push_all(&outbox, &["a", "b", "c"]), [0, 0, 0]);
    assert_eq!(take(&outbox), Some(messages(&["a", "b", "c"], 0)));
    assert_eq!(take(&outbox), None);
}

#[test]
fn drops_the_oldest_above_either_limit_and_counts_them() {
    for (limits, pushed, lost_by_each, left, lost) in [
        // Messages: below, at, above.
        ((3, 100), vec!["a", "b"], vec![0, 0], vec!["a", "b"], 0),
        (
            (3, 100),
            vec!["a", "b", "c"],
            vec![0, 0, 0],
            vec!["a", "b", "c"],
            0,
        ),
        (
            (3, 100),
            vec!["a", "b", "c", "d"],
            vec![0, 0, 0, 1],
            vec!["b", "c", "d"],
            1,
        ),
        ((1, 100), vec!["a", "b", "c"], vec![0, 1, 1], vec!["c"], 2),
        // Bytes: below, at, above; as many as it takes make room.
        (
            (9, 10),
            vec!["aaaa", "bbbbb"],
            vec![0, 0],
            vec!["aaaa", "bbbbb"],
            0,
        ),
        (
            (9, 10),
            vec!["aaaaa", "bbbbb"],
            vec![0, 0],
            vec!["aaaaa", "bbbbb"],
            0,
        ),
        (
            (9, 10),
            vec!["aaaaa", "bbbbbb"],
            vec![0, 1],
            vec!["bbbbbb"],
            1,
        ),
        (
            (9, 10),
            vec!["aa", "bb", "cc", "dddddd"],
            vec![0, 0, 0, 1],
            vec!["bb", "cc", "dddddd"],
            1,
        ),
        (
            (9, 10),
            vec!["aa", "bb", "cc", "dddddddddd"],
            vec![0, 0, 0, 3],
            vec!["dddddddddd"],
            3,
        ),
    ] {
        let outbox = outbox(limits.0, limits.1, Overflow::DropOldest);
        assert_eq!(push_all(&outbox, &pushed), lost_by_each, "{pushed:?}");
        assert_eq!(take(&outbox), Some(messages(&left, lost)), "{pushed:?}");
    }
}

#[test]
fn loses_a_message_that_can_never_fit_and_nothing_else() {
    let outbox = outbox(9, 10, Overflow::DropOldest);
    assert_eq!(push_all(&outbox, &["a", "b", "12345678901"]), [0, 0, 1]);
    assert_eq!(take(&outbox), Some(messages(&["a", "b"], 1)));
    assert_eq!(push_all(&outbox, &["12345678901"]), [1]);
    assert_eq!(take(&outbox), None);
    // The gap is told with what comes next.
    assert_eq!(push_all(&outbox, &["c"]), [0]);
    assert_eq!(take(&outbox), Some(messages(&["c"], 1)));
}

#[test]
fn forgets_the_count_of_lost_messages_once_it_was_told() {
    let outbox = outbox(1, 100, Overflow::DropOldest);
    push_all(&outbox, &["a", "b"]);
    assert_eq!(take(&outbox), Some(messages(&["b"], 1)));
    push_all(&outbox, &["c"]);
    assert_eq!(take(&outbox), Some(messages(&["c"], 0)));
}

#[test]
fn takes_room_back_when_messages_leave() {
    let outbox = outbox(2, 6, Overflow::Disconnect);
    for _ in 0..5 {
        assert_eq!(push_all(&outbox, &["aaa", "bbb"]), [0, 0]);
        assert_eq!(take(&outbox), Some(messages(&["aaa", "bbb"], 0)));
    }
}

#[test]
fn disconnects_above_either_limit_and_drops_what_waited() {
    for (limits, pushed, lost_by_each) in [
        ((2, 100), vec!["a", "b", "c", "d"], vec![0, 0, 3, 0]),
        ((9, 4), vec!["aa", "bb", "c", "d"], vec![0, 0, 3, 0]),
        ((9, 4), vec!["12345", "a"], vec![1, 0]),
    ] {
        let outbox = outbox(limits.0, limits.1, Overflow::Disconnect);
        assert_eq!(push_all(&outbox, &pushed), lost_by_each, "{pushed:?}");
        assert_eq!(take(&outbox), Some(ended(End::Overflow)), "{pushed:?}");
        assert_eq!(take(&outbox), Some(ended(End::Overflow)), "{pushed:?}");
    }
}

#[test]
fn does_not_disconnect_at_the_limits() {
    let outbox = outbox(2, 4, Overflow::Disconnect);
    assert_eq!(push_all(&outbox, &["aa", "bb"]), [0, 0]);
    assert_eq!(take(&outbox), Some(messages(&["aa", "bb"], 0)));
}

#[test]
fn delivers_what_was_queued_before_its_end() {
    for end in [End::Finished, End::Shutdown, End::Aborted, End::Silent] {
        let outbox = Outbox::new(ROOMY, Overflow::DropOldest);
        push_all(&outbox, &["a", "b"]);
        outbox.end(end);
        assert_eq!(push_all(&outbox, &["late"]), [0]);
        assert_eq!(take(&outbox), Some(messages(&["a", "b"], 0)), "{end:?}");
        assert_eq!(take(&outbox), Some(ended(end)));
    }
}

#[test]
fn keeps_its_first_end() {
    let outbox = Outbox::new(ROOMY, Overflow::DropOldest);
    push_all(&outbox, &["a"]);
    outbox.end(End::Shutdown);
    outbox.end(End::Overflow);
    assert_eq!(take(&outbox), Some(messages(&["a"], 0)));
    assert_eq!(take(&outbox), Some(ended(End::Shutdown)));
}

#[test]
fn gives_at_most_one_vectored_write_at_a_time() {
    let small = Outbox::new(ROOMY, Overflow::DropOldest);
    push_all(&small, &["x"; 65]);
    assert_eq!(take(&small), Some(messages(&["x"; 64], 0)));
    assert_eq!(take(&small), Some(messages(&["x"], 0)));

    let large = outbox(9, 1 << 21, Overflow::DropOldest);
    let text = "y".repeat(128 * 1024);
    push_all(&large, &[&text, &text, &text]);
    assert_eq!(take(&large), Some(messages(&[&text, &text], 0)));
    assert_eq!(take(&large), Some(messages(&[&text], 0)));

    let larger = "z".repeat(256 * 1024 + 1);
    push_all(&large, &[&larger, "after"]);
    assert_eq!(take(&large), Some(messages(&[&larger], 0)));
    assert_eq!(take(&large), Some(messages(&["after"], 0)));
}

#[test]
fn wakes_its_reader_for_a_message_and_for_the_end() {
    let outbox = Outbox::new(ROOMY, Overflow::DropOldest);
    let (woken, waker) = Wakes::new();
    let mut cx = Context::from_waker(&waker);
    assert!(outbox.poll_take(&mut cx, &mut Vec::new()).is_pending());
    assert_eq!(woken.count(), 0);
    // Once is enough, until it has been asked again.
    push_all(&outbox, &["a", "b"]);
    assert_eq!(woken.count(), 1);
    assert!(outbox.poll_take(&mut cx, &mut Vec::new()).is_ready());
    assert!(outbox.poll_take(&mut cx, &mut Vec::new()).is_pending());
    outbox.end(End::Finished);
    assert_eq!(woken.count(), 2);
}

#[test]
fn has_room_for_a_producer_below_half_of_either_limit() {
    let mut cx = Context::from_waker(std::task::Waker::noop());
    for (limits, pushed, room) in [
        ((4, 100), vec!["a"], true),
        ((4, 100), vec!["a", "b"], false),
        ((3, 100), vec!["a"], true),
        ((3, 100), vec!["a", "b"], false),
        ((1, 100), vec![], true),
        ((1, 100), vec!["a"], false),
        ((9, 10), vec!["aaaa"], true),
        ((9, 10), vec!["aaaaa"], false),
    ] {
        let outbox = outbox(limits.0, limits.1, Overflow::Disconnect);
        push_all(&outbox, &pushed);
        let ready = outbox.poll_room(&mut cx).is_ready();
        assert_eq!(ready, room, "{limits:?} {pushed:?}");
    }
}

#[test]
fn has_room_for_a_size_that_fits_beside_what_is_queued() {
    let mut cx = Context::from_waker(std::task::Waker::noop());
    for (pushed, size, room) in [
        (vec!["aaaa"], 6, true),
        (vec!["aaaa"], 7, false),
        (vec!["aaaaa"], 0, false),
        (vec![], 10, true),
        // It will be refused, but only by itself.
        (vec![], 11, true),
        (vec!["a"], 11, false),
    ] {
        let outbox = outbox(9, 10, Overflow::Disconnect);
        push_all(&outbox, &pushed);
        let ready = outbox.poll_room_for(&mut cx, size).is_ready();
        assert_eq!(ready, room, "{pushed:?} {size}");
    }
}

#[test]
fn says_that_it_is_half_full_above_half_of_either_limit() {
    for (limits, pushed, half_full) in [
        ((4, 100), vec!["a", "b"], false),
        ((4, 100), vec!["a", "b", "c"], true),
        ((9, 10), vec!["aaaaa"], false),
        ((9, 10), vec!["aaaaaa"], true),
    ] {
        let outbox = outbox(limits.0, limits.1, Overflow::Disconnect);
        push_all(&outbox, &pushed);
        assert_eq!(outbox.is_half_full(), half_full, "{limits:?} {pushed:?}");
    }
}

#[test]
fn wakes_a_producer_when_there_is_room_and_when_it_ends() {
    let outbox = outbox(2, 100, Overflow::Disconnect);
    let (woken, waker) = Wakes::new();
    let mut cx = Context::from_waker(&waker);
    push_all(&outbox, &["a"]);
    assert_eq!(outbox.poll_room(&mut cx), Poll::Pending);
    assert_eq!(take(&outbox), Some(messages(&["a"], 0)));
    assert_eq!(woken.count(), 1);
    assert_eq!(outbox.poll_room(&mut cx), Poll::Ready(()));

    push_all(&outbox, &["b"]);
    assert_eq!(outbox.poll_room(&mut cx), Poll::Pending);
    outbox.end(End::Finished);
    assert_eq!(woken.count(), 2);
    assert_eq!(outbox.poll_room(&mut cx), Poll::Ready(()));
}

#[test]
fn tells_of_its_end_whoever_waits_for_that_alone() {
    let outbox = outbox(1, 100, Overflow::Disconnect);
    let (woken, waker) = Wakes::new();
    let mut cx = Context::from_waker(&waker);
    push_all(&outbox, &["a"]);
    assert_eq!(outbox.poll_ended(&mut cx), Poll::Pending);
    // Too much is an end as well.
    assert_eq!(push_all(&outbox, &["b"]), [2]);
    assert_eq!(woken.count(), 1);
    assert_eq!(outbox.poll_ended(&mut cx), Poll::Ready(End::Overflow));
}
