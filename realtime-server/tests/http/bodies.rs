//! Chunked bodies (RFC 9112 section 7.1), and bodies that nobody reads.

use realtime_server::http::Status;

use crate::rig::{Rig, get, post};

const CHUNKED: &str = "Transfer-Encoding: chunked\r\n";

#[tokio::test]
async fn joins_chunks() {
    let rig = Rig::new().await;
    for (chunks, body) in [
        ("0\r\n\r\n", ""),
        ("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", "hello world"),
        (
            "a\r\n0123456789\r\nA\r\n0123456789\r\n000\r\n\r\n",
            "01234567890123456789",
        ),
        ("0000000000000001\r\nx\r\n0\r\n\r\n", "x"),
        ("2\r\n\r\n\r\n0\r\n\r\n", "\r\n"),
    ] {
        assert_eq!(
            rig.keeps(post(CHUNKED, chunks), Status::OK).await.text(),
            body
        );
    }
}

//= https://www.rfc-editor.org/rfc/rfc9112#section-7.1.1
//# A recipient MUST ignore unrecognized chunk extensions.
#[tokio::test]
async fn ignores_chunk_extensions() {
    let rig = Rig::new().await;
    for extension in [
        ";a",
        ";a=b",
        ";a;b=c",
        ";a=\"b c\"",
        ";a=\"\\\"\\\\;\"",
        " ; a = b",
        "\t;a",
        ";a=\"\"",
    ] {
        let chunks = format!("5{extension}\r\nhello\r\n0{extension}\r\n\r\n");
        assert_eq!(
            rig.keeps(post(CHUNKED, &chunks), Status::OK).await.text(),
            "hello"
        );
    }
}

#[tokio::test]
async fn refuses_malformed_chunks() {
    let rig = Rig::new().await;
    for chunks in [
        "\r\n\r\n",
        "+5\r\nhello\r\n",
        "-5\r\nhello\r\n",
        "0x5\r\nhello\r\n",
        " 5\r\nhello\r\n",
        "5 \r\nhello\r\n",
        "5h\r\nhello\r\n",
        "5\nhello\r\n",
        "5\r\r\nhello\r\n",
        "5\r\nhello\n",
        "5\r\nhelloXX",
        "6\r\nhello\r\n",
        "4\r\nhello\r\n",
        ";a\r\nhello\r\n",
        "5;\r\nhello\r\n",
        "5;=b\r\nhello\r\n",
        "5;a=\r\nhello\r\n",
        "5;a=\"b\r\nhello\r\n",
        "5;a=\"\\\x01\"\r\nhello\r\n",
        "5;a=b c\r\nhello\r\n",
        "5;a\nb\r\nhello\r\n",
        "5 a\r\nhello\r\n",
        "5;a b\r\nhello\r\n",
        "00000000000000005\r\nhello\r\n",
        "0\n\r\n",
        "0\r\n\n",
        "0\r\n\r\r\n",
    ] {
        rig.refuses(post(CHUNKED, chunks), Status::BAD_REQUEST)
            .await;
    }
}

#[tokio::test]
async fn refuses_chunks_of_any_size_that_is_too_large() {
    let rig = Rig::new().await;
    for size in ["FFFFFFFFFFFFFFFF", "100000005", "7fffffffffffffff", "3e9"] {
        let chunks = format!("{size}\r\nhello\r\n0\r\n\r\n");
        rig.refuses(post(CHUNKED, &chunks), Status::CONTENT_TOO_LARGE)
            .await;
    }
}

//= https://www.rfc-editor.org/rfc/rfc9112#section-7.1.2
//# A recipient MUST NOT merge a received trailer field into the header section unless its
//# corresponding header field definition explicitly permits
#[tokio::test]
async fn drops_trailers() {
    let rig = Rig::new().await;
    let request = format!(
        "POST /inspect HTTP/1.1\r\nHost: a\r\n{CHUNKED}\r\n0\r\nX: y\r\nConnection: close\r\n\
         Content-Length: 9\r\nempty:\r\n\r\n"
    );
    let answer = rig.keeps(request, Status::OK).await;
    assert_eq!(
        answer.text(),
        "POST /inspect\nauthority a\nhost: a\ntransfer-encoding: chunked\n"
    );
}

#[tokio::test]
async fn refuses_malformed_trailers() {
    let rig = Rig::new().await;
    for trailer in [
        "no colon",
        ": x",
        "X : y",
        " X: y",
        "X: y\r\n z",
        "X: \0",
        "X: y\r",
    ] {
        let chunks = format!("0\r\n{trailer}\r\n\r\n");
        rig.refuses(post(CHUNKED, &chunks), Status::BAD_REQUEST)
            .await;
    }
}

//= https://www.rfc-editor.org/rfc/rfc9112#section-8
//# A message body that uses the chunked transfer coding is incomplete if the zero-sized chunk that
//# terminates the encoding has not been received.
#[tokio::test]
async fn never_hands_on_half_a_body() {
    let rig = Rig::new().await;
    for request in [
        post("Content-Length: 10\r\n", "hello"),
        post(CHUNKED, "5\r\nhello\r\n"),
        post(CHUNKED, "5\r\nhello\r\n0\r\n"),
        post(CHUNKED, "5\r\nhel"),
    ] {
        let mut client = rig.client().await;
        client.send(request).await;
        client.finish().await;
        client.ends().await;
    }
}

//= https://www.rfc-editor.org/rfc/rfc9112#section-9.3
//# A server MUST read the entire request message body or close the connection after sending its
//# response
#[tokio::test]
async fn drops_a_small_body_that_nobody_wants() {
    let rig = Rig::new().await;
    for (lines, body) in [
        ("Content-Length: 5\r\n", "hello"),
        (CHUNKED, "5\r\nhello\r\n0\r\nX: y\r\n\r\n"),
    ] {
        let request = format!("POST /missing HTTP/1.1\r\nHost: a\r\n{lines}\r\n{body}");
        rig.keeps(request, Status::NOT_FOUND).await;
    }
}

#[tokio::test]
async fn closes_after_a_large_body_that_nobody_wants() {
    let rig = Rig::new().await;
    let length = 300 * 1024;
    let head = format!("POST /missing HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n");
    // The client has pushed all of it before it reads: a close without lingering would be a reset.
    let request = head + &"x".repeat(length) + &get("/ok");
    rig.refuses(request, Status::NOT_FOUND).await;
}

#[tokio::test]
async fn closes_after_an_endless_body_that_nobody_wants() {
    let rig = Rig::new().await;
    let head = format!("POST /missing HTTP/1.1\r\nHost: a\r\n{CHUNKED}\r\n");
    let request = head + "1000\r\n" + &"x".repeat(4096) + "\r\n7ffffff\r\n";
    rig.refuses(request, Status::NOT_FOUND).await;
}
