//! Records in WebSocket frames: how they may be cut, and how large they may be.

use realtime_server::hub::Disconnect;
use ws_frame::{Frame, Opcode};

use crate::{
    rig::Rig,
    support::hub::{Heard, HubClient, invocation, masked, result},
};

const FAILED: &str =
    r#"{"type":7,"error":"Connection closed with an error.","allowReconnect":true}"#;

/// `Length` with a text so long that the record has `length` bytes, its separator included.
fn sized(length: usize) -> (String, usize) {
    let empty = invocation(Some("0"), "Length", "[\"\"]").len() + 1;
    let text = "x".repeat(length - empty);
    let record = invocation(Some("0"), "Length", &format!("[\"{text}\"]"));
    (record, text.len())
}

fn fragment(fin: bool, opcode: Opcode, payload: &[u8]) -> Frame<'_> {
    Frame {
        fin,
        ..Frame::new(opcode, payload)
    }
}

#[tokio::test]
async fn takes_a_record_of_the_largest_size_and_none_above() {
    let mut rig = Rig::new().await;
    let mut hub = rig.open().await;
    for size in [32_767, 32_768] {
        let (record, length) = sized(size);
        hub.say(&record).await;
        assert_eq!(hub.record().await, result(&length.to_string()), "{size}");
    }
    hub.say(&sized(32_769).0).await;
    assert_eq!(hub.record().await, FAILED);
    assert_eq!(hub.next().await, Heard::Closed(Some(1000)));
    assert_eq!(rig.left().await, Disconnect::Protocol);
    assert_eq!(rig.metrics().hub_protocol_errors.value(), 1);
}

#[tokio::test]
async fn says_what_is_wrong_as_the_exception_of_the_reference_server() {
    let rig = Rig::configured(|config| config.detailed_errors = true).await;
    let number = "Either the JSON value is not in a supported format, or is out of bounds for an";
    for (record, exception, text) in [
        (
            r#"{"type":1.5}"#,
            "FormatException",
            format!("{number} Int32."),
        ),
        (
            r#"{"type":8,"sequenceId":1.5}"#,
            "FormatException",
            format!("{number} Int64."),
        ),
        (
            r#"{"type":1,"target":"Add","arguments":[],"streamIds":[1]}"#,
            "InvalidOperationException",
            "Cannot get the value of a token type 'Number' as a string.".into(),
        ),
        (
            r#"{"type":1,"target":"\ud800","arguments":[]}"#,
            "InvalidOperationException",
            "Cannot read incomplete UTF-16 JSON text as string with missing low surrogate.".into(),
        ),
        ("{]", "InvalidDataException", "Error reading JSON.".into()),
    ] {
        let mut hub = rig.open().await;
        hub.say(record).await;
        let told = format!("Connection closed with an error. {exception}: {text}");
        let told = format!(r#"{{"type":7,"error":"{told}","allowReconnect":true}}"#);
        assert_eq!(hub.record().await, told, "{record}");
    }
}

#[tokio::test]
async fn says_how_large_a_record_may_be_where_errors_are_detailed() {
    let rig = Rig::configured(|config| {
        config.detailed_errors = true;
        config.max_receive_message = 100;
    })
    .await;
    let mut hub = rig.open().await;
    // Without a separator it is refused as soon as it is too large.
    hub.text(&"x".repeat(100)).await;
    assert_eq!(
        hub.record().await,
        r#"{"type":7,"error":"Connection closed with an error. InvalidDataException: The maximum message size of 100B was exceeded. The message size can be configured in AddHubOptions.","allowReconnect":true}"#
    );
    assert_eq!(hub.next().await, Heard::Closed(Some(1000)));
}

#[tokio::test]
async fn takes_many_records_that_are_larger_together() {
    let rig = Rig::new().await;
    let mut hub = rig.open().await;
    let (record, length) = sized(20_000);
    let five = format!("{record}\u{1e}").repeat(5);
    hub.text(&five).await;
    for _ in 0..5 {
        assert_eq!(hub.record().await, result(&length.to_string()));
    }
}

#[tokio::test]
async fn does_not_care_how_a_record_is_cut() {
    let rig = Rig::new().await;
    let mut hub = rig.open().await;
    let record = format!("{}\u{1e}", invocation(Some("0"), "Mirror", "[\"äöü\"]"));
    let bytes = record.as_bytes();
    for split in 0..=bytes.len() {
        let (front, back) = bytes.split_at(split);
        // Two messages, and one message in two fragments with a ping between them.
        hub.frames(&[Frame::new(Opcode::Binary, front)]).await;
        hub.frames(&[Frame::new(Opcode::Binary, back)]).await;
        assert_eq!(
            hub.next().await,
            Heard::Record(result("\"äöü\"")),
            "{split}"
        );
        hub.frames(&[
            fragment(false, Opcode::Text, front),
            Frame::new(Opcode::Ping, b"between"),
        ])
        .await;
        assert_eq!(hub.next().await, Heard::Pong(b"between".to_vec()));
        hub.frames(&[fragment(true, Opcode::Continuation, back)])
            .await;
        assert_eq!(
            hub.next().await,
            Heard::Record(result("\"äöü\"")),
            "{split}"
        );
    }
}

#[tokio::test]
async fn does_not_care_how_the_bytes_of_frames_arrive() {
    let rig = Rig::new().await;
    let mut hub = rig.open().await;
    let record = format!("{}\u{1e}", invocation(Some("0"), "Add", "[1,2]"));
    let bytes = masked(&[
        Frame::new(Opcode::Ping, b"?"),
        Frame::new(Opcode::Text, record.as_bytes()),
    ]);
    for split in 1..bytes.len() {
        let (front, back) = bytes.split_at(split);
        hub.client.send(front).await;
        hub.client.send(back).await;
        assert_eq!(hub.next().await, Heard::Pong(b"?".to_vec()), "{split}");
        assert_eq!(hub.next().await, Heard::Record(result("3")), "{split}");
    }
}

#[tokio::test]
async fn takes_several_records_and_a_half_from_one_frame() {
    let rig = Rig::new().await;
    let mut hub = rig.open().await;
    let [one, two, three] =
        ["[0,1]", "[0,2]", "[0,3]"].map(|sum| invocation(Some("0"), "Add", sum));
    let (front, back) = three.split_at(20);
    hub.text(&format!("{one}\u{1e}{two}\u{1e}{front}")).await;
    assert_eq!(hub.record().await, result("1"));
    assert_eq!(hub.record().await, result("2"));
    hub.text(&format!("{back}\u{1e}")).await;
    assert_eq!(hub.record().await, result("3"));
}

#[tokio::test]
async fn answers_pings_with_their_payload() {
    let rig = Rig::new().await;
    let mut hub = rig.open().await;
    let longest = [b'p'; 125];
    let payloads: [&[u8]; 3] = [b"", b"payload", &longest];
    hub.frames(&payloads.map(|payload| Frame::new(Opcode::Ping, payload)))
        .await;
    for payload in payloads {
        assert_eq!(hub.next().await, Heard::Pong(payload.to_vec()));
    }
    // A pong that nobody asked for is no matter.
    hub.frames(&[Frame::new(Opcode::Pong, b"!")]).await;
    assert_eq!(hub.call("Add", "[1,2]").await, result("3"));
}

#[tokio::test]
async fn ends_a_connection_that_breaks_the_hub_protocol() {
    let mut rig = Rig::new().await;
    for record in [
        "{",
        "[]",
        "{}",
        r#"{"type":"1"}"#,
        r#"{"type":1,"target":"Add"}"#,
        r#"{"type":1,"arguments":[]}"#,
        r#"{"type":1,"target":"Add","arguments":{}}"#,
        r#"{"type":4,"target":"Add","arguments":[]}"#,
    ] {
        let mut hub = rig.open().await;
        hub.say(record).await;
        assert_eq!(hub.record().await, FAILED, "{record}");
        assert_eq!(hub.next().await, Heard::Closed(Some(1000)), "{record}");
        assert_eq!(rig.left().await, Disconnect::Protocol, "{record}");
    }
    assert_eq!(rig.metrics().hub_protocol_errors.value(), 8);
}

#[tokio::test]
async fn ends_a_connection_that_breaks_the_websocket_framing() {
    let mut rig = Rig::new().await;
    let cases: [(&[u8], u16); 8] = [
        // Not masked.
        (b"\x81\x01x", 1002),
        // A reserved bit, a reserved opcode.
        (b"\xc1\x80\0\0\0\0", 1002),
        (b"\x83\x80\0\0\0\0", 1002),
        // A continuation of nothing, a ping in fragments, a ping that is too long.
        (b"\x80\x80\0\0\0\0", 1002),
        (b"\x09\x80\0\0\0\0", 1002),
        (b"\x89\xfe\x00\x7e\0\0\0\0", 1002),
        // Text that is no UTF-8.
        (b"\x81\x81\0\0\0\0\xff", 1007),
        // A close frame with a code that must not be on the wire.
        (b"\x88\x82\0\0\0\0\x03\xed", 1002),
    ];
    for (bytes, code) in cases {
        let mut hub = rig.open().await;
        hub.client.send(bytes).await;
        assert_eq!(hub.next().await, Heard::Closed(Some(code)), "{bytes:x?}");
        assert_eq!(rig.left().await, Disconnect::Protocol, "{bytes:x?}");
    }
}

#[tokio::test]
async fn works_off_what_came_before_the_frame_that_breaks_the_framing() {
    let mut rig = Rig::new().await;
    let mut hub = rig.open().await;
    let record = format!("{}\u{1e}", invocation(None, "Wait", "[\"x\"]"));
    let mut bytes = masked(&[Frame::new(Opcode::Text, record.as_bytes())]);
    bytes.extend_from_slice(b"\x81\x01x");
    rig.release("x");
    hub.client.send(bytes).await;
    assert_eq!(rig.started().await, "x");
    assert_eq!(hub.next().await, Heard::Closed(Some(1002)));
    assert_eq!(rig.left().await, Disconnect::Protocol);
}

#[tokio::test]
async fn stays_within_its_limit_however_many_frames_a_record_comes_in() {
    let mut rig = Rig::configured(|config| config.max_receive_message = 1_000).await;
    let mut hub: HubClient = rig.open().await;
    let byte = [fragment(false, Opcode::Continuation, b"x")];
    hub.frames(&[fragment(false, Opcode::Text, b"x")]).await;
    hub.frames(&byte.repeat(998)).await;
    hub.frames(&[Frame::new(Opcode::Ping, b"")]).await;
    assert_eq!(hub.next().await, Heard::Pong(Vec::new()));
    hub.frames(&byte).await;
    assert_eq!(hub.record().await, FAILED);
    assert_eq!(rig.left().await, Disconnect::Protocol);
}
