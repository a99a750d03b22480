//! Request lines and header lines (RFC 9112 sections 2, 3 and 5).

use std::time::Duration;

use realtime_server::config::HttpConfig;
use realtime_server::http::Status;

use crate::rig::{Rig, get, routes};

#[tokio::test]
async fn answers_what_is_not_http_before_a_line_ends() {
    let rig = Rig::new().await;
    for bytes in [
        &b"\x16\x03\x01\x02\x00"[..],
        b"\x05\x01\x00",
        b"{\"a\":1}",
        b"\n",
        b"\r\r",
    ] {
        rig.refuses(bytes, Status::BAD_REQUEST).await;
    }
}

#[tokio::test]
async fn answers_a_malformed_request_line_before_the_head_ends() {
    let rig = Rig::new().await;
    for line in [
        "EHLO example.org\r\n",
        "GET  /ok HTTP/1.1\r\n",
        "GET /ok  HTTP/1.1\r\n",
        "GET /ok HTTP/1.1 \r\n",
        "GET /ok\tHTTP/1.1\r\n",
        "GET /ok\r\n",
        "GET\r\n",
        "G(T /ok HTTP/1.1\r\n",
        "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n",
        "GET /ok http/1.1\r\n",
        "GET /ok HTTP/1.10\r\n",
        "GET /ok HTTP/11\r\n",
    ] {
        rig.refuses(line, Status::BAD_REQUEST).await;
    }
}

//= https://www.rfc-editor.org/rfc/rfc9112#section-2.3
//# HTTP-version is case-sensitive.
#[tokio::test]
async fn answers_other_versions_with_505() {
    let rig = Rig::new().await;
    for version in ["HTTP/1.2", "HTTP/2.0", "HTTP/0.9"] {
        let request = format!("GET /ok {version}\r\nHost: a\r\n\r\n");
        rig.refuses(request, Status::HTTP_VERSION_NOT_SUPPORTED)
            .await;
    }
}

//= https://www.rfc-editor.org/rfc/rfc9110#section-9.3.2
//# The HEAD method is identical to GET except that the server MUST NOT send content in the response
#[tokio::test]
async fn a_refused_head_request_gets_a_head_alone() {
    let mut config = HttpConfig::default();
    config.head_timeout = Duration::from_millis(100);
    let rig = Rig::with(config, routes).await;
    let (long, many) = ("x".repeat(9000), "X: y\r\n".repeat(101));
    for (request, status) in [
        ("HEAD /ok HTTP/2.0\r\n".to_owned(), 505),
        ("\r\nHEAD /ok HTTP/1.2\r\n".to_owned(), 505),
        ("HEAD ok HTTP/1.1\r\n".to_owned(), 400),
        ("HEAD /ok HTTP/1.1\r\nHost : a\r\n\r\n".to_owned(), 400),
        ("HEAD /ok HTTP/1.1\n".to_owned(), 400),
        (format!("HEAD /{long}"), 414),
        (format!("HEAD /ok HTTP/1.1\r\n{many}\r\n"), 431),
        (format!("HEAD /ok HTTP/1.1\r\nX: {}", long.repeat(4)), 431),
        (
            "HEAD /ok HTTP/1.1\r\nTransfer-Encoding: x, chunked\r\n\r\n".to_owned(),
            400,
        ),
        ("HEAD /o".to_owned(), 408),
    ] {
        let mut client = rig.client().await;
        client.send(&request).await;
        let head = client.head().await;
        let shown: String = request.chars().take(60).collect();
        assert_eq!(head.status, status, "{shown}");
        assert!(head.header("content-length").is_some(), "{shown}");
        client.ends().await;
    }
    // Of the next request on a connection nothing of the one before counts.
    let mut client = rig.client().await;
    client
        .send(get("/ok").replace("GET", "HEAD") + "GET /ok HTTP/2.0\r\n")
        .await;
    assert_eq!(client.head().await.status, 200);
    assert!(client.answer().await.text().contains("505"));
}

#[tokio::test]
async fn a_refusal_is_not_kept_and_is_what_it_says_it_is() {
    let rig = Rig::new().await;
    for request in ["GET /ok HTTP/2.0\r\n", "{\r\n", "GET x HTTP/1.1\r\n"] {
        let (answer, _) = rig.ask(request).await;
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    }
}

//= https://www.rfc-editor.org/rfc/rfc9110#section-9.1
//# The method token is case-sensitive
#[tokio::test]
async fn answers_unknown_methods_with_501_and_stays_in_sync() {
    let rig = Rig::new().await;
    for method in ["get", "BLARGH", "TRACE", "-X"] {
        let request = format!("{method} /ok HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
        rig.keeps(request, Status::NOT_IMPLEMENTED).await;
    }
    assert_eq!(rig.metrics.requests_refused.value(), 4);
}

#[tokio::test]
async fn opens_no_tunnel() {
    let rig = Rig::new().await;
    let request = "CONNECT b:443 HTTP/1.1\r\nHost: b:443\r\n\r\n";
    rig.refuses(request, Status::NOT_IMPLEMENTED).await;
}

//= https://www.rfc-editor.org/rfc/rfc9112#section-2.2
//# a server that is expecting to receive and parse a request-line SHOULD ignore at least one empty
//# line (CRLF) received prior to the request-line.
#[tokio::test]
async fn skips_four_empty_lines_and_refuses_a_fifth() {
    let rig = Rig::new().await;
    for lines in 0..=4 {
        rig.keeps(
            format!("{}{}", "\r\n".repeat(lines), get("/ok")),
            Status::OK,
        )
        .await;
    }
    rig.refuses(
        format!("{}{}", "\r\n".repeat(5), get("/ok")),
        Status::BAD_REQUEST,
    )
    .await;
}

//= https://www.rfc-editor.org/rfc/rfc9112#section-2.2
//# a recipient MAY recognize a single LF as a line terminator
#[tokio::test]
async fn refuses_lines_that_do_not_end_with_crlf() {
    let rig = Rig::new().await;
    for head in [
        "GET /ok HTTP/1.1\nHost: a\r\n\r\n",
        "GET /ok HTTP/1.1\r\nHost: a\nX: y\r\n\r\n",
        "GET /ok HTTP/1.1\r\nHost: a\r\n\n",
        "GET /ok HTTP/1.1\r\nHost: a\r\n\r\r\n",
        "GET /ok HTTP/1.1\r\nHost: a\rb\r\n\r\n",
        "GET /ok HTTP/1.1\r\nHost: a\r\nX: y\r\r\n\r\n",
        "GET /ok\r HTTP/1.1\r\nHost: a\r\n\r\n",
    ] {
        rig.refuses(head, Status::BAD_REQUEST).await;
    }
}

//= https://www.rfc-editor.org/rfc/rfc9112#section-5.1
//# A server MUST reject, with a response status code of 400 (Bad Request), any received request
//# message that contains whitespace between a header field name and colon.
#[tokio::test]
async fn refuses_malformed_header_lines() {
    let rig = Rig::new().await;
    for line in [
        "X : y",
        "X\t: y",
        " X: y",
        "no colon",
        ": y",
        "X[]: y",
        "a: b\r\n c",
        "a: b\r\n\tc",
        "X: a\0b",
        "X: a\x01b",
        "X: a\x7fb",
        "X\0: y",
    ] {
        let head = format!("GET /ok HTTP/1.1\r\nHost: a\r\n{line}\r\n\r\n");
        rig.refuses(head, Status::BAD_REQUEST).await;
        let head = format!("GET /ok HTTP/1.1\r\n{line}\r\nHost: a\r\n\r\n");
        rig.refuses(head, Status::BAD_REQUEST).await;
    }
}

//= https://www.rfc-editor.org/rfc/rfc9110#section-5.1
//# Field names are case-insensitive
#[tokio::test]
async fn keeps_header_lines_in_order_with_names_in_lower_case() {
    let rig = Rig::new().await;
    let head =
        b"GET /inspect HTTP/1.1\r\nHOST:a\r\nX-One: \t b c\t \r\nEmpty:\r\nx-oNE: \xc3\xa9\r\n\r\n";
    let (answer, _) = rig.ask(head).await;
    assert_eq!(
        answer.text(),
        "GET /inspect\nauthority a\nhost: a\nx-one: b c\nempty: \nx-one: \u{e9}\n"
    );
}

#[tokio::test]
async fn refuses_singletons_that_come_twice() {
    let rig = Rig::new().await;
    for name in [
        "Host",
        "Content-Type",
        "Authorization",
        "Origin",
        "Sec-WebSocket-Key",
        "Content-Length",
    ] {
        let head = format!("GET /ok HTTP/1.1\r\nHost: a\r\n{name}: 5\r\n{name}: 5\r\n\r\nhello");
        rig.refuses(head, Status::BAD_REQUEST).await;
    }
}

//= https://www.rfc-editor.org/rfc/rfc9112#section-3.2
//# A server MUST respond with a 400 (Bad Request) status code to any HTTP/1.1 request message that
//# lacks a Host header field
#[tokio::test]
async fn demands_a_host_of_http_1_1_only() {
    let rig = Rig::new().await;
    rig.refuses("GET /ok HTTP/1.1\r\n\r\n", Status::BAD_REQUEST)
        .await;
    let (answer, _) = rig.ask("GET /ok HTTP/1.0\r\n\r\n").await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn accepts_every_form_of_host() {
    let rig = Rig::new().await;
    for host in [
        "a",
        "a:80",
        "a:",
        "a.",
        "127.0.0.1:8080",
        "[::1]",
        "[::1]:80",
        "[::ffff:1.2.3.4]:1",
        "a%20b",
    ] {
        rig.keeps(
            format!("GET /ok HTTP/1.1\r\nHost: {host}\r\n\r\n"),
            Status::OK,
        )
        .await;
    }
}

#[tokio::test]
async fn refuses_what_is_no_host() {
    let rig = Rig::new().await;
    for host in [
        "", ".", "a/b", "a?b", "a#b", "a@b", "<a>", "a b", "a%zz", "m\u{fc}", "a:b", "a:123456",
        "::1", "[::1", "[::1]x", "[zz]", "[]", "a\\b", "\"a\"",
    ] {
        let head = format!("GET /ok HTTP/1.1\r\nHost: {host}\r\n\r\n");
        rig.refuses(head, Status::BAD_REQUEST).await;
    }
}
