//! The hub, and the routes that send to it.

use serde_json::json;

use crate::{
    rig::{HUB, argument, assert_shape, call, demo, event, member},
    support::{
        client::{ask, post},
        hub::{HubClient, result},
    },
};

#[tokio::test]
async fn answers_its_methods_before_they_complete() {
    let server = demo().await;
    let mut hub = HubClient::open(server.address, HUB).await;
    for (method, answer) in [
        ("JoinGroup", "GroupJoined"),
        ("LeaveGroup", "GroupLeft"),
        ("Echo", "ReceiveEcho"),
        ("echo", "ReceiveEcho"),
    ] {
        assert_eq!(hub.call(method, "[\"a & b\"]").await, call(answer, "a & b"));
        assert_eq!(hub.record().await, result("null"));
    }
}

#[tokio::test]
async fn brings_log_messages_of_every_level() {
    let server = demo().await;
    let mut hub = member(server.address).await;
    for (asked, level) in [
        ("Verbose", "Verbose"),
        ("Trace", "Trace"),
        ("Debug", "Debug"),
        ("Information", "Information"),
        ("Warning", "Warning"),
        ("Error", "Error"),
        ("Fatal", "Fatal"),
        ("Critical", "Critical"),
        ("warning", "Warning"),
        ("INFORMATION", "Information"),
    ] {
        let answer = ask(server.address, &format!("GET /api/ps/log/{asked}")).await;
        assert_eq!(answer.status, 200);
        let media_type = answer.field("content-type");
        assert_eq!(media_type, Some("text/plain; charset=utf-8"));
        let told = format!("Broadcasted {level} log message from PowerShell");
        assert_eq!(answer.text(), told);
        let record = argument(&mut hub, "ReceiveLog").await;
        let shape = json!({"level": level, "message": "<text>", "timestamp": "<time>"});
        assert_shape(&record, &shape);
        let message = record["message"].as_str().unwrap();
        let start = format!("Test {level} message from PowerShell at ");
        let time = message.strip_prefix(&start).unwrap();
        assert!(
            time.parse::<jiff::civil::Time>().is_ok() && time.len() == 8,
            "{time}"
        );
    }
}

#[tokio::test]
async fn brings_the_custom_event() {
    let server = demo().await;
    let mut hub = member(server.address).await;
    let answer = ask(server.address, "GET /api/ps/event").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.text(), "Broadcasted custom event from PowerShell");
    let data = event(&mut hub, "PowerShellEvent").await;
    let shape = json!({
        "Message": "Hello from PowerShell",
        "Timestamp": "<time>",
        "Random": "<number>",
    });
    assert_shape(&data, &shape);
    let random = data["Random"].as_u64().unwrap();
    assert!((1..=99).contains(&random), "{random}");
}

#[tokio::test]
async fn asks_clients_to_join_and_to_leave() {
    let server = demo().await;
    let mut hub = member(server.address).await;
    for (verb, name, said) in [
        (
            "join",
            "GroupJoinRequest",
            "Join request sent for group: Ad mins",
        ),
        (
            "leave",
            "GroupLeaveRequest",
            "Leave request sent for group: Ad mins",
        ),
    ] {
        let answer = post(server.address, &format!("/api/group/{verb}/Ad%20mins"), "").await;
        let reply = json!({"Success": true, "Message": said, "GroupName": "Ad mins"});
        assert_eq!((answer.status, answer.json()), (200, reply));
        let wish = json!({
            "GroupName": "Ad mins",
            "Message": format!("Request to {verb} group: Ad mins"),
            "Timestamp": "<time>",
        });
        assert_shape(&event(&mut hub, name).await, &wish);
    }
}

#[tokio::test]
async fn brings_group_messages_to_members_alone() {
    let server = demo().await;
    let mut inside = member(server.address).await;
    let mut outside = member(server.address).await;
    assert_eq!(
        inside.call("JoinGroup", "[\"G\"]").await,
        call("GroupJoined", "G")
    );
    assert_eq!(inside.record().await, result("null"));
    let answer = post(server.address, "/api/group/broadcast/G", "").await;
    let reply = json!({
        "Success": true,
        "Message": "Broadcasted message to group: G",
        "GroupName": "G",
    });
    assert_eq!((answer.status, answer.json()), (200, reply));
    let message = json!({
        "Message": "Hello from PowerShell to group: G",
        "Timestamp": "<time>",
        "Sender": "PowerShell Route",
    });
    let received = argument(&mut inside, "ReceiveGroupMessage").await;
    assert_shape(&received, &message);

    assert_eq!(
        inside.call("LeaveGroup", "[\"G\"]").await,
        call("GroupLeft", "G")
    );
    assert_eq!(inside.record().await, result("null"));
    post(server.address, "/api/group/broadcast/G", "").await;
    ask(server.address, "GET /api/ps/event").await;
    for hub in [&mut inside, &mut outside] {
        event(hub, "PowerShellEvent").await;
    }
}

#[tokio::test]
async fn refuses_names_of_groups_that_are_too_long() {
    let server = demo().await;
    let mut hub = member(server.address).await;
    let (longest, longer) = ("g".repeat(256), "g".repeat(257));
    let joined = hub.call("JoinGroup", &format!("[\"{longest}\"]")).await;
    assert_eq!(joined, call("GroupJoined", &longest));
    assert_eq!(hub.record().await, result("null"));
    for (name, text) in [
        (
            longer.as_str(),
            "the name of a group must not be longer than 256 bytes",
        ),
        ("", "the name of a group must not be empty"),
    ] {
        let refused = hub.call("JoinGroup", &format!("[\"{name}\"]")).await;
        let expected = format!(
            r#"{{"type":3,"invocationId":"0","error":"An unexpected error occurred invoking 'JoinGroup' on the server. HubException: {text}"}}"#
        );
        assert_eq!(refused, expected);
    }
}
