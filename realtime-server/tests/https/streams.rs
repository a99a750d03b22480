//! Event streams over HTTP/2.

use h2::Reason;
use sse_codec::EventRef;

use crate::{
    http2::{Client, get, up_to},
    rig::Rig,
    until,
};

#[tokio::test]
async fn one_connection_carries_many_streams() {
    let rig = Rig::new("h2-streams").await;
    let mut client = Client::new(&rig).await;
    let mut streams = Vec::new();
    for _ in 0..50 {
        let response = client.open(get("/events")).await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers().get("transfer-encoding"), None);
        streams.push(response.into_body());
    }
    rig.events.send(EventRef::new("to all")).unwrap();
    for stream in &mut streams {
        let text = up_to(stream, "to all\n\n").await;
        assert!(text.contains("data: to all\n\n"), "{text}");
    }
    assert_eq!(rig.metrics.http2_connections.value(), 1);
}

#[tokio::test]
async fn a_reset_stream_is_no_subscriber_any_more() {
    let rig = Rig::with("h2-unsubscribe", |settings| {
        settings.stream.max_subscribers = 1;
    })
    .await;
    let mut client = Client::new(&rig).await;
    for _ in 0..3 {
        let stream = client.open(get("/events")).await.unwrap();
        assert_eq!(stream.status(), 200);
        // The cap counts requests, not connections.
        assert_eq!(client.ask(get("/events")).await.status, 503);
        drop(stream);
        let before = rig.metrics.http2_streams_reset.value();
        until(|| rig.metrics.http2_streams_reset.value() > before).await;
    }
}

#[tokio::test]
async fn a_stop_ends_streams_and_tells_that_no_more_are_served() {
    let mut rig = Rig::new("h2-stop").await;
    let mut client = Client::new(&rig).await;
    let mut stream = client.open(get("/events")).await.unwrap().into_body();
    rig.ask_to_stop();
    let mut last = String::new();
    while let Some(data) = crate::soon(stream.data()).await {
        last += std::str::from_utf8(&data.unwrap()).unwrap();
    }
    assert!(last.contains("retry: "), "{last}");
    crate::soon(client.connection).await.unwrap().unwrap();
    rig.stopped().await;
}

#[tokio::test]
async fn streams_count_as_connections() {
    let rig = Rig::with("h2-permits", |settings| settings.server.max_connections = 3).await;
    let mut client = Client::new(&rig).await;
    let held = [
        client.open(get("/events")).await.unwrap(),
        client.open(get("/events")).await.unwrap(),
    ];
    let refused = client.ask(get("/ok")).await;
    assert_eq!(refused.status, 503);
    assert_eq!(refused.field("retry-after"), Some("5"));
    assert_eq!(rig.metrics.http2_streams_refused.value(), 1);
    drop(held);
    until(|| rig.metrics.http2_streams_reset.value() == 2).await;
    assert_eq!(client.ask(get("/ok")).await.status, 200);
}

#[tokio::test]
async fn more_streams_than_may_be_are_refused() {
    let rig = Rig::with("h2-concurrent", |settings| {
        settings.http.http2.max_concurrent_streams = 2;
    })
    .await;
    let mut client = crate::frames::Peer::new(&rig).await;
    for stream in [1, 3, 5] {
        client.get(stream, "/events").await;
    }
    assert_eq!(client.reset().await, (5, Reason::REFUSED_STREAM));
}
