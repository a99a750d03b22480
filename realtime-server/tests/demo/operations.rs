//! Long operations: how they are started, followed and stopped.

use std::net::SocketAddr;

use serde_json::{Value, json};

use crate::{
    rig::{assert_problem, assert_shape, demo, event, is_id, member},
    support::client::{ask, post},
};

async fn start(address: SocketAddr, query: &str) -> String {
    let answer = post(address, &format!("/api/operation/start{query}"), "").await;
    assert_eq!(answer.status, 200);
    let reply = answer.json();
    let id = reply["TaskId"].as_str().unwrap().to_owned();
    assert!(is_id(&id), "{id}");
    let shape = json!({
        "Success": true,
        "TaskId": id,
        "Message": format!("Starting long operation with ID: {id}"),
    });
    assert_eq!(reply, shape);
    id
}

async fn status(address: SocketAddr, id: &str) -> Value {
    let answer = ask(address, &format!("GET /api/operation/status/{id}")).await;
    assert_eq!(answer.status, 200);
    answer.json()
}

fn completed(id: &str) -> Value {
    json!({
        "OperationId": id,
        "TaskId": id,
        "State": "Completed",
        "StartedAt": "<time>",
        "CompletedAt": "<time>",
        "Progress": 100,
        "Status": "Completed",
        "Message": "Operation status retrieved",
    })
}

#[tokio::test]
async fn report_each_second_and_their_end() {
    let server = demo().await;
    let address = server.address;
    let mut hub = member(address).await;
    // Two seconds are the default.
    for query in ["?seconds=2", "", "?seconds=0", "?seconds=-3"] {
        let id = start(address, query).await;
        let running = status(address, &id).await;
        let shape = json!({
            "OperationId": id,
            "TaskId": id,
            "State": "Running",
            "StartedAt": "<time>",
            "CompletedAt": null,
            "Progress": 0,
            "Status": "Running",
            "Message": "Operation status retrieved",
        });
        assert_shape(&running, &shape);
        if query.is_empty() {
            let progress = event(&mut hub, "OperationProgress").await;
            let shape = json!({
                "TaskId": id,
                "Progress": 50,
                "Step": 1,
                "Message": "Processing step 1 of 2...",
                "Timestamp": "<time>",
            });
            assert_shape(&progress, &shape);
            let half = status(address, &id).await;
            assert_eq!(
                (&half["State"], &half["Progress"]),
                (&json!("Running"), &json!(50))
            );
            assert_eq!(half["Status"], "Processing step 1 of 2...");
        } else {
            let first = event(&mut hub, "OperationProgress").await;
            assert_eq!(first["Message"], "Processing step 1 of 2...", "{query}");
        }
        let second = event(&mut hub, "OperationProgress").await;
        assert_eq!(
            (&second["Progress"], &second["Step"]),
            (&json!(100), &json!(2))
        );
        let complete = event(&mut hub, "OperationComplete").await;
        let shape = json!({
            "TaskId": id,
            "Progress": 100,
            "Message": "Sleeping (2/2)",
            "Timestamp": "<time>",
        });
        assert_shape(&complete, &shape);
        assert_shape(&status(address, &id).await, &completed(&id));
    }
}

#[tokio::test]
async fn are_found_by_their_id_in_any_case() {
    let server = demo().await;
    let mut hub = member(server.address).await;
    let id = start(server.address, "?seconds=1").await;
    event(&mut hub, "OperationProgress").await;
    event(&mut hub, "OperationComplete").await;
    let found = status(server.address, &id.to_uppercase()).await;
    assert_shape(&found, &completed(&id));
}

#[tokio::test]
async fn can_be_stopped_once() {
    let server = demo().await;
    let address = server.address;
    let mut hub = member(address).await;
    let id = start(address, "?seconds=3600").await;
    let path = format!("/api/operation/stop/{id}");
    let answer = post(address, &path, "").await;
    assert_eq!(answer.status, 200);
    let shape = json!({
        "Success": true,
        "TaskId": id,
        "State": "Stopped",
        "StartedAt": "<time>",
        "CompletedAt": "<time>",
        "Progress": 100,
        "Status": "Cancelled",
        "Message": format!("Stopped operation: {id}"),
    });
    let mut reply = answer.json();
    if reply["StartedAt"].is_null() {
        // It may not have begun.
        reply["StartedAt"] = json!("2026-01-12T10:00:00Z");
    }
    assert_shape(&reply, &shape);
    let stopped = event(&mut hub, "OperationStopped").await;
    let shape = json!({
        "TaskId": id,
        "Progress": 100,
        "Message": "Cancelled",
        "Timestamp": "<time>",
    });
    assert_shape(&stopped, &shape);
    assert_eq!(status(address, &id).await["State"], "Stopped");
    let again = post(address, &path, "").await;
    assert_problem(&again, 409, "taskId", "the operation has ended already");
}

#[tokio::test]
async fn are_missing_by_name() {
    let server = demo().await;
    for request in [
        "GET /api/operation/status/no-such",
        "POST /api/operation/stop/no-such",
    ] {
        let answer = ask(server.address, request).await;
        let message = "No task found for operation 'no-such'";
        let problem = json!({
            "title": "Not Found",
            "status": 404,
            "detail": message,
            "field": "taskId",
            "taskId": "no-such",
            "Message": message,
        });
        assert_eq!((answer.status, answer.json()), (404, problem));
    }
}

#[tokio::test]
async fn are_limited_in_length_and_in_number() {
    let server = demo().await;
    let address = server.address;
    for _ in 0..100 {
        start(address, "?seconds=3600").await;
    }
    let refused = post(address, "/api/operation/start?seconds=1", "").await;
    let problem = json!({
        "title": "Too Many Requests",
        "status": 429,
        "detail": "100 operations are running already",
    });
    assert_eq!((refused.status, refused.json()), (429, problem));
    let too_long = post(address, "/api/operation/start?seconds=3601", "").await;
    assert_problem(&too_long, 400, "seconds", "seconds must not be above 3600");
}

#[tokio::test]
async fn are_stopped_with_the_server_and_say_so() {
    let mut server = demo().await;
    let mut hub = member(server.address).await;
    let id = start(server.address, "?seconds=3600").await;
    server.ask_to_stop();
    let mut told = [hub.record().await, hub.record().await];
    told.sort();
    assert!(
        told[0].contains("OperationStopped") && told[0].contains(&id),
        "{told:?}"
    );
    assert!(told[1].contains("serverShutdown"), "{told:?}");
    assert_eq!(hub.record().await, r#"{"type":7,"allowReconnect":true}"#);
}
