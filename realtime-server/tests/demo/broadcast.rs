//! The two broadcast streams and the routes that publish to them.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    rig::{assert_shape, demo},
    support::{
        client::{Client, post},
        events::Events,
    },
};

const STREAMS: [&str; 2] = ["/sse/broadcast", "/sse/broadcast/progress"];

#[tokio::test]
async fn greet_with_the_id_of_the_client() {
    let server = demo().await;
    for path in STREAMS {
        let mut events = Events::open(server.address, path).await;
        let hello = events.event().await;
        assert_eq!(hello.event.as_deref(), Some("connected"));
        assert_eq!(hello.retry, Some(Duration::from_secs(2)));
        let data: Value = serde_json::from_str(&hello.data).unwrap();
        assert_shape(&data, &json!({"clientId": "<id>", "serverTime": "<time>"}));
    }
}

#[tokio::test]
async fn bring_a_message_with_its_defaults() {
    let server = demo().await;
    let mut events = Events::open(server.address, "/sse/broadcast").await;
    events.event().await;
    for (body, name, data) in [
        ("", "message", r#"{"text":"empty"}"#),
        ("{}", "message", r#"{"text":"empty"}"#),
        (
            r#"{"event":null,"data":null}"#,
            "message",
            r#"{"text":"empty"}"#,
        ),
        (r#"{"event":" ","data":1}"#, "message", "1"),
        (
            r#"{"event":"ping","data":{"ts":"x"}}"#,
            "ping",
            r#"{"ts":"x"}"#,
        ),
        (r#"{"event":"e","data":[]}"#, "e", "[]"),
        (r#"{"event":"e","data":"text"}"#, "e", "\"text\""),
        (r#"{"event":"e","data":false,"more":1}"#, "e", "false"),
        (
            r#"{"event":"ä","data":{"deep":[[{"a":[1.50,"\n"]}]]}}"#,
            "ä",
            r#"{"deep":[[{"a":[1.50,"\n"]}]]}"#,
        ),
        ("{\"data\":{\n\"a\": 1\n}}", "message", "{\n\"a\": 1\n}"),
    ] {
        let answer = post(server.address, "/api/broadcast", body).await;
        assert_eq!(answer.status, 200, "{body}");
        assert_eq!(answer.field("content-type"), Some("application/json"));
        let reply = json!({"ok": true, "event": name, "connected": 1});
        assert_eq!(answer.json(), reply, "{body}");
        let event = events.event().await;
        // A browser calls an event without a name a message.
        assert_eq!(event.event.as_deref().unwrap_or("message"), name, "{body}");
        assert_eq!(
            (event.data.as_str(), event.id.is_some(), event.retry),
            (data, true, None)
        );
    }
}

#[tokio::test]
async fn bring_progress_with_its_defaults() {
    let server = demo().await;
    let mut events = Events::open(server.address, "/sse/broadcast/progress").await;
    events.event().await;
    for (body, task, progress, status, state) in [
        ("", "task-1", "0.0", "Working...", "running"),
        ("{}", "task-1", "0.0", "Working...", "running"),
        (
            r#"{"taskId":"t","progress":25,"status":"s","state":"done","ts":"old"}"#,
            "t",
            "25.0",
            "s",
            "done",
        ),
        (
            r#"{"progress":100}"#,
            "task-1",
            "100.0",
            "Working...",
            "running",
        ),
        (
            r#"{"progress":0.5}"#,
            "task-1",
            "0.5",
            "Working...",
            "running",
        ),
    ] {
        let answer = post(server.address, "/api/broadcast/progress", body).await;
        let reply = json!({"ok": true, "event": "progress", "connected": 1});
        assert_eq!((answer.status, answer.json()), (200, reply), "{body}");
        let event = events.event().await;
        assert_eq!(event.event.as_deref(), Some("progress"));
        let written = format!("\"progress\":{progress},");
        assert!(event.data.contains(&written), "{}", event.data);
        let data: Value = serde_json::from_str(&event.data).unwrap();
        let shape = json!({
            "taskId": task,
            "progress": "<number>",
            "status": status,
            "state": state,
            "ts": "<time>",
        });
        assert_shape(&data, &shape);
    }
}

#[tokio::test]
async fn are_two_streams() {
    let server = demo().await;
    let mut messages = Events::open(server.address, STREAMS[0]).await;
    let mut progress = Events::open(server.address, STREAMS[1]).await;
    messages.event().await;
    progress.event().await;
    for path in ["/api/broadcast", "/api/broadcast/progress"] {
        let answer = post(server.address, path, "{}").await;
        assert_eq!(answer.json()["connected"], 1);
    }
    post(server.address, "/api/broadcast", r#"{"event":"end"}"#).await;
    assert_eq!(messages.event().await.data, r#"{"text":"empty"}"#);
    assert_eq!(messages.event().await.event.as_deref(), Some("end"));
    assert_eq!(progress.event().await.event.as_deref(), Some("progress"));
}

#[tokio::test]
async fn take_json_by_every_name_of_it() {
    let server = demo().await;
    let mut events = Events::open(server.address, "/sse/broadcast").await;
    events.event().await;
    for content_type in [
        "",
        "Content-Type: application/json\r\n",
        "Content-Type: application/json; charset=utf-8\r\n",
        "Content-Type: Application/JSON;charset=UTF-8\r\n",
        "Content-Type: application/vnd.event+json\r\n",
    ] {
        let mut client = Client::connect(server.address).await;
        let fields = format!("{content_type}Content-Length: 10\r\n");
        client.request("POST /api/broadcast", &fields).await;
        client.send("{\"data\":5}").await;
        assert_eq!(client.answer().await.status, 200, "{content_type}");
        assert_eq!(events.event().await.data, "5", "{content_type}");
    }
}
