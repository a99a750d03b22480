//! Sockets that the hub itself cuts.

use realtime_server::hub::Disconnect;

use crate::{
    requests::Requests,
    stateful_reconnect::{negotiate, open, rig, socket},
    support::hub::{Heard, invocation, result},
};

const CUT: &str = "Cut";
const SEQUENCE: &str = r#"{"type":9,"sequenceId":1}"#;

#[tokio::test]
async fn are_replaced_and_nothing_is_lost() {
    let rig = rig(|_| {}).await;
    let requests = negotiate(&rig).await;
    let mut hub = open(&requests).await;
    hub.say(&invocation(Some("0"), CUT, "[]")).await;
    assert_eq!(hub.next().await, Heard::Lost);
    let mut hub = socket(&requests).await;
    hub.say(SEQUENCE).await;
    assert_eq!(hub.record().await, SEQUENCE);
    // The answer of what cut it came too late for the old one.
    assert_eq!(hub.record().await, result("null"));
    assert_eq!(rig.clients.count(), 1);
}

#[tokio::test]
async fn end_a_connection_that_cannot_replace_them() {
    let mut rig = rig(|_| {}).await;
    let mut other = rig.open().await;
    let mut hub = rig.open().await;
    hub.say(&invocation(Some("0"), CUT, "[]")).await;
    assert_eq!(hub.next().await, Heard::Lost);
    assert_eq!(rig.left().await, Disconnect::Lost);
    assert_eq!(other.call("Add", "[1,2]").await, result("3"));
}

#[tokio::test]
async fn end_the_stream_of_a_connection_by_requests() {
    let mut rig = rig(|_| {}).await;
    let (requests, mut stream) = Requests::streaming(&rig).await;
    let call = invocation(Some("0"), CUT, "[]") + "\u{1e}";
    requests.post(&call).await;
    assert_eq!(stream.chunk().await, None);
    assert_eq!(rig.left().await, Disconnect::Lost);
    requests.is_unknown().await;
}
