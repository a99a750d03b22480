//! How connections end: with a word of TLS, unless they are cut.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::{
    rig::{Rig, ask},
    soon, until,
};

//= https://www.rfc-editor.org/rfc/rfc9112#section-9.8
//# Servers MUST attempt to initiate an exchange of closure alerts with the client before closing the
//# connection.
#[tokio::test]
async fn a_last_answer_is_followed_by_a_closure_alert() {
    let rig = Rig::new("last").await;
    // `ask` fails where the end comes without an alert.
    let answer = ask(&mut rig.http1().await, "GET /ok", "Connection: close\r\n").await;
    assert!(answer.ends_with("ok"), "{answer}");
    let refusal = ask(&mut rig.http1().await, "GET /ok", "Content-Length: x\r\n").await;
    assert!(refusal.starts_with("HTTP/1.1 400"), "{refusal}");
}

#[tokio::test]
async fn who_ends_its_side_after_a_request_gets_the_whole_answer() {
    let rig = Rig::new("half-closed").await;
    for (path, size) in [("/large", 1024 * 1024), ("/sized", 4 * 1024 * 1024)] {
        let mut stream = rig.http1().await;
        let head = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = Vec::new();
        soon(stream.read_to_end(&mut answer)).await.unwrap();
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
        assert_eq!(answer.len() - end.unwrap() - 4, size, "{path}");
    }
}

#[tokio::test]
async fn an_idle_connection_ends_with_a_closure_alert() {
    let short = Duration::from_millis(500);
    let rig = Rig::with("idle", |settings| settings.http.keep_alive_timeout = short).await;
    let answer = ask(&mut rig.http1().await, "GET /ok", "").await;
    assert!(answer.ends_with("ok"), "{answer}");
}

#[tokio::test]
async fn a_stop_ends_streams_with_their_last_chunk_and_a_closure_alert() {
    let mut rig = Rig::new("stop").await;
    let mut stream = rig.http1().await;
    let head = "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    until(|| rig.metrics.stream_subscriptions.value() == 1).await;
    rig.ask_to_stop();
    let mut answer = String::new();
    soon(stream.read_to_string(&mut answer)).await.unwrap();
    assert!(answer.ends_with("\r\n0\r\n\r\n"), "{answer}");
    rig.stopped().await;
}

#[tokio::test]
async fn a_cut_connection_has_no_closure_alert() {
    let rig = Rig::with("cut", |settings| {
        settings.http.stream_write_timeout = Duration::from_millis(100);
    })
    .await;
    let greeting = rig.authority.client(&["http/1.1"]);
    let mut stream = soon(greeting.open(rig.narrow().await)).await.unwrap();
    let head = "GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    until(|| rig.metrics.write_timeouts.value() == 1).await;
    let mut answer = Vec::new();
    soon(stream.read_to_end(&mut answer)).await.unwrap_err();
}

#[tokio::test]
async fn a_slow_reader_is_not_cut_while_it_reads() {
    let rig = Rig::with("slow", |settings| {
        settings.http.write_timeout = Duration::from_secs(2);
    })
    .await;
    let greeting = rig.authority.client(&["http/1.1"]);
    let mut stream = soon(greeting.open(rig.narrow().await)).await.unwrap();
    let head = "GET /large HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // Each read is late, though never by the whole time-out.
    let mut pause = tokio::time::interval(Duration::from_millis(40));
    loop {
        pause.tick().await;
        let mut part = vec![0; 16 * 1024];
        let read = soon(stream.read(&mut part)).await.unwrap();
        answer.extend_from_slice(&part[..read]);
        if read == 0 {
            break;
        }
    }
    assert!(answer.len() > 1024 * 1024, "{}", answer.len());
    assert_eq!(rig.metrics.write_timeouts.value(), 0);
}

#[tokio::test]
async fn a_client_that_has_ended_its_side_is_answered() {
    let rig = Rig::new("half").await;
    let mut stream = rig.http1().await;
    let head = "GET /ok HTTP/1.1\r\nHost: localhost\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = String::new();
    soon(stream.read_to_string(&mut answer)).await.unwrap();
    assert!(answer.ends_with("\r\n\r\nok"), "{answer}");
}

#[tokio::test]
async fn a_refusal_reaches_a_client_that_is_still_sending() {
    let rig = Rig::new("linger").await;
    let mut stream = rig.http1().await;
    let length = 4 * 1024 * 1024;
    let head =
        format!("POST /mirror HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n");
    let (mut reading, mut writing) = tokio::io::split(&mut stream);
    let send = async {
        writing.write_all(head.as_bytes()).await?;
        writing.write_all(&vec![b'z'; length]).await
    };
    let mut answer = String::new();
    let (_, read) = soon(async { tokio::join!(send, reading.read_to_string(&mut answer)) }).await;
    read.unwrap();
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}
