//! Where a body ends (RFC 9112 section 6).

use realtime_server::http::Status;

use crate::rig::{Rig, post};

#[tokio::test]
async fn reads_a_body_of_the_declared_length() {
    let rig = Rig::new().await;
    for (length, body) in [("5", "hello"), ("005", "hello"), ("0", "")] {
        let answer = rig.keeps(
            post(&format!("Content-Length: {length}\r\n"), body),
            Status::OK,
        );
        assert_eq!(answer.await.text(), body);
    }
}

//= https://www.rfc-editor.org/rfc/rfc9112#section-6.3
//# If a message is received without Transfer-Encoding and with an invalid Content-Length header
//# field, then the message framing is invalid and the recipient MUST treat it as an unrecoverable
//# error
#[tokio::test]
async fn refuses_what_is_no_length() {
    let rig = Rig::new().await;
    for length in [
        "", "-5", "+5", "0x5", "5_0", "5.0", "5;", "5, 5", "5,6", "0 5", "five", "\u{ff15}",
    ] {
        let request = post(&format!("Content-Length: {length}\r\n"), "hello");
        rig.refuses(request, Status::BAD_REQUEST).await;
    }
}

#[tokio::test]
async fn refuses_lengths_that_fit_in_no_number() {
    let rig = Rig::new().await;
    for length in [
        "18446744073709551615",
        "18446744073709551616",
        "1000000000000000000000000",
    ] {
        let request = post(&format!("Content-Length: {length}\r\n"), "hello");
        rig.refuses(request, Status::CONTENT_TOO_LARGE).await;
    }
}

#[tokio::test]
async fn accepts_chunked_alone_in_any_case() {
    let rig = Rig::new().await;
    for coding in ["chunked", "cHuNkEd", "\t chunked \t", ", chunked,"] {
        let lines = format!("Transfer-Encoding: {coding}\r\n");
        let answer = rig
            .keeps(post(&lines, "5\r\nhello\r\n0\r\n\r\n"), Status::OK)
            .await;
        assert_eq!(answer.text(), "hello");
    }
}

//= https://www.rfc-editor.org/rfc/rfc9112#section-6.3
//# If a Transfer-Encoding header field is present in a request and the chunked transfer coding is
//# not the final encoding, the message body length cannot be determined reliably; the server MUST
//# respond with the 400 (Bad Request) status code and then close the connection.
#[tokio::test]
async fn refuses_codings_that_leave_the_length_open() {
    let rig = Rig::new().await;
    for coding in [
        "",
        "identity",
        "gzip",
        "xchunked",
        "chunkedx",
        "\"chunked\"",
        "chunked x",
        "chunked;a=b",
        "chunked, identity",
        "chunked, chunked",
        "chunked,gzip, chunked",
        "gzip, identity",
    ] {
        let request = post(
            &format!("Transfer-Encoding: {coding}\r\n"),
            "5\r\nhello\r\n0\r\n\r\n",
        );
        rig.refuses(request, Status::BAD_REQUEST).await;
    }
    let lines = "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n";
    rig.refuses(post(lines, "0\r\n\r\n"), Status::BAD_REQUEST)
        .await;
}

//= https://www.rfc-editor.org/rfc/rfc9112#section-6.1
//# A server that receives a request message with a transfer coding it does not understand SHOULD
//# respond with 501 (Not Implemented).
#[tokio::test]
async fn answers_unknown_codings_before_chunked_with_501() {
    let rig = Rig::new().await;
    for lines in [
        "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: a, b, chunked\r\n",
        "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n",
    ] {
        rig.refuses(post(lines, "0\r\n\r\n"), Status::NOT_IMPLEMENTED)
            .await;
    }
}

//= https://www.rfc-editor.org/rfc/rfc9112#section-6.1
//# A server MAY reject a request that contains both Content-Length and Transfer-Encoding
#[tokio::test]
async fn refuses_length_and_coding_together() {
    let rig = Rig::new().await;
    let lines = "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n";
    rig.refuses(post(lines, "0\r\n\r\n"), Status::BAD_REQUEST)
        .await;
    let lines = "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n";
    rig.refuses(post(lines, "0\r\n\r\n"), Status::BAD_REQUEST)
        .await;
}

//= https://www.rfc-editor.org/rfc/rfc9112#section-6.1
//# A server or client that receives an HTTP/1.0 message containing a Transfer-Encoding header field
//# MUST treat the message as if the framing is faulty
#[tokio::test]
async fn refuses_codings_in_http_1_0() {
    let rig = Rig::new().await;
    let request = "POST /mirror HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    rig.refuses(request, Status::BAD_REQUEST).await;
}

//= https://www.rfc-editor.org/rfc/rfc9112#section-6.3
//# If this is a request message and none of the above are true, then the message body length is
//# zero (no message body is present).
#[tokio::test]
async fn a_post_without_a_length_has_no_body() {
    let rig = Rig::new().await;
    assert_eq!(rig.keeps(post("", ""), Status::OK).await.text(), "");
}

#[tokio::test]
async fn a_body_after_any_method_is_no_request() {
    let rig = Rig::new().await;
    let hidden = crate::rig::get("/hidden");
    for method in ["GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"] {
        let head = format!(
            "{method} /ok HTTP/1.1\r\nHost: a\r\nContent-Length: {}",
            hidden.len()
        );
        rig.keeps(format!("{head}\r\n\r\n{hidden}"), Status::OK)
            .await;
    }
}
