//! Every time-out, on a clock that stands still until all wait.

use std::io::Read;
use std::time::Duration;

use bytes::Bytes;
use realtime_server::config::HttpConfig;
use realtime_server::http::{Response, Status};
use tokio::task::spawn_blocking;
use tokio::time::{Instant, advance, sleep};

use crate::rig::{Rig, get, post, reply, routes};

/// Whole seconds since `started`.
fn seconds(started: Instant) -> u64 {
    started.elapsed().as_secs()
}

#[tokio::test(start_paused = true)]
async fn a_head_that_does_not_end_in_time_gets_408() {
    let rig = Rig::new().await;
    for begin in ["G", "GET /ok HTTP/1.1\r\nHost: a\r\n"] {
        let started = Instant::now();
        rig.refuses(begin, Status::REQUEST_TIMEOUT).await;
        assert_eq!(seconds(started), 10);
    }
    assert_eq!(rig.metrics.requests_refused.value(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_comes_just_in_time_is_answered() {
    let rig = Rig::new().await;
    let mut client = rig.client().await;
    // An idle connection, then a head, then a body, each at the end of its time.
    sleep(Duration::from_secs(74)).await;
    client.send("POST /mirror HTTP/1.1\r\nHost: a\r\n").await;
    sleep(Duration::from_secs(9)).await;
    client.send("Content-Length: 5\r\n\r\nhell").await;
    sleep(Duration::from_millis(4_900)).await;
    client.send("o").await;
    let answer = client.answer().await;
    assert_eq!((answer.status, answer.text()), (200, "hello"));
    sleep(Duration::from_secs(74)).await;
    client.send(get("/ok")).await;
    assert_eq!(client.answer().await.text(), "ok");
    // A body that nobody wants.
    client
        .send("POST /missing HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhell")
        .await;
    sleep(Duration::from_millis(4_900)).await;
    client.send("o").await;
    assert_eq!(client.answer().await.status, 404);
    client.send(get("/ok")).await;
    assert_eq!(client.answer().await.text(), "ok");
}

#[tokio::test(start_paused = true)]
async fn a_head_that_trickles_gets_no_more_time() {
    let rig = Rig::new().await;
    let mut client = rig.client().await;
    let started = Instant::now();
    for byte in "GET /ok H".chars() {
        client.send(byte.to_string()).await;
        sleep(Duration::from_secs(1)).await;
    }
    assert_eq!(client.answer().await.status, 408);
    assert_eq!(seconds(started), 10);
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_ends_without_a_word() {
    let rig = Rig::new().await;
    for begin in ["", "\r\n"] {
        let mut client = rig.client().await;
        client.send(begin).await;
        let started = Instant::now();
        client.ends().await;
        assert_eq!(seconds(started), 75);
    }
    let (_, mut client) = rig.ask(get("/ok")).await;
    let started = Instant::now();
    client.ends().await;
    assert_eq!(seconds(started), 75);
}

#[tokio::test(start_paused = true)]
async fn a_body_must_come_at_a_least_rate() {
    let rig = Rig::new().await;
    let started = Instant::now();
    rig.refuses(
        post("Content-Length: 5\r\n", "hell"),
        Status::REQUEST_TIMEOUT,
    )
    .await;
    assert_eq!(seconds(started), 5);

    // Two seconds' worth of bytes.
    let started = Instant::now();
    let body = "x".repeat(480);
    rig.refuses(
        post("Content-Length: 1000\r\n", &body),
        Status::REQUEST_TIMEOUT,
    )
    .await;
    assert_eq!(seconds(started), 7);

    let started = Instant::now();
    let chunks = format!("1e0\r\n{body}\r\n");
    rig.refuses(
        post("Transfer-Encoding: chunked\r\n", &chunks),
        Status::REQUEST_TIMEOUT,
    )
    .await;
    assert_eq!(seconds(started), 7);
}

#[tokio::test(start_paused = true)]
async fn a_body_has_a_time_of_its_own_even_at_a_good_rate() {
    let mut config = HttpConfig::default();
    config.max_body_ceiling = 100_000;
    let rig = Rig::with(config, |_| {
        reply(100_000, |request| Response::text(Status::OK, request.body))
    })
    .await;
    let mut client = rig.client().await;
    client.send(post("Content-Length: 100000\r\n", "")).await;
    let started = Instant::now();
    for _ in 0..59 {
        client.send("x".repeat(300)).await;
        sleep(Duration::from_secs(1)).await;
    }
    assert_eq!(client.answer().await.status, 408);
    assert_eq!(seconds(started), 60);
}

#[tokio::test(start_paused = true)]
async fn a_rate_of_zero_turns_the_check_off() {
    let mut config = HttpConfig::default();
    config.min_body_rate = 0;
    let rig = Rig::with(config, routes).await;
    let started = Instant::now();
    rig.refuses(
        post("Content-Length: 5\r\n", "hell"),
        Status::REQUEST_TIMEOUT,
    )
    .await;
    assert_eq!(seconds(started), 60);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_nobody_wants_is_not_waited_for_long() {
    let rig = Rig::new().await;
    let started = Instant::now();
    let request = "POST /missing HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n";
    rig.refuses(request, Status::NOT_FOUND).await;
    assert_eq!(seconds(started), 5);
}

#[tokio::test(start_paused = true)]
async fn lingering_ends_after_its_time() {
    let rig = Rig::new().await;
    let mut client = rig.client().await;
    client.send("\r\r").await;
    assert_eq!(client.answer().await.status, 400);
    client.ends().await;
    let started = Instant::now();
    rig.first.await.unwrap();
    assert_eq!(seconds(started), 2);
}

/// More than the buffers of a socket take.
const LARGE: u32 = 64 * 1024 * 1024;

/// A server whose every answer is large.
async fn large(config: HttpConfig) -> Rig {
    Rig::with(config, |_| {
        reply(0, |_| {
            Response::bytes(
                Status::OK,
                "application/octet-stream",
                vec![0; LARGE as usize].into(),
            )
        })
    })
    .await
}

#[tokio::test(start_paused = true)]
async fn a_client_that_stops_reading_is_cut_off() {
    let rig = large(HttpConfig::default()).await;
    let mut client = rig.client().await;
    client.send(get("/")).await;
    let started = Instant::now();
    let metrics = rig.metrics;
    rig.first.await.unwrap();
    // The kernel may have taken a little more meanwhile, and so begun a new count.
    assert!(seconds(started) >= 30);
    assert_eq!(metrics.write_timeouts.value(), 1);
    client.is_reset().await;
}

#[tokio::test(start_paused = true)]
async fn a_client_that_reads_a_little_now_and_then_is_cut_off() {
    // What the kernel takes at once is far more than a client reads: so the least rate is, too.
    for (rate, cut) in [(1, 0), (1024 * 1024, 1)] {
        let mut config = HttpConfig::default();
        config.min_write_rate = rate;
        let rig = large(config).await;
        let mut client = rig.client().await;
        client.send(get("/")).await;
        let mut stream = client.stream.into_std().unwrap();
        stream.set_nonblocking(false).unwrap();
        for _ in 0..6 {
            advance(Duration::from_secs(10)).await;
            let read = spawn_blocking(move || {
                let mut part = vec![0; 1024 * 1024];
                let read = stream.read_exact(&mut part);
                (read.is_ok(), stream)
            });
            let (went_on, rest) = read.await.unwrap();
            stream = rest;
            if !went_on {
                break;
            }
        }
        assert_eq!(rig.metrics.write_timeouts.value(), cut, "{rate}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_read_causes_no_further_work() {
    let answer = Bytes::from(vec![0; 1024 * 1024]);
    let rig = Rig::with(HttpConfig::default(), move |_| {
        let answer = answer.clone();
        reply(0, move |_| {
            Response::bytes(Status::OK, "text/plain", answer.clone())
        })
    })
    .await;
    let mut client = rig.client().await;
    client.send(get("/").repeat(500)).await;
    let metrics = rig.metrics;
    rig.first.await.unwrap();
    // The buffers of the two sockets hold a few of these answers.
    assert!(
        metrics.requests.value() < 100,
        "{} were answered",
        metrics.requests.value()
    );
}

#[tokio::test(start_paused = true)]
async fn a_client_that_reads_slowly_is_not_cut_off() {
    let rig = large(HttpConfig::default()).await;
    let mut client = rig.client().await;
    client.send(get("/")).await;
    let mut stream = client.stream.into_std().unwrap();
    stream.set_nonblocking(false).unwrap();
    for _ in 0..4 {
        advance(Duration::from_secs(29)).await;
        // While a blocking task runs, the clock stands still: the kernel needs time of its own.
        let read = spawn_blocking(move || {
            std::io::copy(
                &mut stream.by_ref().take(u64::from(LARGE / 4)),
                &mut std::io::sink(),
            )
            .map(|read| (read, stream))
        });
        let (read, rest) = read.await.unwrap().unwrap();
        assert_eq!(read, u64::from(LARGE / 4));
        stream = rest;
    }
    assert_eq!(rig.metrics.write_timeouts.value(), 0);
}
