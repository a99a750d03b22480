//! The ends of a connection, from either side, and what the hub is told of them.

use std::{sync::Arc, time::Duration};

use realtime_server::hub::{Caller, Disconnect, HubError};
use ws_frame::{CloseCode, Frame, Opcode};

use crate::{
    rig::Rig,
    support::{
        hub::{HANDSHAKE, Heard, invocation, result},
        until,
    },
};

fn record(text: &str) -> Heard {
    Heard::Record(text.to_owned())
}

#[tokio::test]
async fn answers_a_close_message_and_tells_the_hub_its_error() {
    let mut rig = Rig::new().await;
    for (close, reason) in [
        (r#"{"type":7}"#, Disconnect::Closed),
        (r#"{"type":7,"allowReconnect":true}"#, Disconnect::Closed),
        (
            r#"{"type":7,"error":"tired"}"#,
            Disconnect::ClientError("tired".to_owned()),
        ),
    ] {
        let mut hub = rig.open().await;
        hub.say(close).await;
        assert_eq!(hub.next().await, record("{\"type\":7}"), "{close}");
        assert_eq!(hub.next().await, Heard::Closed(Some(1000)), "{close}");
        hub.close(CloseCode::NORMAL).await;
        assert_eq!(hub.next().await, Heard::Lost, "{close}");
        assert_eq!(rig.left().await, reason, "{close}");
    }
}

#[tokio::test]
async fn answers_every_close_frame_with_1000() {
    let mut rig = Rig::new().await;
    let payloads: [&[u8]; 4] = [b"", b"\x03\xe8", b"\x03\xe9going away", b"\x0f\xa0"];
    for payload in payloads {
        let mut hub = rig.open().await;
        hub.frames(&[Frame::new(Opcode::Close, payload)]).await;
        assert_eq!(
            hub.rest().await,
            [Heard::Closed(Some(1000))],
            "{payload:x?}"
        );
        assert_eq!(rig.left().await, Disconnect::Closed);
    }
}

#[tokio::test]
async fn works_off_what_came_before_the_close_frame() {
    let mut rig = Rig::new().await;
    let mut hub = rig.open().await;
    let last = ["a", "b"].map(|name| invocation(None, "Wait", &format!("[\"{name}\"]")));
    rig.release("a");
    rig.release("b");
    let text = format!("{}\u{1e}{}\u{1e}", last[0], last[1]);
    hub.frames(&[
        Frame::new(Opcode::Text, text.as_bytes()),
        Frame::new(Opcode::Close, b"\x03\xe8"),
    ])
    .await;
    assert_eq!(rig.started().await, "a");
    assert_eq!(rig.started().await, "b");
    assert_eq!(rig.left().await, Disconnect::Closed);
    assert_eq!(hub.rest().await, [Heard::Closed(Some(1000))]);
}

#[tokio::test]
async fn takes_a_close_frame_within_a_record_for_a_broken_protocol() {
    let mut rig = Rig::new().await;
    let mut hub = rig.open().await;
    hub.text("{\"type\":1,").await;
    hub.close(CloseCode::NORMAL).await;
    assert_eq!(hub.rest().await, [Heard::Closed(Some(1000))]);
    assert_eq!(rig.left().await, Disconnect::Protocol);
}

#[tokio::test]
async fn delivers_what_was_said_before_an_abort_and_does_not_ask_back() {
    let mut rig = Rig::new().await;
    let mut hub = rig.open().await;
    hub.say(&invocation(Some("0"), "Abort", "[]")).await;
    let last = record(r#"{"type":1,"target":"Last","arguments":["words"]}"#);
    assert_eq!(hub.next().await, last);
    assert_eq!(hub.next().await, record("{\"type\":7}"));
    assert_eq!(hub.next().await, Heard::Closed(Some(1000)));
    assert_eq!(rig.left().await, Disconnect::Aborted);
}

#[tokio::test]
async fn asks_nobody_back_whom_the_hub_did_not_take_in() {
    let told: fn() -> HubError = || HubError::new("full");
    let kept: fn() -> HubError = || "x".parse::<u8>().unwrap_err().into();
    for (detailed, refusal, detail) in [
        (false, told, " HubException: full"),
        (false, kept, ""),
        (true, kept, " ParseIntError: invalid digit found in string"),
    ] {
        let mut rig = Rig::with(
            |config| config.detailed_errors = detailed,
            |hub| hub.on_connected(move |_, _| std::future::ready(Err(refusal()))),
        )
        .await;
        let mut hub = rig.open().await;
        // What it has sent already is not worked off.
        hub.say(&invocation(Some("0"), "Wait", "[\"x\"]")).await;
        let close =
            format!("{{\"type\":7,\"error\":\"Connection closed with an error.{detail}\"}}");
        assert_eq!(hub.next().await, Heard::Record(close));
        assert_eq!(hub.next().await, Heard::Closed(Some(1000)));
        hub.close(CloseCode::NORMAL).await;
        assert_eq!(hub.next().await, Heard::Lost);
        until(|| rig.clients.count() == 0).await;
        assert!(!rig.has_left_more() && !rig.has_started_more());
    }
}

#[tokio::test]
async fn runs_no_invocation_before_the_hub_took_the_connection_in() {
    let mut rig = Rig::with(
        |_| {},
        |hub| {
            hub.on_connected(async |hall: Arc<crate::rig::Hall>, caller: Caller| {
                hall.wait("door").await;
                Ok(caller.itself().send("Welcome", ()).await?)
            })
        },
    )
    .await;
    let mut hub = rig.open().await;
    hub.say(&invocation(Some("0"), "Add", "[1,2]")).await;
    assert_eq!(rig.started().await, "door");
    // It can be addressed already.
    let clients = rig.clients.clone();
    clients.all().send("Early", ()).await.unwrap();
    rig.release("door");
    let call = |target: &str| {
        record(&format!(
            r#"{{"type":1,"target":"{target}","arguments":[]}}"#
        ))
    };
    assert_eq!(hub.next().await, call("Early"));
    assert_eq!(hub.next().await, call("Welcome"));
    assert_eq!(hub.next().await, record(&result("3")));
}

#[tokio::test]
async fn outlives_a_hook_that_panics() {
    let rig = Rig::with(
        |_| {},
        |hub| {
            hub.on_connected(async |_, _| {
                "x".parse::<u8>().expect("a bug of the hub");
                Ok(())
            })
        },
    )
    .await;
    for _ in 0..2 {
        let mut hub = rig.connect().await;
        hub.text(HANDSHAKE).await;
        while hub.next().await != Heard::Lost {}
    }
    until(|| rig.clients.count() == 0).await;
    assert_eq!(rig.metrics().handler_panics.value(), 2);
}

#[tokio::test]
async fn asks_everybody_back_when_the_server_stops() {
    let mut rig = Rig::new().await;
    let mut hubs = [rig.open().await, rig.open().await];
    until(|| rig.clients.count() == 2).await;
    rig.clients.all().send("Bye", ()).await.unwrap();
    rig.running.ask_to_stop();
    for hub in &mut hubs {
        let bye = record(r#"{"type":1,"target":"Bye","arguments":[]}"#);
        assert_eq!(hub.next().await, bye);
        let close = record(r#"{"type":7,"allowReconnect":true}"#);
        assert_eq!(hub.next().await, close);
        assert_eq!(hub.next().await, Heard::Closed(Some(1000)));
        hub.close(CloseCode::NORMAL).await;
        assert_eq!(hub.next().await, Heard::Lost);
        assert_eq!(rig.left().await, Disconnect::Shutdown);
    }
    drop(hubs);
    rig.running.stopped().await;
    assert_eq!(rig.clients.count(), 0);
}

#[tokio::test]
async fn forgets_a_client_whose_socket_is_lost() {
    let mut rig = Rig::new().await;
    for how in ["end", "reset"] {
        let mut hub = rig.open().await;
        assert_eq!(hub.call("Join", "[\"g\"]").await, result("null"));
        if how == "reset" {
            hub.client.stream.set_zero_linger().unwrap();
            drop(hub);
        } else {
            hub.vanish().await;
        }
        assert_eq!(rig.left().await, Disconnect::Lost, "{how}");
        until(|| rig.clients.count() == 0).await;
        // Nothing of the group is left either: nobody gets what is sent to it.
        let queued = rig.metrics().messages_queued.value();
        rig.clients.group("g").send("Hello", ()).await.unwrap();
        assert_eq!(rig.metrics().messages_queued.value(), queued);
    }
}

#[tokio::test]
async fn tells_a_running_method_that_its_client_is_gone() {
    let mut rig = Rig::new().await;
    let mut hub = rig.open().await;
    hub.say(&invocation(Some("0"), "UntilEnd", "[]")).await;
    assert_eq!(rig.started().await, "UntilEnd");
    rig.clients.all().send("Hello", ()).await.unwrap();
    let hello = record(r#"{"type":1,"target":"Hello","arguments":[]}"#);
    assert_eq!(hub.next().await, hello);
    rig.running.ask_to_stop();
    assert_eq!(rig.started().await, "ended");
    assert_eq!(rig.left().await, Disconnect::Shutdown);
}

#[tokio::test]
async fn does_not_wait_for_ever_for_the_close_frame_of_a_client() {
    let mut rig = Rig::configured(|config| {
        config.close_timeout = Duration::from_millis(50);
    })
    .await;
    let mut hub = rig.open().await;
    hub.say("{\"type\":7}").await;
    let last = [record("{\"type\":7}"), Heard::Closed(Some(1000))];
    assert_eq!(hub.rest().await, last);
    assert_eq!(rig.left().await, Disconnect::Closed);
}
