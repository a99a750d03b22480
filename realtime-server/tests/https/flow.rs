//! Clients that do not read what they have asked for.

use std::{sync::atomic::Ordering, time::Duration};

use bytes::Bytes;
use futures_util::future::join_all;
use h2::{Reason, client::Builder};

use crate::{
    http2::{Client, get, whole},
    rig::Rig,
    soon, until,
};

#[tokio::test]
async fn a_source_is_not_asked_for_more_than_the_client_takes() {
    let rig = Rig::with("h2-unread", |settings| {
        settings.http.stream_write_timeout = Duration::from_millis(200);
    })
    .await;
    let mut builder = Builder::new();
    builder.initial_connection_window_size(1024 * 1024);
    let mut client = Client::over(&rig, rig.tcp().await, &builder).await;
    let unread = client.open(get("/endless")).await.unwrap();
    // Meanwhile the others have their own windows.
    let large = client.ask(get("/ok")).await;
    assert_eq!(large.body, "ok");
    until(|| rig.metrics.write_timeouts.value() == 1).await;
    // A window of 64 KiB, and what waits behind it.
    let asked = rig.asked.load(Ordering::Relaxed);
    assert!(asked <= 6, "{asked}");
    let error = whole(unread).await.unwrap_err();
    assert_eq!(error.reason(), Some(Reason::CANCEL));
    assert_eq!(client.ask(get("/ok")).await.status, 200);
}

#[tokio::test]
async fn an_answer_larger_than_the_window_comes_whole() {
    let rig = Rig::new("h2-large-answer").await;
    let mut client = Client::new(&rig).await;
    let mut answers = Vec::new();
    for _ in 0..3 {
        answers.push(client.open(get("/large")).await.unwrap());
    }
    // Together, because they share the window of the connection.
    for answer in join_all(answers.into_iter().map(whole)).await {
        let answer = answer.unwrap();
        assert_eq!(answer.body.len(), 1024 * 1024);
        assert_eq!(answer.field("content-length"), Some("1048576"));
    }
}

#[tokio::test]
async fn a_client_that_reads_nothing_at_all_is_cut() {
    let rig = Rig::with("h2-stuck", |settings| {
        settings.http.write_timeout = Duration::from_millis(200);
        settings.http.stream_write_timeout = Duration::from_secs(60);
    })
    .await;
    // It promises room for far more than its kernel holds.
    let mut builder = Builder::new();
    builder
        .initial_window_size(64 * 1024 * 1024)
        .initial_connection_window_size(64 * 1024 * 1024);
    let mut client = Client::over(&rig, rig.narrow().await, &builder).await;
    let (_unread, mut body) = client.begin(get("/endless")).await;
    body.send_data(Bytes::new(), true).unwrap();
    until(|| rig.metrics.requests.value() == 1).await;
    client.connection.abort();
    let _ = soon(&mut client.connection).await;
    until(|| rig.metrics.http2_connections_broken.value() == 1).await;
    rig.is_well().await;
}
