//! Every limit: at it, and one above.

use realtime_server::config::HttpConfig;
use realtime_server::http::Status;

use crate::rig::{MIRROR_LIMIT, Rig, get, post, routes};

/// Small limits, so that requests at them stay readable.
fn small() -> HttpConfig {
    let mut config = HttpConfig::default();
    config.max_request_line = 100;
    config.max_head = 300;
    config.max_header_count = 5;
    config.max_chunk_line = 20;
    config.max_chunk_extensions = 40;
    config.max_trailers = 60;
    config.max_trailer_count = 3;
    config.max_discarded_body = 50;
    config
}

async fn rig() -> Rig {
    Rig::with(small(), routes).await
}

/// `text` made `length` bytes long in the place of its `~`.
fn fill(text: &str, length: usize) -> String {
    text.replace('~', &"x".repeat(length + 1 - text.len()))
}

#[tokio::test]
async fn request_line() {
    let rig = rig().await;
    let rest = "\r\nHost: a\r\n\r\n";
    rig.keeps(fill("GET /ok?~ HTTP/1.1", 99) + rest, Status::OK)
        .await;
    rig.keeps(fill("GET /ok?~ HTTP/1.1", 100) + rest, Status::OK)
        .await;
    rig.refuses(fill("GET /ok?~ HTTP/1.1", 101) + rest, Status::URI_TOO_LONG)
        .await;
}

//= https://www.rfc-editor.org/rfc/rfc9112#section-3
//# A server that receives a request-target longer than any URI it wishes to parse MUST respond with
//# a 414 (URI Too Long) status code.
#[tokio::test]
async fn request_line_that_never_ends() {
    let rig = rig().await;
    rig.refuses(fill("GET /ok?~", 101), Status::URI_TOO_LONG)
        .await;
    rig.refuses(fill("~", 101), Status::NOT_IMPLEMENTED).await;
}

#[tokio::test]
async fn head() {
    let rig = rig().await;
    let head = "GET /ok HTTP/1.1\r\nHost: a\r\nX: ~\r\n\r\n";
    rig.keeps(fill(head, 299), Status::OK).await;
    rig.keeps(fill(head, 300), Status::OK).await;
    rig.keeps("\r\n".to_owned() + &fill(head, 300), Status::OK)
        .await;
    rig.refuses(fill(head, 301), Status::REQUEST_HEADER_FIELDS_TOO_LARGE)
        .await;
}

#[tokio::test]
async fn head_that_never_ends() {
    let rig = rig().await;
    let head = fill("GET /ok HTTP/1.1\r\nHost: a\r\nX: ~", 300);
    rig.refuses(head, Status::REQUEST_HEADER_FIELDS_TOO_LARGE)
        .await;
}

#[tokio::test]
async fn header_count() {
    let rig = rig().await;
    let head = |count| {
        format!(
            "GET /ok HTTP/1.1\r\nHost: a\r\n{}\r\n",
            "X: y\r\n".repeat(count)
        )
    };
    rig.keeps(head(4), Status::OK).await;
    rig.refuses(head(5), Status::REQUEST_HEADER_FIELDS_TOO_LARGE)
        .await;
}

#[tokio::test]
async fn header_count_has_a_ceiling() {
    let mut config = HttpConfig::default();
    config.max_header_count = 1000;
    let rig = Rig::with(config, routes).await;
    let head = |count| {
        format!(
            "GET /ok HTTP/1.1\r\nHost: a\r\n{}\r\n",
            "X: y\r\n".repeat(count)
        )
    };
    rig.keeps(head(HttpConfig::HEADER_COUNT_CEILING - 1), Status::OK)
        .await;
    rig.refuses(
        head(HttpConfig::HEADER_COUNT_CEILING),
        Status::REQUEST_HEADER_FIELDS_TOO_LARGE,
    )
    .await;
}

//= https://www.rfc-editor.org/rfc/rfc9110#section-15.5.14
//# the server is refusing to process a request because the request content is larger than the
//# server is willing or able to process
#[tokio::test]
async fn declared_body() {
    let rig = rig().await;
    let body = "x".repeat(MIRROR_LIMIT);
    let answer = rig
        .keeps(post("Content-Length: 1000\r\n", &body), Status::OK)
        .await;
    assert_eq!(answer.text(), body);
    // Nothing of the body is needed to refuse it.
    rig.refuses(
        post("Content-Length: 1001\r\n", ""),
        Status::CONTENT_TOO_LARGE,
    )
    .await;
}

#[tokio::test]
async fn chunked_body() {
    let rig = rig().await;
    let lines = "Transfer-Encoding: chunked\r\n";
    let half = format!("1f4\r\n{}\r\n", "x".repeat(500));
    let answer = rig
        .keeps(post(lines, &(half.repeat(2) + "0\r\n\r\n")), Status::OK)
        .await;
    assert_eq!(answer.body.len(), MIRROR_LIMIT);
    // The size of the chunk is enough to refuse it.
    rig.refuses(
        post(lines, &(half.repeat(2) + "1\r\n")),
        Status::CONTENT_TOO_LARGE,
    )
    .await;
}

#[tokio::test]
async fn body_ceiling() {
    let mut config = HttpConfig::default();
    config.max_body_ceiling = 10;
    let rig = Rig::with(config, routes).await;
    rig.keeps(post("Content-Length: 10\r\n", "0123456789"), Status::OK)
        .await;
    rig.refuses(
        post("Content-Length: 11\r\n", ""),
        Status::CONTENT_TOO_LARGE,
    )
    .await;
}

#[tokio::test]
async fn chunk_line() {
    let rig = rig().await;
    let lines = "Transfer-Encoding: chunked\r\n";
    let chunks = |length| fill("0;~", length) + "\r\n\r\n";
    rig.keeps(post(lines, &chunks(19)), Status::OK).await;
    rig.keeps(post(lines, &chunks(20)), Status::OK).await;
    rig.refuses(post(lines, &chunks(21)), Status::BAD_REQUEST)
        .await;
    rig.refuses(post(lines, &fill("0;~", 22)), Status::BAD_REQUEST)
        .await;
}

#[tokio::test]
async fn chunk_extensions() {
    let rig = rig().await;
    let lines = "Transfer-Encoding: chunked\r\n";
    let chunks = |last: &str| "1;abcdefghi\r\nx\r\n".repeat(3) + last + "\r\n\r\n";
    rig.keeps(post(lines, &chunks("0;abcdefghi")), Status::OK)
        .await;
    rig.refuses(post(lines, &chunks("0;abcdefghij")), Status::BAD_REQUEST)
        .await;
}

#[tokio::test]
async fn trailers() {
    let rig = rig().await;
    let lines = "Transfer-Encoding: chunked\r\n";
    let chunks = |length| "0\r\nX: y\r\n".to_owned() + &fill("Y: ~", length) + "\r\n\r\n";
    let too_large = Status::REQUEST_HEADER_FIELDS_TOO_LARGE;
    // Six bytes are those of the first line.
    rig.keeps(post(lines, &chunks(53)), Status::OK).await;
    rig.keeps(post(lines, &chunks(54)), Status::OK).await;
    rig.refuses(post(lines, &chunks(55)), too_large).await;
    rig.refuses(
        post(lines, &("0\r\n".to_owned() + &fill("X: ~", 70))),
        too_large,
    )
    .await;
}

#[tokio::test]
async fn trailer_count() {
    let rig = rig().await;
    let lines = "Transfer-Encoding: chunked\r\n";
    let chunks = |count| format!("0\r\n{}\r\n", "X: y\r\n".repeat(count));
    rig.keeps(post(lines, &chunks(3)), Status::OK).await;
    rig.refuses(
        post(lines, &chunks(4)),
        Status::REQUEST_HEADER_FIELDS_TOO_LARGE,
    )
    .await;
}

#[tokio::test]
async fn discarded_body() {
    let rig = rig().await;
    let request = |length: usize| {
        let body = "x".repeat(length);
        format!("POST /missing HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n{body}")
    };
    rig.keeps(request(50), Status::NOT_FOUND).await;
    rig.refuses(request(51), Status::NOT_FOUND).await;
}

#[tokio::test]
async fn lingering_ends_after_its_bytes() {
    let mut config = HttpConfig::default();
    config.linger_bytes = 100_000;
    let rig = Rig::with(config, routes).await;
    let mut client = rig.client().await;
    client.send("\r\r").await;
    assert_eq!(client.answer().await.status, 400);
    client.ends().await;
    client.send("x".repeat(100_000)).await;
    rig.first.await.unwrap();
}

#[tokio::test]
async fn the_next_request_is_not_limited_by_the_one_before() {
    let rig = rig().await;
    let mut client = rig.client().await;
    let head = fill("GET /ok HTTP/1.1\r\nHost: a\r\nX: ~\r\n\r\n", 300);
    client.send(head.repeat(3) + &get("/ok")).await;
    for _ in 0..4 {
        assert_eq!(client.answer().await.text(), "ok");
    }
}
