//! How many invocations of a client run at once, and in which order.

use ws_frame::{Frame, Opcode};

use crate::{
    rig::Rig,
    support::hub::{Heard, HubClient, invocation},
};

fn done(id: &str, name: &str) -> Heard {
    Heard::Record(format!(
        "{{\"type\":3,\"invocationId\":\"{id}\",\"result\":\"{name}\"}}"
    ))
}

async fn wait(hub: &mut HubClient, id: &str, name: &str) {
    hub.say(&invocation(Some(id), "Wait", &format!("[\"{name}\"]")))
        .await;
}

/// Time for the server to do what it should not: as long as another client's calls take.
async fn meanwhile(rig: &Rig) {
    let mut other = rig.open().await;
    for _ in 0..20 {
        other.call("Add", "[1,2]").await;
    }
}

#[tokio::test]
async fn runs_one_at_a_time_and_reads_nothing_while_another_waits() {
    let mut rig = Rig::new().await;
    let mut hub = rig.open().await;
    wait(&mut hub, "1", "a").await;
    wait(&mut hub, "2", "b").await;
    assert_eq!(rig.started().await, "a");
    hub.say(&invocation(Some("3"), "Nope", "[]")).await;
    meanwhile(&rig).await;
    assert!(!rig.has_started_more());

    rig.release("a");
    assert_eq!(hub.next().await, done("1", "a"));
    assert_eq!(rig.started().await, "b");
    // It is read as soon as nobody waits, and needs no slot to be refused.
    let Heard::Record(refusal) = hub.next().await else {
        panic!("no record");
    };
    assert!(refusal.contains("Method does not exist."), "{refusal}");
    rig.release("b");
    assert_eq!(hub.next().await, done("2", "b"));
}

#[tokio::test]
async fn answers_a_ping_of_the_socket_while_a_method_runs() {
    let mut rig = Rig::new().await;
    let mut hub = rig.open().await;
    wait(&mut hub, "1", "a").await;
    assert_eq!(rig.started().await, "a");
    hub.frames(&[Frame::new(Opcode::Ping, b"?")]).await;
    assert_eq!(hub.next().await, Heard::Pong(b"?".to_vec()));
    rig.release("a");
    assert_eq!(hub.next().await, done("1", "a"));
}

#[tokio::test]
async fn keeps_the_order_of_the_calls() {
    let mut rig = Rig::new().await;
    let mut hub = rig.open().await;
    let names: Vec<_> = (0..50).map(|number| number.to_string()).collect();
    let mut text = String::new();
    for name in &names {
        rig.release(name);
        text.push_str(&invocation(Some(name), "Wait", &format!("[\"{name}\"]")));
        text.push('\u{1e}');
    }
    hub.text(&text).await;
    for name in &names {
        assert_eq!(rig.started().await, *name);
        assert_eq!(hub.next().await, done(name, name));
    }
}

#[tokio::test]
async fn runs_as_many_at_once_as_it_is_configured_to() {
    let mut rig = Rig::configured(|config| config.parallel_invocations = 2).await;
    let mut hub = rig.open().await;
    for (id, name) in [("1", "a"), ("2", "b"), ("3", "c")] {
        wait(&mut hub, id, name).await;
    }
    assert_eq!(rig.started().await, "a");
    assert_eq!(rig.started().await, "b");
    meanwhile(&rig).await;
    assert!(!rig.has_started_more());

    // The second may overtake the first, and makes room for the third.
    rig.release("b");
    assert_eq!(hub.next().await, done("2", "b"));
    assert_eq!(rig.started().await, "c");
    rig.release("a");
    assert_eq!(hub.next().await, done("1", "a"));
    rig.release("c");
    assert_eq!(hub.next().await, done("3", "c"));
}

#[tokio::test]
async fn does_not_let_one_connection_hold_up_another() {
    let mut rig = Rig::new().await;
    let [mut first, mut second] = [rig.open().await, rig.open().await];
    wait(&mut first, "1", "a").await;
    assert_eq!(rig.started().await, "a");
    wait(&mut second, "1", "b").await;
    assert_eq!(rig.started().await, "b");
    rig.release("b");
    assert_eq!(second.next().await, done("1", "b"));
    rig.release("a");
    assert_eq!(first.next().await, done("1", "a"));
}
