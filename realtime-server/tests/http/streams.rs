//! Bodies that are made while they are sent.

use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use realtime_server::config::HttpConfig;
use realtime_server::http::{Response, Source};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::Instant;

use crate::rig::{Rig, get, reply, routes};

/// What one call of the source appends; an empty list ends the body.
type Step = Vec<Bytes>;

struct Feed(UnboundedReceiver<Step>);

impl Source for Feed {
    fn poll_next(&mut self, cx: &mut Context<'_>, out: &mut Vec<Bytes>) -> Poll<bool> {
        let step = ready!(self.0.poll_recv(cx)).unwrap_or_default();
        let more = !step.is_empty();
        out.extend(step);
        Poll::Ready(more)
    }
}

/// A server whose `/stream` is fed by the sender, once.
async fn rig() -> (Rig, UnboundedSender<Step>) {
    let (feed, source) = unbounded_channel();
    let source = Arc::new(Mutex::new(Some(Feed(source))));
    let rig = Rig::with(HttpConfig::default(), move |head| {
        if head.target.path() != "/stream" {
            return routes(head);
        }
        let source = Arc::clone(&source);
        reply(0, move |_| {
            let feed = source.lock().unwrap().take().unwrap();
            Response::stream("text/event-stream", Box::new(feed))
        })
    })
    .await;
    (rig, feed)
}

fn step(pieces: &[&'static str]) -> Step {
    pieces
        .iter()
        .map(|piece| Bytes::from_static(piece.as_bytes()))
        .collect()
}

#[tokio::test]
async fn one_call_of_the_source_is_one_chunk() {
    let (rig, feed) = rig().await;
    let large = Bytes::from(vec![b'x'; 5000]);
    feed.send(step(&["one ", "chunk"])).unwrap();
    feed.send(vec![
        Bytes::from_static(b"small"),
        large,
        Bytes::from_static(b"end"),
    ])
    .unwrap();
    feed.send(vec![Bytes::new()]).unwrap();
    feed.send(step(&["last"])).unwrap();
    feed.send(Vec::new()).unwrap();
    let (answer, mut client) = rig.ask(get("/stream")).await;
    assert_eq!(answer.header("content-type"), Some("text/event-stream"));
    assert_eq!(answer.chunks, [9, 5008, 4]);
    assert_eq!(&answer.body[..14], b"one chunksmall");
    assert_eq!(&answer.body[5014..], b"endlast");
    client.send(get("/ok")).await;
    assert_eq!(client.answer().await.text(), "ok");
}

#[tokio::test]
async fn sends_what_is_ready_without_waiting_for_more() {
    let (rig, feed) = rig().await;
    let mut client = rig.client().await;
    client.send(get("/stream")).await;
    assert_eq!(
        client.head().await.header("transfer-encoding"),
        Some("chunked")
    );
    for _ in 0..3 {
        feed.send(step(&["event"])).unwrap();
        assert_eq!(client.exactly(10).await, b"5\r\nevent\r\n");
    }
}

//= https://www.rfc-editor.org/rfc/rfc9112#section-6.1
//# A server MUST NOT send a response containing Transfer-Encoding unless the corresponding request
//# indicates HTTP/1.1
#[tokio::test]
async fn the_close_delimits_a_stream_to_http_1_0() {
    let (rig, feed) = rig().await;
    feed.send(step(&["one"])).unwrap();
    feed.send(step(&["two"])).unwrap();
    feed.send(Vec::new()).unwrap();
    let mut client = rig.client().await;
    client
        .send("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        .await;
    let head = client.head().await;
    assert_eq!(head.header("transfer-encoding"), None);
    assert_eq!(head.header("content-length"), None);
    assert_eq!(head.header("connection"), Some("close"));
    assert_eq!(client.rest().await, b"onetwo");
}

#[tokio::test]
async fn head_drops_the_source_at_once() {
    let (rig, feed) = rig().await;
    let mut client = rig.client().await;
    client.send(get("/stream").replace("GET", "HEAD")).await;
    assert_eq!(
        client.head().await.header("transfer-encoding"),
        Some("chunked")
    );
    feed.closed().await;
    client.send(get("/ok")).await;
    assert_eq!(client.answer().await.text(), "ok");
}

#[tokio::test]
async fn drops_the_source_when_the_client_leaves() {
    let (rig, feed) = rig().await;
    let mut client = rig.client().await;
    client.send(get("/stream")).await;
    client.head().await;
    drop(client);
    feed.closed().await;
    rig.first.await.unwrap();
}

#[tokio::test]
async fn answers_a_request_that_came_during_a_stream() {
    let (rig, feed) = rig().await;
    let mut client = rig.client().await;
    client
        .send(get("/ok") + &get("/stream") + &get("/none"))
        .await;
    assert_eq!(client.answer().await.text(), "ok");
    client.send(get("/ok")).await;
    feed.send(step(&["event"])).unwrap();
    feed.send(Vec::new()).unwrap();
    assert_eq!(client.answer().await.text(), "event");
    assert_eq!(client.answer().await.status, 204);
    assert_eq!(client.answer().await.text(), "ok");
}

#[tokio::test]
async fn a_stream_outlives_requests_that_nobody_reads_yet() {
    let (rig, feed) = rig().await;
    let mut client = rig.client().await;
    client.send(get("/stream")).await;
    client.head().await;
    let count = 2 * HttpConfig::default().max_head / get("/ok").len();
    client.send(get("/ok").repeat(count)).await;
    for _ in 0..2 {
        feed.send(step(&["event"])).unwrap();
        assert_eq!(client.exactly(10).await, b"5\r\nevent\r\n");
    }
    feed.send(Vec::new()).unwrap();
    assert_eq!(client.exactly(5).await, b"0\r\n\r\n");
    for _ in 0..count {
        assert_eq!(client.answer().await.text(), "ok");
    }
}

#[tokio::test]
async fn a_stop_ends_a_stream_in_order_with_what_is_ready() {
    let (rig, feed) = rig().await;
    let mut client = rig.client().await;
    client.send(get("/stream")).await;
    client.head().await;
    feed.send(step(&["bye"])).unwrap();
    rig.drain.cancel();
    assert_eq!(client.rest().await, b"3\r\nbye\r\n0\r\n\r\n");
    feed.closed().await;
}

#[tokio::test]
async fn a_stop_ends_a_silent_stream_in_order() {
    let (rig, feed) = rig().await;
    let mut client = rig.client().await;
    client.send(get("/stream")).await;
    client.head().await;
    rig.drain.cancel();
    assert_eq!(client.rest().await, b"0\r\n\r\n");
    feed.closed().await;
}

struct Flood(Bytes);

impl Source for Flood {
    fn poll_next(&mut self, _: &mut Context<'_>, out: &mut Vec<Bytes>) -> Poll<bool> {
        out.push(self.0.clone());
        Poll::Ready(true)
    }
}

/// A server whose every answer never ends and never pauses.
async fn flooded() -> Rig {
    Rig::with(HttpConfig::default(), |_| {
        reply(0, |_| {
            let flood = Flood(vec![b'x'; 64 * 1024].into());
            Response::stream("text/plain", Box::new(flood))
        })
    })
    .await
}

#[tokio::test]
async fn a_stop_ends_a_stream_that_never_pauses() {
    let rig = flooded().await;
    let mut client = rig.client().await;
    client.send(get("/")).await;
    client.head().await;
    rig.drain.cancel();
    assert!(client.rest().await.ends_with(b"x\r\n0\r\n\r\n"));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_stops_reading_a_stream_is_cut_off() {
    let rig = flooded().await;
    let mut client = rig.client().await;
    client.send(get("/")).await;
    let started = Instant::now();
    let metrics = rig.metrics;
    rig.first.await.unwrap();
    // The kernel may have taken a little more meanwhile, and so begun a new count.
    assert!(started.elapsed().as_secs() >= 5);
    assert_eq!(metrics.write_timeouts.value(), 1);
    client.is_reset().await;
}

#[tokio::test]
async fn a_source_that_panics_cuts_the_connection() {
    struct Broken;

    impl Source for Broken {
        fn poll_next(&mut self, _: &mut Context<'_>, _: &mut Vec<Bytes>) -> Poll<bool> {
            panic!("broken source")
        }
    }

    let rig = Rig::with(HttpConfig::default(), |_| {
        reply(0, |_| Response::stream("text/plain", Box::new(Broken)))
    })
    .await;
    let mut client = rig.client().await;
    client.send(get("/")).await;
    client.is_reset().await;
    rig.first.await.unwrap();
    assert_eq!(rig.metrics.handler_panics.value(), 1);
}
