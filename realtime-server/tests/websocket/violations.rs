//! Frames that break a rule: each is answered with a close frame of the right code, after what was
//! said before.

use realtime_server::config::WebSocketConfig;
use ws_frame::{Frame, Opcode};

use crate::rig::{Heard, Peer, closed, echoing, raw};

/// What is wrong, the bytes, and the code that they are answered with.
fn violations() -> Vec<(&'static str, Vec<u8>, u16)> {
    let close = |code: u16| raw(0x88, &[2], &code.to_be_bytes());
    let mut cases = vec![
        ("unmasked frame", b"\x81\x05Hello".to_vec(), 1002),
        ("RSV1 without an extension", raw(0xC1, &[1], b"x"), 1002),
        ("RSV2", raw(0xA1, &[1], b"x"), 1002),
        ("RSV3", raw(0x91, &[1], b"x"), 1002),
        ("RSV1 on a ping", raw(0xC9, &[0], b""), 1002),
        (
            "RSV1 on a continuation",
            [raw(0x01, &[1], b"x"), raw(0xC0, &[1], b"x")].concat(),
            1002,
        ),
        ("reserved data opcode", raw(0x83, &[0], b""), 1002),
        ("reserved control opcode", raw(0x8B, &[0], b""), 1002),
        (
            "16-bit length of 5",
            raw(0x81, &[126, 0, 5], b"Hello"),
            1002,
        ),
        (
            "16-bit length of 125",
            raw(0x82, &[126, 0, 125], &[0; 125]),
            1002,
        ),
        (
            "64-bit length of 5",
            raw(0x81, &[127, 0, 0, 0, 0, 0, 0, 0, 5], b"Hello"),
            1002,
        ),
        (
            "64-bit length of 65,535",
            raw(0x82, &[127, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], &[]),
            1002,
        ),
        (
            "length with its top bit set",
            raw(0x82, &[127, 0x80, 0, 0, 0, 0, 0, 0, 0], b""),
            1002,
        ),
        (
            "length of 2^62",
            raw(0x82, &[127, 0x40, 0, 0, 0, 0, 0, 0, 0], b""),
            1009,
        ),
        (
            "pong of 126 bytes",
            raw(0x8A, &[126, 0, 126], &[0; 126]),
            1002,
        ),
        (
            "close frame of 126 bytes",
            raw(0x88, &[126, 0, 126], &[0; 126]),
            1002,
        ),
        ("fragmented ping", raw(0x09, &[0], b""), 1002),
        ("continuation of nothing", raw(0x80, &[1], b"x"), 1002),
        (
            "message inside a message",
            [raw(0x01, &[0], b""), raw(0x81, &[0], b"")].concat(),
            1002,
        ),
        ("text that is not UTF-8", raw(0x81, &[1], b"\xFF"), 1007),
        // Its length says that more comes; it is refused before that.
        (
            "hopeless text in a frame under way",
            raw(0x81, &[126, 1, 0], b"\xF4\x90"),
            1007,
        ),
        ("close frame of one byte", raw(0x88, &[1], b"\x03"), 1002),
        (
            "close reason that is not UTF-8",
            raw(0x88, &[3], b"\x03\xE8\xFF"),
            1007,
        ),
    ];
    for code in [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535] {
        cases.push(("close code that must not be sent", close(code), 1002));
    }
    cases
}

//= https://www.rfc-editor.org/rfc/rfc6455#section-7.1.7
//# If _The WebSocket Connection is Established_ prior to the point where
//# the endpoint is required to _Fail the WebSocket Connection_, the
//# endpoint SHOULD send a Close frame with an appropriate status code
//# (Section 7.4) before proceeding to _Close the WebSocket Connection_.
#[tokio::test]
async fn each_violation_gets_its_close_code_after_the_echoes_before_it() {
    let server = echoing(WebSocketConfig::default()).await;
    let cases = violations();
    for (name, bytes, code) in &cases {
        let mut peer = Peer::open(server.address).await;
        let all = [&raw(0x81, &[6], b"before"), &bytes[..]].concat();
        peer.client.send(all).await;
        let expected = [Heard::Text("before".into()), closed(*code)];
        assert_eq!(peer.rest().await, expected, "{name}: {bytes:x?}");
    }
    let counted = server.metrics.websocket_protocol_errors.value();
    assert_eq!(counted, cases.len() as u64);
}

#[tokio::test]
async fn a_violation_that_arrives_byte_by_byte_is_the_same() {
    let server = echoing(WebSocketConfig::default()).await;
    let mut peer = Peer::open(server.address).await;
    let bytes = [raw(0x81, &[1], b"x"), raw(0x81, &[126, 0, 5], b"")].concat();
    for byte in bytes {
        peer.client.send([byte]).await;
    }
    assert_eq!(peer.rest().await, [Heard::Text("x".into()), closed(1002)]);
}

#[tokio::test]
async fn registered_close_codes_are_given_back() {
    let server = echoing(WebSocketConfig::default()).await;
    for code in [1000_u16, 1001, 1011, 1012, 1013, 1014, 3000, 4999] {
        let mut peer = Peer::open(server.address).await;
        let close = raw(0x88, &[5], &[&code.to_be_bytes()[..], b"bye"].concat());
        peer.client.send(close).await;
        assert_eq!(peer.rest().await, [closed(code)], "{code}");
    }
    assert_eq!(server.metrics.websocket_protocol_errors.value(), 0);
}

#[tokio::test]
async fn a_message_at_the_limit_passes_and_one_beyond_is_refused_by_its_head() {
    let mut config = WebSocketConfig::default();
    config.max_message = 1000;
    let server = echoing(config).await;
    let mut peer = Peer::open(server.address).await;
    peer.frame(Frame::new(Opcode::Binary, &[7; 1000])).await;
    assert_eq!(peer.next().await, Heard::Binary(vec![7; 1000]));
    // The head alone decides; no byte of the payload is sent.
    peer.client.send(raw(0x82, &[126, 3, 0xE9], &[])).await;
    assert_eq!(peer.rest().await, [closed(1009)]);
}

#[tokio::test]
async fn fragments_count_together_against_the_limits() {
    let mut config = WebSocketConfig::default();
    config.max_message = 1000;
    config.max_fragments = 3;
    let server = echoing(config).await;

    let mut peer = Peer::open(server.address).await;
    let fragments = [
        raw(0x02, &[126, 1, 0xF4], &[1; 500]),
        raw(0x00, &[126, 1, 0xF4], &[2; 500]),
        raw(0x80, &[0], &[]),
    ];
    peer.client.send(fragments.concat()).await;
    assert_eq!(
        peer.next().await,
        Heard::Binary([[1; 500], [2; 500]].concat())
    );
    peer.client
        .send([&fragments[0][..], &fragments[1]].concat())
        .await;
    peer.client.send(raw(0x80, &[1], b"x")).await;
    assert_eq!(peer.rest().await, [closed(1009)]);

    let mut peer = Peer::open(server.address).await;
    let empty = [
        raw(0x02, &[0], &[]),
        raw(0x00, &[0], &[]),
        raw(0x00, &[0], &[]),
    ];
    peer.client.send(empty.concat()).await;
    peer.client.send(raw(0x80, &[0], &[])).await;
    assert_eq!(peer.rest().await, [closed(1008)]);
}
