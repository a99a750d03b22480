//! Bad input: a problem document that names what is wrong.

use crate::{
    rig::{assert_problem, demo},
    support::client::{Client, ask, post},
};

#[tokio::test]
async fn name_the_member_of_the_query() {
    let server = demo().await;
    for (path, field, detail) in [
        ("/sse?count=abc", "count", "count must be a whole number"),
        ("/sse?count=1.5", "count", "count must be a whole number"),
        ("/sse?count=1e3", "count", "count must be a whole number"),
        ("/sse?count=", "count", "count must be a whole number"),
        (
            "/sse?count=99999999999999999999",
            "count",
            "count must be a whole number",
        ),
        ("/sse?count=1001", "count", "count must not be above 1000"),
        (
            "/sse?intervalMs=x",
            "intervalMs",
            "intervalMs must be a whole number",
        ),
        (
            "/sse?intervalMs=60001",
            "intervalMs",
            "intervalMs must not be above 60000",
        ),
        (
            "/sse?count=5&intervalMs=x",
            "intervalMs",
            "intervalMs must be a whole number",
        ),
    ] {
        let answer = ask(server.address, &format!("GET {path}")).await;
        assert_problem(&answer, 400, field, detail);
    }
    for (query, detail) in [
        ("soon", "seconds must be a whole number"),
        ("0.5", "seconds must be a whole number"),
        ("3601", "seconds must not be above 3600"),
    ] {
        let path = format!("/api/operation/start?seconds={query}");
        let answer = post(server.address, &path, "").await;
        assert_problem(&answer, 400, "seconds", detail);
    }
}

#[tokio::test]
async fn name_the_part_of_the_path() {
    let server = demo().await;
    let answer = ask(server.address, "GET /api/ps/log/Loud").await;
    let levels = "level must be one of Verbose, Trace, Debug, Information, Warning, Error, Fatal, \
        Critical";
    assert_problem(&answer, 400, "level", levels);
    let long = "g".repeat(257);
    for action in ["join", "leave", "broadcast"] {
        let path = format!("/api/group/{action}/{long}");
        let answer = post(server.address, &path, "").await;
        let detail = "groupName must not be longer than 256 bytes";
        assert_problem(&answer, 400, "groupName", detail);
        let longest = format!("/api/group/{action}/{}", "g".repeat(256));
        assert_eq!(post(server.address, &longest, "").await.status, 200);
    }
}

#[tokio::test]
async fn name_the_member_of_the_body() {
    let server = demo().await;
    for (path, body, field, detail) in [
        (
            "/api/broadcast",
            "no",
            "body",
            "the body must be a JSON object",
        ),
        (
            "/api/broadcast",
            "[]",
            "body",
            "the body must be a JSON object",
        ),
        (
            "/api/broadcast",
            "[\"e\",1]",
            "body",
            "the body must be a JSON object",
        ),
        (
            "/api/broadcast",
            "null",
            "body",
            "the body must be a JSON object",
        ),
        (
            "/api/broadcast",
            "\"text\"",
            "body",
            "the body must be a JSON object",
        ),
        ("/api/broadcast", "{", "body", "EOF"),
        ("/api/broadcast", "{} {}", "body", "trailing characters"),
        (
            "/api/broadcast",
            r#"{"event":5}"#,
            "event",
            "invalid type: integer `5`",
        ),
        (
            "/api/broadcast",
            r#"{"event":{}}"#,
            "event",
            "invalid type: map",
        ),
        ("/api/broadcast", r#"{"event":"a\nb"}"#, "event", ""),
        ("/api/broadcast", r#"{"event":"a\rb"}"#, "event", ""),
        (
            "/api/broadcast",
            r#"{"event":"e","event":"f"}"#,
            "body",
            "duplicate field `event`",
        ),
        (
            "/api/broadcast/progress",
            "1",
            "body",
            "the body must be a JSON object",
        ),
        (
            "/api/broadcast/progress",
            r#"{"taskId":1}"#,
            "taskId",
            "invalid type: integer `1`",
        ),
        (
            "/api/broadcast/progress",
            r#"{"progress":"50"}"#,
            "progress",
            "invalid type: string",
        ),
        (
            "/api/broadcast/progress",
            r#"{"progress":-1}"#,
            "progress",
            "progress must be a number from 0 to 100",
        ),
        (
            "/api/broadcast/progress",
            r#"{"progress":100.5}"#,
            "progress",
            "progress must be a number from 0 to 100",
        ),
        (
            "/api/broadcast/progress",
            r#"{"status":[]}"#,
            "status",
            "invalid type: sequence",
        ),
        (
            "/api/broadcast/progress",
            r#"{"state":true}"#,
            "state",
            "invalid type: boolean",
        ),
    ] {
        let answer = post(server.address, path, body).await;
        assert_problem(&answer, 400, field, detail);
    }
}

#[tokio::test]
async fn name_the_field_of_the_head() {
    let server = demo().await;
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "json",
        "",
    ] {
        let mut client = Client::connect(server.address).await;
        let fields = format!("Content-Type: {content_type}\r\nContent-Length: 2\r\n");
        client.request("POST /api/broadcast", &fields).await;
        client.send("{}").await;
        let answer = client.answer().await;
        assert_problem(
            &answer,
            415,
            "Content-Type",
            "the body must be application/json",
        );
    }
    for (coding, status) in [("gzip", 415), ("identity, br", 415), ("identity", 200)] {
        let mut client = Client::connect(server.address).await;
        let fields = format!(
            "Content-Type: application/json\r\nContent-Encoding: {coding}\r\nContent-Length: 2\r\n"
        );
        client.request("POST /api/broadcast", &fields).await;
        client.send("{}").await;
        let answer = client.answer().await;
        assert_eq!(answer.status, status, "{coding}");
        if status == 415 {
            let detail = "the body must not be compressed";
            assert_problem(&answer, 415, "Content-Encoding", detail);
        }
    }
    for path in ["/sse", "/sse/broadcast", "/sse/broadcast/progress"] {
        let mut client = Client::connect(server.address).await;
        client
            .request(&format!("GET {path}"), "Accept: application/json\r\n")
            .await;
        let answer = client.answer().await;
        assert_problem(
            &answer,
            406,
            "Accept",
            "only text/event-stream is offered here",
        );
    }
}

#[tokio::test]
async fn tell_that_a_body_is_too_large() {
    let server = demo().await;
    let sized = |size: usize| format!("{{\"data\":\"{}\"}}", "x".repeat(size - 11));
    let largest = post(server.address, "/api/broadcast", &sized(64 * 1024)).await;
    assert_eq!(largest.status, 200);
    let mut client = Client::connect(server.address).await;
    client
        .request("POST /api/broadcast", "Content-Length: 65537\r\n")
        .await;
    assert_eq!(client.answer().await.status, 413);
}

#[tokio::test]
async fn tell_which_methods_a_route_takes() {
    let server = demo().await;
    for (request, allow) in [
        ("POST /sse", "GET, HEAD, OPTIONS"),
        ("PUT /sse", "GET, HEAD, OPTIONS"),
        ("POST /sse/broadcast", "GET, HEAD, OPTIONS"),
        ("GET /api/broadcast", "POST, OPTIONS"),
        ("GET /api/broadcast/progress", "POST, OPTIONS"),
        ("POST /api/ps/event", "GET, HEAD, OPTIONS"),
        ("GET /api/group/join/x", "POST, OPTIONS"),
        ("GET /api/operation/start", "POST, OPTIONS"),
        ("POST /api/operation/status/x", "GET, HEAD, OPTIONS"),
    ] {
        let answer = ask(server.address, request).await;
        assert_eq!(answer.status, 405, "{request}");
        assert_eq!(answer.field("allow"), Some(allow), "{request}");
    }
    for path in ["/sse/unknown", "/api", "/api/group/dance/x", "/api/ps/log"] {
        assert_eq!(
            ask(server.address, &format!("GET {path}")).await.status,
            404
        );
    }
}
