//! How long a connection lives (RFC 9112 section 9), and what answers look like.

use std::time::SystemTime;

use realtime_server::config::HttpConfig;
use realtime_server::http::{Decision, Response, Status};

use crate::rig::{Rig, get, post, routes};

//= https://www.rfc-editor.org/rfc/rfc9112#section-9.3.2
//# it MUST send the corresponding responses in the same order that the requests were received.
#[tokio::test]
async fn answers_pipelined_requests_in_order() {
    let rig = Rig::new().await;
    let mut client = rig.client().await;
    let requests = [
        get("/ok"),
        get("/missing"),
        post("Content-Length: 5\r\n", "first"),
        get("/none"),
        post("Transfer-Encoding: chunked\r\n", "6\r\nsecond\r\n0\r\n\r\n"),
        get("/ok"),
    ];
    client.send(requests.concat()).await;
    let mut answers = Vec::new();
    for _ in 0..requests.len() {
        let answer = client.answer().await;
        answers.push((answer.status, answer.text().to_owned()));
    }
    assert_eq!(answers.remove(1).0, 404);
    let text = |status, text: &str| (status, text.to_owned());
    let expected = [
        text(200, "ok"),
        text(200, "first"),
        text(204, ""),
        text(200, "second"),
        text(200, "ok"),
    ];
    assert_eq!(answers, expected);
    assert_eq!(rig.metrics.requests.value(), 6);
    assert_eq!(rig.metrics.connections_accepted.value(), 1);
}

//= https://www.rfc-editor.org/rfc/rfc9112#section-9.6
//# The server MUST NOT process any further requests received on that connection.
#[tokio::test]
async fn ends_after_close() {
    let rig = Rig::new().await;
    for option in [
        "close",
        "CLOSE",
        "foo, close",
        "keep-alive, close",
        ", ,close,",
        "close\t",
    ] {
        let request = format!("GET /ok HTTP/1.1\r\nHost: a\r\nConnection: {option}\r\n\r\n");
        let (answer, mut client) = rig.ask(request + &get("/ok")).await;
        assert_eq!(
            (answer.status, answer.header("connection")),
            (200, Some("close"))
        );
        client.ends().await;
    }
    for option in ["closed", "x-close", "\"close\"", "keep-alive"] {
        let request = format!("GET /ok HTTP/1.1\r\nHost: a\r\nConnection: {option}\r\n\r\n");
        rig.keeps(request, Status::OK).await;
    }
}

//= https://www.rfc-editor.org/rfc/rfc9112#section-9.3
//# if the received protocol is HTTP/1.0, the "keep-alive" connection option is present
#[tokio::test]
async fn keeps_http_1_0_only_if_asked() {
    let rig = Rig::new().await;
    let (answer, mut client) = rig.ask("GET /ok HTTP/1.0\r\n\r\n").await;
    assert_eq!(answer.header("connection"), Some("close"));
    client.ends().await;
    let request = "GET /ok HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n";
    let (answer, mut client) = rig.ask(request.repeat(2)).await;
    assert_eq!(
        (answer.header("connection"), answer.text()),
        (Some("keep-alive"), "ok")
    );
    assert_eq!(client.answer().await.text(), "ok");
}

//= https://www.rfc-editor.org/rfc/rfc9110#section-9.3.2
//# The HEAD method is identical to GET except that the server MUST NOT send content in the response
#[tokio::test]
async fn answers_head_with_the_same_head() {
    let rig = Rig::new().await;
    for path in ["/ok", "/missing", "/none", "/empty"] {
        let mut client = rig.client().await;
        client
            .send(get(path) + &get(path).replace("GET", "HEAD") + &get("/ok"))
            .await;
        let full = client.answer().await;
        let head = client.head().await;
        assert_eq!(head.head.replace("date", ""), full.head.replace("date", ""));
        assert_eq!(client.answer().await.text(), "ok");
    }
}

#[tokio::test]
async fn refuses_a_head_request_without_content() {
    let rig = Rig::new().await;
    let request = get("/ok")
        .replace("GET", "HEAD")
        .replace("Host: a", "Host: /");
    let mut client = rig.client().await;
    client.send(request).await;
    let head = client.head().await;
    assert_eq!(
        (head.status, head.header("connection")),
        (400, Some("close"))
    );
    client.ends().await;
}

#[tokio::test]
async fn ends_after_an_answer_that_closes() {
    let rig = Rig::with(HttpConfig::default(), |_| {
        Decision::Answer(Response::text(Status::FORBIDDEN, "go").closing())
    })
    .await;
    let (answer, mut client) = rig.ask(get("/") + &get("/")).await;
    assert_eq!(
        (answer.text(), answer.header("connection")),
        ("go", Some("close"))
    );
    client.ends().await;
}

#[tokio::test]
async fn drops_content_that_a_status_forbids() {
    let rig = Rig::with(HttpConfig::default(), |head| {
        if head.target.path() == "/ok" {
            return routes(head);
        }
        Decision::Answer(Response::text(Status::NOT_MODIFIED, "content"))
    })
    .await;
    let answer = rig.keeps(get("/"), Status::NOT_MODIFIED).await;
    assert_eq!(answer.header("content-length"), None);
}

//= https://www.rfc-editor.org/rfc/rfc9110#section-8.6
//# A server MUST NOT send a Content-Length header field in any response with a status code of 1xx
//# (Informational) or 204 (No Content).
#[tokio::test]
async fn says_no_length_with_204_and_zero_with_an_empty_200() {
    let rig = Rig::new().await;
    let answer = rig.keeps(get("/none"), Status::NO_CONTENT).await;
    assert_eq!(answer.header("content-length"), None);
    assert_eq!(answer.header("transfer-encoding"), None);
    let answer = rig.keeps(get("/empty"), Status::OK).await;
    assert_eq!(answer.header("content-length"), Some("0"));
}

//= https://www.rfc-editor.org/rfc/rfc9110#section-6.6.1
//# An origin server with a clock MUST generate a Date header field
#[tokio::test]
async fn dates_are_imf_fixdates_of_now() {
    let rig = Rig::new().await;
    let before = seconds();
    let (answer, _) = rig.ask(get("/ok")).await;
    let date = answer.header("date").unwrap();
    let parsed = jiff::fmt::rfc2822::parse(date)
        .unwrap()
        .timestamp()
        .as_second();
    assert!((before..=seconds()).contains(&parsed), "{date}");
    assert!(date.len() == 29 && date.ends_with(" GMT"), "{date}");
}

fn seconds() -> i64 {
    let since = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap();
    i64::try_from(since.as_secs()).unwrap()
}

#[tokio::test]
async fn ends_after_the_last_request_that_it_may_have() {
    let mut config = HttpConfig::default();
    config.max_requests_per_connection = 3;
    let rig = Rig::with(config, routes).await;
    let mut client = rig.client().await;
    client.send(get("/ok").repeat(4)).await;
    for connection in [None, None, Some("close")] {
        assert_eq!(client.answer().await.header("connection"), connection);
    }
    client.ends().await;
}

#[tokio::test]
async fn ends_quietly_when_the_client_leaves_between_requests() {
    let rig = Rig::new().await;
    for bytes in ["", "\r\n", "GET /ok HTTP/1.1\r\nHo"] {
        let mut client = rig.client().await;
        client.send(bytes).await;
        client.finish().await;
        client.ends().await;
    }
    assert_eq!(rig.metrics.requests_refused.value(), 0);
}

#[tokio::test]
async fn a_stop_ends_an_idle_connection_at_once() {
    let rig = Rig::new().await;
    let (_, mut client) = rig.ask(get("/ok")).await;
    rig.drain.cancel();
    client.ends().await;
    rig.first.await.unwrap();
}

#[tokio::test]
async fn a_stop_lets_a_request_that_has_begun_finish() {
    let rig = Rig::new().await;
    let mut client = rig.client().await;
    client
        .send(post("Expect: 100-continue\r\nContent-Length: 5\r\n", ""))
        .await;
    assert_eq!(client.head().await.status, 100);
    rig.drain.cancel();
    client.send("hello").await;
    let answer = client.answer().await;
    assert_eq!(
        (answer.text(), answer.header("connection")),
        ("hello", Some("close"))
    );
    client.ends().await;
}

#[tokio::test]
async fn answers_a_request_that_was_sent_before_the_stop() {
    let rig = Rig::new().await;
    let (_, mut client) = rig.ask(get("/ok")).await;
    client.send(get("/ok")).await;
    rig.drain.cancel();
    let answer = client.answer().await;
    assert_eq!(
        (answer.text(), answer.header("connection")),
        ("ok", Some("close"))
    );
    client.ends().await;
}
