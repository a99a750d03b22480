//! The first record each way.

use std::time::Duration;

use ws_frame::{CloseCode, Frame, Opcode};

use crate::{
    rig::Rig,
    support::{
        hub::{HANDSHAKE, Heard, invocation, result},
        until,
    },
};

const UNEXPECTED: &str = "An unexpected error occurred during connection handshake.";

fn record(text: &str) -> Heard {
    Heard::Record(text.to_owned())
}

fn refused(error: &str) -> Vec<Heard> {
    let error = serde_json::to_string(error).unwrap();
    vec![
        record(&format!("{{\"error\":{error}}}")),
        Heard::Closed(Some(1000)),
    ]
}

/// What comes after a handshake up to the end of the connection.
async fn answers(rig: &Rig, handshake: &str) -> Vec<Heard> {
    let mut hub = rig.connect().await;
    hub.say(handshake).await;
    let mut heard = Vec::new();
    while !matches!(heard.last(), Some(Heard::Closed(_))) {
        heard.push(hub.next().await);
    }
    hub.close(CloseCode::NORMAL).await;
    assert_eq!(hub.next().await, Heard::Lost);
    heard
}

/// Handshakes that are refused: what is sent, what is told to everybody, what besides in detail.
const REFUSALS: [(&str, &str, &str); 17] = [
    (
        r#"{"protocol":"xml","version":1}"#,
        "The protocol 'xml' is not supported.",
        "",
    ),
    (
        r#"{"protocol":"a\"b","version":1}"#,
        "The protocol 'a\"b' is not supported.",
        "",
    ),
    (
        r#"{"protocol":"blazorpack","version":1}"#,
        "The protocol 'blazorpack' is not supported.",
        "",
    ),
    (
        r#"{"protocol":"JSON","version":3}"#,
        "The server does not support version 3 of the 'JSON' protocol.",
        "",
    ),
    (
        r#"{"version":1}"#,
        UNEXPECTED,
        r#" InvalidDataException: Missing required property 'protocol'. Message content: {"version":1}"#,
    ),
    (
        r#"{"protocol":"json"}"#,
        UNEXPECTED,
        r#" InvalidDataException: Missing required property 'version'. Message content: {"protocol":"json"}"#,
    ),
    (
        r#"{"protocol":1,"version":1}"#,
        UNEXPECTED,
        " InvalidDataException: Expected 'protocol' to be of type String.",
    ),
    (
        r#"{"protocol":"json","version":"1"}"#,
        UNEXPECTED,
        " InvalidDataException: Expected 'version' to be of type Number.",
    ),
    (
        r#"{"protocol":"json","version":1.5}"#,
        UNEXPECTED,
        " FormatException: Either the JSON value is not in a supported format, or is out of bounds for an Int32.",
    ),
    (
        r#"{"protocol":"json","version":2147483648}"#,
        UNEXPECTED,
        " FormatException: Either the JSON value is not in a supported format, or is out of bounds for an Int32.",
    ),
    (
        r#"{"protocol":"\ud800","version":1}"#,
        UNEXPECTED,
        " InvalidOperationException: Cannot read incomplete UTF-16 JSON text as string with missing low surrogate.",
    ),
    (
        "{]",
        UNEXPECTED,
        " JsonReaderException: Error reading JSON.",
    ),
    (
        "[]",
        UNEXPECTED,
        " InvalidDataException: Unexpected JSON Token Type 'Array'. Expected a JSON Object.",
    ),
    (
        "1",
        UNEXPECTED,
        " InvalidDataException: Unexpected JSON Token Type 'Number'. Expected a JSON Object.",
    ),
    (
        "\"json\"",
        UNEXPECTED,
        " InvalidDataException: Unexpected JSON Token Type 'String'. Expected a JSON Object.",
    ),
    (
        "null",
        UNEXPECTED,
        " InvalidDataException: Unexpected JSON Token Type 'Null'. Expected a JSON Object.",
    ),
    (
        "true",
        UNEXPECTED,
        " InvalidDataException: Unexpected JSON Token Type 'True'. Expected a JSON Object.",
    ),
];

#[tokio::test]
async fn says_why_it_refuses() {
    let mut rig = Rig::new().await;
    for (handshake, error, _) in REFUSALS {
        assert_eq!(
            answers(&rig, handshake).await,
            refused(error),
            "{handshake}"
        );
    }
    for broken in ["", "{", "{\"protocol\"", "GET / HTTP/1.1", "{]"] {
        assert_eq!(answers(&rig, broken).await, refused(UNEXPECTED), "{broken}");
    }
    assert_eq!(rig.metrics().hub_handshakes_refused.value(), 22);
    assert_eq!(rig.metrics().hub_connections.value(), 0);
    assert!(!rig.has_left_more());
}

#[tokio::test]
async fn says_more_where_errors_are_detailed() {
    let rig = Rig::configured(|config| config.detailed_errors = true).await;
    for (handshake, error, detail) in REFUSALS {
        let expected = refused(&format!("{error}{detail}"));
        assert_eq!(answers(&rig, handshake).await, expected, "{handshake}");
    }
}

#[tokio::test]
async fn accepts_every_way_to_write_it() {
    let rig = Rig::new().await;
    for handshake in [
        r#"{"protocol":"json","version":1}"#,
        r#"{"version":1,"protocol":"json"}"#,
        r#"{ "protocol" : "JSON" , "version" : 2 }"#,
        r#"{"protocol":"json","version":0}"#,
        r#"{"protocol":"json","version":-1}"#,
        r#"{"protocol":"xml","version":9,"protocol":"json","version":1,"x":{"y":[]}}"#,
    ] {
        let mut hub = rig.connect().await;
        hub.say(handshake).await;
        assert_eq!(hub.next().await, record("{}"), "{handshake}");
        assert_eq!(hub.call("Add", "[1,2]").await, result("3"));
    }
}

#[tokio::test]
async fn may_come_byte_by_byte() {
    let rig = Rig::new().await;
    let mut hub = rig.connect().await;
    for byte in HANDSHAKE.as_bytes().chunks(1) {
        hub.frames(&[Frame::new(Opcode::Text, byte)]).await;
    }
    assert_eq!(hub.next().await, record("{}"));

    let mut hub = rig.connect().await;
    let last = HANDSHAKE.len() - 1;
    for (at, byte) in HANDSHAKE.as_bytes().chunks(1).enumerate() {
        let opcode = if at == 0 {
            Opcode::Binary
        } else {
            Opcode::Continuation
        };
        let fragment = Frame {
            fin: at == last,
            ..Frame::new(opcode, byte)
        };
        hub.frames(&[fragment]).await;
    }
    assert_eq!(hub.next().await, record("{}"));
    assert_eq!(hub.call("Add", "[1,2]").await, result("3"));
}

#[tokio::test]
async fn may_share_its_frame_with_messages() {
    let rig = Rig::new().await;
    let add = invocation(Some("0"), "Add", "[1,2]");
    for split in 1..add.len() {
        let (front, back) = add.split_at(split);
        let mut hub = rig.connect().await;
        hub.text(&format!("{HANDSHAKE}{front}")).await;
        hub.text(&format!("{back}\u{1e}")).await;
        assert_eq!(hub.next().await, record("{}"));
        assert_eq!(hub.record().await, result("3"), "{front}");
    }
}

#[tokio::test]
async fn may_share_its_segment_with_the_last_message_and_the_close_frame() {
    let mut rig = Rig::new().await;
    let mut hub = rig.connect().await;
    let text = format!("{HANDSHAKE}{}\u{1e}", invocation(None, "Wait", "[\"x\"]"));
    rig.release("x");
    hub.frames(&[
        Frame::new(Opcode::Text, text.as_bytes()),
        Frame::new(Opcode::Close, &[]),
    ])
    .await;
    assert_eq!(rig.started().await, "x");
    assert_eq!(rig.left().await, realtime_server::hub::Disconnect::Closed);
    // Who has said goodbye is told nothing more.
    assert_eq!(hub.rest().await, [Heard::Closed(Some(1000))]);
}

#[tokio::test]
async fn is_cancelled_when_it_does_not_come_in_time() {
    let rig = Rig::configured(|config| {
        config.handshake_timeout = Duration::from_millis(50);
    })
    .await;
    let mut hub = rig.connect().await;
    hub.text("{\"protocol\":").await;
    let canceled = refused("Handshake was canceled.");
    assert_eq!([hub.next().await, hub.next().await].as_slice(), canceled);
    assert_eq!(rig.metrics().hub_handshakes_refused.value(), 1);
}

#[tokio::test]
async fn is_cancelled_above_the_size_of_a_message() {
    let rig = Rig::configured(|config| config.max_receive_message = 100).await;
    let padded = |length: usize| {
        let padding = "x".repeat(length - HANDSHAKE.len() - ",\"p\":\"\"".len());
        format!(r#"{{"protocol":"json","version":1,"p":"{padding}"}}"#)
    };
    let mut hub = rig.connect().await;
    // The separator counts.
    hub.say(&padded(100)).await;
    assert_eq!(hub.next().await, record("{}"));

    let canceled = refused("Handshake was canceled.");
    assert_eq!(answers(&rig, &padded(101)).await, canceled);
    let mut hub = rig.connect().await;
    hub.text(&"x".repeat(100)).await;
    assert_eq!([hub.next().await, hub.next().await].as_slice(), canceled);
}

#[tokio::test]
async fn needs_no_answer_when_the_client_leaves_before() {
    let mut rig = Rig::new().await;
    let mut hub = rig.connect().await;
    hub.close(CloseCode::GOING_AWAY).await;
    assert_eq!(hub.rest().await, [Heard::Closed(Some(1000))]);

    let mut hub = rig.connect().await;
    hub.text("{\"protocol").await;
    hub.vanish().await;
    until(|| rig.metrics().upgrades.value() == 2).await;
    assert_eq!(rig.metrics().hub_connections.value(), 0);
    assert!(!rig.has_left_more());
}

#[tokio::test]
async fn is_ended_by_a_stop_of_the_server() {
    let mut rig = Rig::new().await;
    let mut hub = rig.connect().await;
    rig.running.ask_to_stop();
    assert_eq!(hub.next().await, Heard::Closed(Some(1001)));
    hub.close(CloseCode::GOING_AWAY).await;
    assert_eq!(hub.next().await, Heard::Lost);
    drop(hub);
    rig.running.stopped().await;
}

#[tokio::test]
async fn speaks_the_protocols_that_are_configured() {
    let rig = Rig::configured(|config| config.protocols.json = false).await;
    let refusal = refused("The protocol 'JSON' is not supported.");
    let asked = "{\"protocol\":\"JSON\",\"version\":1}";
    assert_eq!(answers(&rig, asked).await, refusal);
    let rig = Rig::configured(|config| config.protocols.messagepack = false).await;
    let refusal = refused("The protocol 'messagepack' is not supported.");
    let asked = "{\"protocol\":\"messagepack\",\"version\":1}";
    assert_eq!(answers(&rig, asked).await, refusal);
    assert_eq!(rig.open().await.call("Add", "[1,2]").await, result("3"));
}
