//! A process that may open no more files.

use std::time::Duration;

use tokio::time::sleep;

use crate::{
    bystander::Bystander,
    process::{Server, head, push, until},
};

#[tokio::test]
async fn a_server_without_files_goes_on_and_does_not_spin() {
    let server = Server::with_files(Some(64), &[]);
    let bystander = Bystander::of(&server);
    let mut held = Vec::new();
    // The kernel holds ready what the server cannot accept.
    for _ in 0..100 {
        held.push(server.connect().await);
    }
    until(|| server.open_files() >= 60).await;
    bystander.was_served();
    let before = server.spent();
    // What is looked at is what happens in a span of time.
    sleep(Duration::from_secs(2)).await;
    let spent = server.spent().saturating_sub(before);
    assert!(
        spent < Duration::from_millis(500),
        "{spent:?} of two seconds"
    );
    drop(held);
    let mut later = server.connect().await;
    push(
        &mut later,
        server.head("GET /assets/theme.js", "").as_bytes(),
    )
    .await;
    let answer = head(&mut later).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}
