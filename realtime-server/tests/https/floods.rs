//! Clients that cost more than they ask for.

use std::time::Duration;

use h2::Reason;

use crate::{
    frames::{
        CONTINUATION, DATA, END_HEADERS, END_STREAM, HEADERS, PING, PRIORITY, Peer, RST_STREAM,
        SETTINGS, WINDOW_UPDATE, fields, frame, get,
    },
    rig::Rig,
    until,
};

/// Little, so that a flood is soon seen for what it is.
async fn strict(test: &str) -> Rig {
    Rig::with(test, |settings| {
        settings.http.http2.max_overhead = 256 * 1024;
    })
    .await
}

/// Whether a flood was called one. Who floods on for longer than the server lingers does not hear it.
fn is_calming(reason: Option<Reason>) -> bool {
    reason.is_none_or(|reason| reason == Reason::ENHANCE_YOUR_CALM)
}

/// The identifiers of streams that a client opens.
fn streams() -> impl FnMut() -> u32 {
    let mut ids = (1..).step_by(2);
    move || ids.next().unwrap()
}

#[tokio::test]
async fn streams_that_are_reset_at_once_end_the_connection() {
    let rig = Rig::new("rapid-reset").await;
    let mut next = streams();
    let flood = move || {
        let pairs = (0..100).map(|_| {
            let stream = next();
            let reset = frame(RST_STREAM, 0, stream, &8_u32.to_be_bytes());
            [get(stream, "/never"), reset].concat()
        });
        pairs.collect::<Vec<_>>().concat()
    };
    let peer = Peer::new(&rig).await;
    let reason = peer.flood(flood).await;
    assert!(is_calming(reason), "{reason:?}");
    until(|| rig.metrics.http2_connections_broken.value() == 1).await;
    rig.is_well().await;
}

#[tokio::test]
async fn a_head_without_end_ends_the_connection() {
    let rig = Rig::new("continuations").await;
    let mut peer = Peer::new(&rig).await;
    let begun = frame(HEADERS, END_STREAM, 1, &fields("GET", "/ok"));
    peer.send(&begun).await;
    // A literal field without an index, over and over.
    let field = [&[0x00, 0x01, b'a', 0x7f, 0x81, 0x03][..], &[b'v'; 512]].concat();
    let more = frame(CONTINUATION, 0, 1, &field);
    let reason = peer.flood(move || more.clone()).await;
    assert!(
        reason.is_some_and(|reason| reason != Reason::NO_ERROR),
        "{reason:?}"
    );
    rig.is_well().await;
}

#[tokio::test]
async fn frames_that_ask_for_nothing_end_the_connection() {
    let rig = strict("control").await;
    let setting = [0, 4, 0, 1, 0, 0];
    let floods = [
        ("pings", frame(PING, 0, 0, &[7; 8])),
        ("settings", frame(SETTINGS, 0, 0, &setting)),
        ("empty settings", frame(SETTINGS, 0, 0, &[])),
        ("priorities", frame(PRIORITY, 0, 1, &[0, 0, 0, 0, 1])),
        ("unknown frames", frame(0x42, 0, 0, &[1, 2, 3])),
    ];
    for (ended, (what, flood)) in (1..).zip(floods) {
        let peer = Peer::new(&rig).await;
        let flood = flood.repeat(200);
        let reason = peer.flood(move || flood.clone()).await;
        assert!(is_calming(reason), "{what} {reason:?}");
        until(|| rig.metrics.http2_connections_broken.value() == ended).await;
        rig.is_well().await;
    }
}

#[tokio::test]
async fn a_body_of_empty_frames_ends_the_connection() {
    let rig = strict("empty-data").await;
    for padding in [&[][..], &[200; 1]] {
        let mut peer = Peer::new(&rig).await;
        peer.send(&frame(HEADERS, END_HEADERS, 1, &fields("POST", "/mirror")))
            .await;
        let empty = match padding {
            [length] => {
                let padded = [&[*length][..], &vec![0; usize::from(*length)]].concat();
                frame(DATA, 8, 1, &padded)
            }
            _ => frame(DATA, 0, 1, &[]),
        };
        let flood = empty.repeat(100);
        let reason = peer.flood(move || flood.clone()).await;
        assert!(
            reason.is_some_and(|reason| reason != Reason::NO_ERROR),
            "{reason:?}"
        );
        rig.is_well().await;
    }
}

#[tokio::test]
async fn windows_that_grow_byte_by_byte_end_the_connection() {
    let rig = strict("windows").await;
    let mut peer = Peer::new(&rig).await;
    peer.get(1, "/events").await;
    let more = frame(WINDOW_UPDATE, 0, 1, &1_u32.to_be_bytes()).repeat(200);
    let reason = peer.flood(move || more.clone()).await;
    assert!(is_calming(reason), "{reason:?}");
    until(|| rig.metrics.http2_connections_broken.value() == 1).await;
    rig.is_well().await;
}

#[tokio::test]
async fn what_is_no_http2_ends_the_connection() {
    let rig = Rig::new("no-h2").await;
    for (what, bytes) in [
        ("data of no stream", frame(DATA, 0, 1, b"x")),
        ("a ping of the wrong size", frame(PING, 0, 0, &[0; 7])),
        (
            "a frame over the limit",
            frame(DATA, 0, 1, &vec![0; 20_000]),
        ),
        (
            "fields that cannot be decoded",
            frame(HEADERS, 5, 1, &[0xff; 20]),
        ),
        ("an even stream", get(2, "/ok")),
    ] {
        let mut peer = Peer::new(&rig).await;
        peer.send(&bytes).await;
        let reason = peer.farewell().await;
        assert!(
            reason.is_some_and(|reason| reason != Reason::NO_ERROR),
            "{what} {reason:?}"
        );
    }
    rig.is_well().await;
}

/// Fields that are short on the wire and long once they are decoded.
#[tokio::test]
async fn a_list_that_grows_when_it_is_decoded_is_refused() {
    let rig = Rig::new("bomb").await;
    let mut peer = Peer::new(&rig).await;
    let long = 3900_usize;
    let mut block = fields("GET", "/ok");
    // A literal field that enters the table, then the same by its index.
    block.extend([0x40, 0x01, b'a', 0x7f]);
    let rest = long - 127;
    block.extend([
        u8::try_from(rest % 128).unwrap() | 0x80,
        u8::try_from(rest / 128).unwrap(),
    ]);
    block.extend(vec![b'v'; long]);
    block.extend(vec![0xbe; 10_000]);
    peer.send(&frame(HEADERS, END_HEADERS | END_STREAM, 1, &block))
        .await;
    let answered = peer.find(HEADERS).await;
    if let Some(head) = answered {
        // A status that is not 200, whose index in the static table is 8.
        assert_ne!(head.payload.first(), Some(&0x88));
    }
    rig.is_well().await;
}

#[tokio::test]
async fn a_head_that_does_not_end_is_not_waited_for() {
    let rig = Rig::with("half-head", |settings| {
        settings.http.keep_alive_timeout = Duration::from_millis(50);
        settings.http.http2.ping_timeout = Duration::from_millis(50);
    })
    .await;
    let mut peer = Peer::new(&rig).await;
    peer.send(&frame(HEADERS, END_STREAM, 1, &fields("GET", "/ok")))
        .await;
    while peer.next().await.is_some() {}
    rig.is_well().await;
}
