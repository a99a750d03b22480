//! `Expect` (RFC 9110 section 10.1.1).

use realtime_server::http::Status;

use tokio::time::Instant;

use crate::rig::{Rig, get, post};

const EXPECT: &str = "Expect: 100-continue\r\nContent-Length: 5\r\n";

#[tokio::test]
async fn asks_for_the_body_that_a_client_holds_back() {
    let rig = Rig::new().await;
    for lines in [EXPECT, "Expect: 100-CONTINUE,\r\nContent-Length: 5\r\n"] {
        let mut client = rig.client().await;
        client.send(post(lines, "")).await;
        let interim = client.head().await;
        assert_eq!(interim.head, "HTTP/1.1 100 Continue");
        client.send("hello").await;
        assert_eq!(client.answer().await.text(), "hello");
    }
}

//= https://www.rfc-editor.org/rfc/rfc9110#section-10.1.1
//# A server MAY omit sending a 100 (Continue) response if it has already received some or all of
//# the content for the corresponding request
#[tokio::test]
async fn does_not_ask_for_a_body_that_has_come() {
    let rig = Rig::new().await;
    let answer = rig.keeps(post(EXPECT, "hello"), Status::OK).await;
    assert_eq!(answer.text(), "hello");
}

#[tokio::test]
async fn does_not_ask_when_there_is_no_body() {
    let rig = Rig::new().await;
    rig.keeps(post("Expect: 100-continue\r\n", ""), Status::OK)
        .await;
}

#[tokio::test(start_paused = true)]
async fn answers_a_route_that_wants_no_body_at_once_and_closes() {
    let rig = Rig::new().await;
    let request = format!("POST /missing HTTP/1.1\r\nHost: a\r\n{EXPECT}\r\n");
    let started = Instant::now();
    rig.refuses(request, Status::NOT_FOUND).await;
    assert_eq!(started.elapsed().as_secs(), 0, "the body was waited for");
}

#[tokio::test]
async fn answers_a_body_that_is_too_large_without_asking_for_it() {
    let rig = Rig::new().await;
    let request = post("Expect: 100-continue\r\nContent-Length: 1001\r\n", "");
    rig.refuses(request, Status::CONTENT_TOO_LARGE).await;
}

//= https://www.rfc-editor.org/rfc/rfc9110#section-10.1.1
//# A server that receives a 100-continue expectation in an HTTP/1.0 request MUST ignore that
//# expectation.
#[tokio::test]
async fn ignores_expectations_of_http_1_0() {
    let rig = Rig::new().await;
    let mut client = rig.client().await;
    client
        .send(format!("POST /mirror HTTP/1.0\r\n{EXPECT}\r\n"))
        .await;
    client.send("hello").await;
    let answer = client.answer().await;
    assert_eq!((answer.status, answer.text()), (200, "hello"));
    client.ends().await;
}

#[tokio::test]
async fn refuses_other_expectations() {
    let rig = Rig::new().await;
    for expect in [
        "200-ok",
        "x 100-continue",
        "100-continue, x",
        "100-continue, 100-continue",
    ] {
        let request = post(
            &format!("Expect: {expect}\r\nContent-Length: 5\r\n"),
            "hello",
        );
        rig.refuses(request, Status::EXPECTATION_FAILED).await;
    }
    let (answer, _) = rig
        .ask(get("/ok").replace("Host", "Expect: \r\nHost"))
        .await;
    assert_eq!(answer.status, 200);
}
