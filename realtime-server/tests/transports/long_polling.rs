//! Long polling: what each poll is answered, and when.

use std::time::Duration;

use realtime_server::hub::Disconnect;

use crate::{
    requests::{Requests, stays_silent},
    rig::Rig,
    support::{
        client::Answer,
        hub::{HANDSHAKE, PING, invocation, result},
        until,
    },
};

const SHORT: Duration = Duration::from_millis(50);

fn assert_uncached(answer: &Answer) {
    assert_eq!(answer.field("cache-control"), Some("no-cache, no-store"));
    assert_eq!(answer.field("pragma"), Some("no-cache"));
    assert_eq!(
        answer.field("expires"),
        Some("Thu, 01 Jan 1970 00:00:00 GMT")
    );
}

fn told(text: &str) -> String {
    invocation(None, "Told", &format!("[\"{text}\"]")) + "\u{1e}"
}

#[tokio::test]
async fn the_first_poll_is_answered_at_once() {
    let rig = Rig::new().await;
    let requests = Requests::negotiate(&rig).await;
    let first = requests.poll().await;
    assert_eq!((first.status, first.text()), (200, ""));
    assert_eq!(
        first.field("content-type"),
        Some("application/octet-stream")
    );
    assert_eq!(first.field("content-length"), Some("0"));
    assert_uncached(&first);
}

#[tokio::test]
async fn the_first_poll_is_a_sign_of_life() {
    let rig = Rig::configured(|config| {
        config.connect_timeout = Duration::from_secs(2);
        config.disconnect_timeout = Duration::from_secs(2);
    })
    .await;
    let requests = Requests::negotiate(&rig).await;
    tokio::time::sleep(Duration::from_millis(1_300)).await;
    assert_eq!(requests.poll().await.status, 200);
    tokio::time::sleep(Duration::from_millis(1_300)).await;
    assert_eq!(requests.post(HANDSHAKE).await.status, 200);
}

#[tokio::test]
async fn carries_a_handshake_and_calls() {
    let rig = Rig::new().await;
    let requests = Requests::polling(&rig).await;
    let call = invocation(Some("0"), "Id", "[]") + "\u{1e}";
    let posted = requests.post(&call).await;
    assert_eq!((posted.status, posted.text()), (200, ""));
    assert_eq!(posted.field("content-type"), Some("text/plain"));
    let answer = requests.poll().await;
    let expected = result(&format!("\"{}\"", requests.id)) + "\u{1e}";
    assert_eq!((answer.status, answer.text()), (200, &*expected));
    assert_eq!(
        answer.field("content-type"),
        Some("application/octet-stream")
    );
    assert_uncached(&answer);
}

#[tokio::test]
async fn takes_records_in_any_pieces() {
    let rig = Rig::new().await;
    let requests = Requests::negotiate(&rig).await;
    requests.poll().await;
    let stream = format!("{HANDSHAKE}{}\u{1e}", invocation(Some("0"), "Add", "[1,2]"));
    for piece in stream.as_bytes().chunks(7) {
        let piece = std::str::from_utf8(piece).unwrap();
        assert_eq!(requests.post(piece).await.status, 200);
    }
    let mut all = String::new();
    while all.matches('\u{1e}').count() < 2 {
        all += requests.poll().await.text();
    }
    assert_eq!(all, format!("{{}}\u{1e}{}\u{1e}", result("3")));
}

#[tokio::test]
async fn answers_with_everything_that_waits() {
    let rig = Rig::new().await;
    let requests = Requests::polling(&rig).await;
    for text in ["a", "b", "c"] {
        rig.clients.all().send("Told", (text,)).await.unwrap();
    }
    let mut all = String::new();
    // The first poll may come before the connection has taken all three over.
    while !all.ends_with(&told("c")) {
        all += requests.poll().await.text();
    }
    assert_eq!(all, told("a") + &told("b") + &told("c"));
}

#[tokio::test]
async fn a_newer_poll_ends_the_older_one() {
    let rig = Rig::new().await;
    let requests = Requests::polling(&rig).await;
    let mut older = requests.open("").await;
    stays_silent(&mut older).await;
    let mut newer = requests.open("").await;
    let ended = older.answer().await;
    assert_eq!(ended.status, 204);
    assert_eq!(ended.field("content-type"), Some("text/plain"));
    assert_uncached(&ended);
    rig.clients.all().send("Told", ("news",)).await.unwrap();
    assert_eq!(newer.answer().await.text(), told("news"));
}

#[tokio::test]
async fn a_poll_for_which_nothing_comes_is_answered_with_nothing() {
    let rig = Rig::configured(|config| config.poll_timeout = SHORT).await;
    let requests = Requests::polling(&rig).await;
    let nothing = requests.poll().await;
    assert_eq!((nothing.status, nothing.text()), (200, ""));
    assert_eq!(nothing.field("content-type"), Some("text/plain"));
    assert_eq!(nothing.field("content-length"), Some("0"));
    assert_uncached(&nothing);
}

#[tokio::test]
async fn sends_no_keep_alive() {
    let rig = Rig::configured(|config| {
        config.keep_alive_interval = Duration::from_millis(20);
        config.poll_timeout = Duration::from_millis(300);
    })
    .await;
    let requests = Requests::polling(&rig).await;
    assert_eq!(requests.poll().await.text(), "");
}

#[tokio::test]
async fn the_last_words_come_before_the_end() {
    let mut rig = Rig::new().await;
    let requests = Requests::polling(&rig).await;
    let call = invocation(None, "Abort", "[]") + "\u{1e}";
    requests.post(&call).await;
    assert_eq!(rig.left().await, Disconnect::Aborted);
    let mut all = String::new();
    let end = loop {
        let answer = requests.poll().await;
        if answer.status != 200 {
            break answer;
        }
        all += answer.text();
    };
    assert!(all.ends_with("{\"type\":7}\u{1e}"), "{all}");
    assert_eq!(end.status, 204);
    assert_eq!(end.field("content-type"), Some("text/plain"));
    let unknown = requests.poll().await;
    assert_eq!(
        (unknown.status, unknown.text()),
        (404, "No Connection with that ID")
    );
    assert_uncached(&unknown);
}

#[tokio::test]
async fn a_delete_ends_the_connection_and_its_poll() {
    let mut rig = Rig::new().await;
    let requests = Requests::polling(&rig).await;
    let mut poll = requests.open("").await;
    let deleted = requests.delete().await;
    assert_eq!((deleted.status, deleted.text()), (202, ""));
    assert_eq!(deleted.field("content-type"), Some("text/plain"));
    assert_eq!(poll.answer().await.status, 204);
    assert_eq!(rig.left().await, Disconnect::Closed);
    requests.is_unknown().await;
    assert_eq!(requests.delete().await.status, 404);
}

#[tokio::test]
async fn a_client_that_does_not_come_back_is_lost() {
    let mut rig = Rig::configured(|config| config.disconnect_timeout = SHORT).await;
    let requests = Requests::polling(&rig).await;
    assert_eq!(rig.left().await, Disconnect::Lost);
    assert_eq!(rig.metrics().hub_polls_expired.value(), 1);
    requests.is_unknown().await;
}

#[tokio::test]
async fn a_client_that_polls_is_not_lost() {
    let rig = Rig::configured(|config| {
        config.disconnect_timeout = Duration::from_millis(200);
        config.poll_timeout = Duration::from_secs(1);
    })
    .await;
    let requests = Requests::polling(&rig).await;
    // Longer than a client may stay away.
    assert_eq!(requests.poll().await.status, 200);
    assert_eq!(requests.post(&format!("{PING}\u{1e}")).await.status, 200);
    assert_eq!(rig.metrics().hub_polls_expired.value(), 0);
}

#[tokio::test]
async fn what_comes_after_a_poll_broke_off_goes_to_the_next_one() {
    let rig = Rig::new().await;
    let requests = Requests::polling(&rig).await;
    let mut broken = requests.open("").await;
    stays_silent(&mut broken).await;
    drop(broken);
    // Only a poll that the server knows to be broken takes nothing with it.
    let mut next = requests.open("").await;
    stays_silent(&mut next).await;
    rig.clients.all().send("Told", ("kept",)).await.unwrap();
    assert_eq!(next.answer().await.text(), told("kept"));
}

#[tokio::test]
async fn a_stop_tells_a_waiting_poll() {
    let mut rig = Rig::new().await;
    let requests = Requests::polling(&rig).await;
    let mut poll = requests.open("").await;
    stays_silent(&mut poll).await;
    rig.running.ask_to_stop();
    let last = poll.answer().await;
    assert_eq!(
        (last.status, last.text()),
        (200, "{\"type\":7,\"allowReconnect\":true}\u{1e}")
    );
    assert_eq!(rig.left().await, Disconnect::Shutdown);
    rig.running.stopped().await;
}

#[tokio::test]
async fn refuses_more_connections_than_may_poll() {
    let rig = Rig::configured(|config| config.max_polling = 1).await;
    let first = Requests::polling(&rig).await;
    let second = Requests::negotiate(&rig).await;
    let refused = second.poll().await;
    assert_eq!(
        (refused.status, refused.field("retry-after")),
        (503, Some("1"))
    );
    first.delete().await;
    first.is_unknown().await;
    // The refusal cost the connection nothing.
    until(|| rig.clients.count() == 0).await;
    assert_eq!(second.poll().await.status, 200);
}
