//! What every answer tells browsers.

use realtime_server::{
    config::ServerConfig,
    endpoint::Asset,
    http::{HeaderValue, Response, Status},
    server::ServerBuilder,
};

use crate::{
    rig::{behind_proxy, server},
    support::{
        client::{Client, ask},
        running::Running,
    },
};

#[tokio::test]
async fn answers_of_programs_are_neither_kept_nor_shown_as_pages() {
    let server = Running::start(server()).await;
    for request in ["GET /who", "GET /missing", "PUT /who", "GET /secret"] {
        let answer = ask(server.address, request).await;
        for (name, value) in [
            ("cache-control", "no-store"),
            (
                "content-security-policy",
                "default-src 'none'; frame-ancestors 'none'",
            ),
            ("cross-origin-resource-policy", "same-origin"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
        ] {
            assert_eq!(answer.field(name), Some(value), "{request}");
        }
        assert_eq!(answer.field("strict-transport-security"), None);
    }
    let mut client = Client::connect(server.address).await;
    client.request("GET /events", "").await;
    let head = client.head().await;
    assert_eq!(head.field("cache-control"), Some("no-cache"));
    assert_eq!(head.field("x-content-type-options"), Some("nosniff"));
}

#[tokio::test]
async fn pages_load_nothing_from_elsewhere_and_nobody_frames_them() {
    let mut server = ServerBuilder::new();
    let page = Asset::new("text/html; charset=utf-8", "<p>hello");
    server
        .get("/", move |request| {
            let answer = page.answer(&request);
            async move { answer }
        })
        .unwrap();
    let server = Running::start(server).await;
    let answer = ask(server.address, "GET /").await;
    for (name, value) in [
        ("cache-control", "no-cache"),
        (
            "content-security-policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
             connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        ),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        (
            "permissions-policy",
            "camera=(), microphone=(), geolocation=()",
        ),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(answer.field(name), Some(value));
    }
}

#[tokio::test]
async fn what_an_application_says_itself_stands() {
    let mut server = ServerBuilder::new();
    server
        .get("/own", async |_| {
            Response::text(Status::OK, "own")
                .header("cache-control", HeaderValue::from_static("max-age=60"))
                .header(
                    "content-security-policy",
                    HeaderValue::from_static("sandbox"),
                )
                .header("referrer-policy", HeaderValue::from_static("origin"))
        })
        .unwrap();
    let page = async |_| Response::bytes(Status::OK, "text/html", "<p>own".into());
    server.get("/page", page).unwrap();
    let server = Running::start(server).await;
    let answer = ask(server.address, "GET /own").await;
    for (name, value) in [
        ("cache-control", "max-age=60"),
        ("content-security-policy", "sandbox"),
        ("referrer-policy", "origin"),
    ] {
        let said = answer.fields.iter().filter(|(known, _)| known == name);
        let said: Vec<_> = said.map(|(_, value)| value.as_str()).collect();
        assert_eq!(said, [value]);
    }
    let page = ask(server.address, "GET /page").await;
    assert_eq!(page.field("content-security-policy"), None);
}

#[tokio::test]
async fn who_comes_over_tls_is_kept_there() {
    for (hsts, host, expected) in [
        (
            ServerConfig::default().hsts,
            "push.example.com",
            Some("max-age=31536000"),
        ),
        (ServerConfig::default().hsts, "localhost:5000", None),
        (ServerConfig::default().hsts, "192.0.2.1", None),
        (None, "push.example.com", None),
    ] {
        let mut server = server();
        server.http_config(behind_proxy());
        server.hosts(realtime_server::config::Hosts::Any);
        let mut config = ServerConfig::default();
        config.hsts = hsts;
        server.config(config);
        let server = Running::start(server).await;
        let mut client = Client::connect(server.address).await;
        let fields = format!("X-Forwarded-Proto: https\r\nX-Forwarded-Host: {host}\r\n");
        client.request("GET /who", &fields).await;
        let answer = client.answer().await;
        assert_eq!(
            answer.field("strict-transport-security"),
            expected,
            "{host}"
        );
        client
            .request("GET /who", &format!("X-Forwarded-Host: {host}\r\n"))
            .await;
        let answer = client.answer().await;
        assert_eq!(answer.field("strict-transport-security"), None);
    }
}
