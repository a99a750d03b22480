//! Who is reached by what a hub sends.

use crate::{
    rig::Rig,
    support::{
        hub::{HubClient, result},
        until,
    },
};

fn told(text: &str) -> String {
    format!(r#"{{"type":1,"target":"Told","arguments":["{text}"]}}"#)
}

fn refused(target: &str, text: &str) -> String {
    format!(
        r#"{{"type":3,"invocationId":"0","error":"An unexpected error occurred invoking '{target}' on the server. HubException: {text}"}}"#
    )
}

async fn id(hub: &mut HubClient) -> String {
    let answer = hub.call("Id", "[]").await;
    let json: serde_json::Value = serde_json::from_str(&answer).unwrap();
    json["result"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn reaches_the_members_of_a_group_until_they_leave() {
    let rig = Rig::new().await;
    let [mut a, mut b, mut c] = [rig.open().await, rig.open().await, rig.open().await];
    for hub in [&mut a, &mut b] {
        assert_eq!(hub.call("Join", "[\"room\"]").await, result("null"));
        // Twice is once.
        assert_eq!(hub.call("Join", "[\"room\"]").await, result("null"));
    }
    let room = rig.clients.group("room");
    room.send("Told", ("1",)).await.unwrap();
    assert_eq!(a.record().await, told("1"));
    assert_eq!(b.record().await, told("1"));
    assert_eq!(a.call("Leave", "[\"room\"]").await, result("null"));
    assert_eq!(a.call("Leave", "[\"room\"]").await, result("null"));
    room.send("Told", ("2",)).await.unwrap();
    rig.clients
        .group("Room")
        .send("Told", ("no",))
        .await
        .unwrap();
    rig.clients.all().send("Told", ("3",)).await.unwrap();
    assert_eq!(a.record().await, told("3"));
    assert_eq!(b.record().await, told("2"));
    assert_eq!(b.record().await, told("3"));
    assert_eq!(c.record().await, told("3"));
}

#[tokio::test]
async fn reaches_others_and_single_connections() {
    let rig = Rig::new().await;
    let [mut a, mut b, mut c] = [rig.open().await, rig.open().await, rig.open().await];
    let ids = [id(&mut a).await, id(&mut b).await, id(&mut c).await];
    let [first, second, third] = ids.each_ref().map(String::as_str);
    for hub in [&mut a, &mut b] {
        assert_eq!(hub.call("Join", "[\"room\"]").await, result("null"));
    }
    assert_eq!(a.call("TellOthers", "[\"1\"]").await, result("null"));
    assert_eq!(
        a.call("TellOthersIn", "[\"room\",\"2\"]").await,
        result("null")
    );
    let clients = &rig.clients;
    clients
        .connection(third)
        .send("Told", ("3",))
        .await
        .unwrap();
    clients
        .connection("nobody")
        .send("Told", ("no",))
        .await
        .unwrap();
    clients
        .connections(&[first, third])
        .send("Told", ("4",))
        .await
        .unwrap();
    clients
        .all_except(&[first])
        .send("Told", ("5",))
        .await
        .unwrap();
    clients
        .group_except("room", &[second])
        .send("Told", ("6",))
        .await
        .unwrap();
    clients
        .groups(&["room", "none"])
        .send("Told", ("7",))
        .await
        .unwrap();
    clients.all().send("Told", ("end",)).await.unwrap();
    for (hub, texts) in [
        (&mut a, ["4", "6", "7"].as_slice()),
        (&mut b, &["1", "2", "5", "7"]),
        (&mut c, &["1", "3", "4", "5"]),
    ] {
        for text in texts {
            assert_eq!(hub.record().await, told(text));
        }
        assert_eq!(hub.record().await, told("end"));
    }
}

#[tokio::test]
async fn sends_what_came_before_an_answer_before_it() {
    let rig = Rig::new().await;
    let mut hub = rig.open().await;
    until(|| rig.clients.count() == 1).await;
    rig.clients.all().send("Told", ("first",)).await.unwrap();
    hub.say(r#"{"type":1,"invocationId":"0","target":"Nothing","arguments":[]}"#)
        .await;
    assert_eq!(hub.record().await, told("first"));
    assert_eq!(hub.record().await, result("null"));
}

#[tokio::test]
async fn limits_names_and_number_of_groups() {
    let rig = Rig::configured(|config| {
        config.max_groups = 2;
        config.max_group_name = 5;
    })
    .await;
    let mut hub = rig.open().await;
    let too_many = refused("Join", "a connection must not be in more than 2 groups");
    let too_long = refused(
        "Join",
        "the name of a group must not be longer than 5 bytes",
    );
    for (target, group, answer) in [
        (
            "Join",
            "",
            refused("Join", "the name of a group must not be empty"),
        ),
        ("Join", "123456", too_long.clone()),
        ("Join", "12345", result("null")),
        ("Join", "äö", result("null")),
        ("Join", "äöü", too_long),
        ("Join", "3", too_many),
        ("Join", "12345", result("null")),
        ("Leave", "12345", result("null")),
        ("Join", "3", result("null")),
    ] {
        let answered = hub.call(target, &format!("[\"{group}\"]")).await;
        assert_eq!(answered, answer, "{target} {group}");
    }
}

#[tokio::test]
async fn counts_its_connections() {
    let rig = Rig::new().await;
    assert_eq!(rig.clients.count(), 0);
    let hubs = [rig.open().await, rig.open().await];
    until(|| rig.clients.count() == 2).await;
    let [first, _second] = hubs;
    first.vanish().await;
    until(|| rig.clients.count() == 1).await;
    assert_eq!(rig.metrics().hub_connections.value(), 2);
}

#[tokio::test]
async fn refuses_arguments_that_are_no_tuple() {
    let rig = Rig::new().await;
    let error = rig.clients.all().send("Told", "text").await.unwrap_err();
    assert_eq!(error.to_string(), "arguments are not a sequence");
    let error = rig.clients.all().send("", ()).await.unwrap_err();
    assert_eq!(error.to_string(), "empty target");
}
